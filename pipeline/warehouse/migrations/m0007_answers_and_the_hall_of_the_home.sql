-- A correction of what was sent back counts although no time of export says that it is the newer one: the delivery keeps
-- the decision that it answers, for the file does not say so when it is read again.

ALTER TABLE ledger.delivery ADD COLUMN IF NOT EXISTS answers VARCHAR;

-- A home remembers its hall: by another week rule the weeks of what is loaded would be other days, without a word.
CREATE TABLE IF NOT EXISTS ledger.home_hall (
    hall_name VARCHAR NOT NULL, week_rule VARCHAR NOT NULL, noted_at TIMESTAMP NOT NULL);
