-- A cell that could not be read is corrected where it stands in its file, for its row is nowhere else: the correction
-- says which delivery, sheet and row.

ALTER TABLE quality.correction ADD COLUMN IF NOT EXISTS delivery_id VARCHAR;
ALTER TABLE quality.correction ADD COLUMN IF NOT EXISTS sheet VARCHAR;
ALTER TABLE quality.correction ADD COLUMN IF NOT EXISTS row_no BIGINT;
