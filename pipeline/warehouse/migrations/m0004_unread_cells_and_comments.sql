-- A cell that could not be read is corrected where it stands in its file, for its row is nowhere else: the correction
-- says which delivery, sheet and row.

ALTER TABLE quality.correction ADD COLUMN IF NOT EXISTS delivery_id VARCHAR;
ALTER TABLE quality.correction ADD COLUMN IF NOT EXISTS sheet VARCHAR;
ALTER TABLE quality.correction ADD COLUMN IF NOT EXISTS row_no BIGINT;

-- What stewards and departments say to each other of a finding goes on from one workbook to the next.
CREATE TABLE IF NOT EXISTS quality.comment (
    finding_id VARCHAR NOT NULL, week_id VARCHAR NOT NULL, delivery_id VARCHAR NOT NULL, sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL, said_at TIMESTAMP NOT NULL, said_by VARCHAR, words VARCHAR NOT NULL);
