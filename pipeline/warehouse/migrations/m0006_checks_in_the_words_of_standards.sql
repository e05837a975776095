-- Quality is told by dimension and department, weighted by rows: a check says its dimension and level, and each run keeps how
-- many rows were checked and how many of them a finding holds. Weeks have these counts from their next checks on.

ALTER TABLE quality.check_rule ADD COLUMN IF NOT EXISTS dimension VARCHAR;
ALTER TABLE quality.check_rule ADD COLUMN IF NOT EXISTS validation_level INTEGER;
CREATE TABLE IF NOT EXISTS quality.checked_rows (
    week_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, dimension VARCHAR NOT NULL, department_id VARCHAR NOT NULL,
    rows_checked BIGINT NOT NULL, rows_held BIGINT NOT NULL);
