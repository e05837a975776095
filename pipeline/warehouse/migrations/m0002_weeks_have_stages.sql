-- A run that was killed left weeks loaded that no later run took up, and nobody could tell what an older reader had read:
-- now each stage of a week is written down, and each delivery knows the version of the reader.

ALTER TABLE ledger.delivery ADD COLUMN IF NOT EXISTS reader_version INTEGER;
CREATE TABLE IF NOT EXISTS ledger.week_stage (
    week_id VARCHAR, stage VARCHAR, fingerprint VARCHAR, reached_at TIMESTAMP);
COMMENT ON TABLE ledger.week_stage IS
    '各期做到哪一步，凭哪些报送 | how far each week has come, and from which deliveries';
