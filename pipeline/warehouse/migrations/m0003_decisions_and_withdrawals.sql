-- A critical finding is accepted by two people, and personal data is a class of its own that no decision settles: a
-- decision keeps the second name, and findings of personal data are known as such before the next checks.

ALTER TABLE quality.decision ADD COLUMN IF NOT EXISTS approved_by VARCHAR;
UPDATE quality.finding SET category = '个人信息' WHERE check_name = 'no_personal_data_left';

-- A week may be let go without the figures that a finding concerns: which ones, and why.
CREATE TABLE IF NOT EXISTS release.withheld (
    week_id VARCHAR NOT NULL, revision INTEGER NOT NULL, table_name VARCHAR NOT NULL, column_name VARCHAR NOT NULL,
    keys VARCHAR NOT NULL, finding_id VARCHAR NOT NULL, note VARCHAR NOT NULL,
    PRIMARY KEY (week_id, revision, table_name, column_name, keys, finding_id));

-- A release can be called back: its content goes, the record that it existed stays.
CREATE TABLE IF NOT EXISTS release.withdrawal (
    week_id VARCHAR NOT NULL, revision INTEGER NOT NULL, withdrawn_at TIMESTAMP NOT NULL, withdrawn_by VARCHAR,
    reason VARCHAR NOT NULL, figures_hash VARCHAR NOT NULL, activation_no INTEGER,
    PRIMARY KEY (week_id, revision));
