-- Rates and shares on the rows of totals are checked like those of all other rows: a total keeps each of its numbers, also
-- those that add up to nothing, with its text, the step to which it is printed, and what the row calls itself.

ALTER TABLE ledger.control_total ADD COLUMN IF NOT EXISTS row_label VARCHAR;
ALTER TABLE ledger.control_total ADD COLUMN IF NOT EXISTS printed_text VARCHAR;
ALTER TABLE ledger.control_total ADD COLUMN IF NOT EXISTS printed_step DECIMAL(38, 12);
