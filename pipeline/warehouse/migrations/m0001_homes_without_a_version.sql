-- Homes of before there were versions differ: the first have no titles, no codes of refusals, no places of findings and
-- no causes of revisions. This brings all of them to the same tables; a new home begins with these as well.

CREATE SCHEMA IF NOT EXISTS ledger;
CREATE SCHEMA IF NOT EXISTS raw;
CREATE SCHEMA IF NOT EXISTS staging;
CREATE SCHEMA IF NOT EXISTS quarantine;
CREATE SCHEMA IF NOT EXISTS core;
CREATE SCHEMA IF NOT EXISTS marts;
CREATE SCHEMA IF NOT EXISTS charts;
CREATE SCHEMA IF NOT EXISTS quality;
CREATE SCHEMA IF NOT EXISTS release;

CREATE TABLE IF NOT EXISTS ledger.schema_version (
    version INTEGER NOT NULL, name VARCHAR NOT NULL, program VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL);
CREATE TABLE IF NOT EXISTS ledger.arrival (
    file_name VARCHAR, sha256 VARCHAR, size_bytes BIGINT, outcome VARCHAR, delivery_id VARCHAR, message VARCHAR,
    seen_at TIMESTAMP, code VARCHAR);
CREATE TABLE IF NOT EXISTS ledger.delivery (
    delivery_id VARCHAR PRIMARY KEY, sha256 VARCHAR, source VARCHAR, file_name VARCHAR, week_id VARCHAR,
    period_start DATE, period_end DATE, as_of TIMESTAMP, scope VARCHAR, status VARCHAR, superseded_by VARCHAR,
    message VARCHAR, container VARCHAR, encoding VARCHAR, size_bytes BIGINT, rows_physical BIGINT,
    contract_fingerprint VARCHAR, received_at TIMESTAMP, title VARCHAR, code VARCHAR);
CREATE TABLE IF NOT EXISTS ledger.row_account (
    delivery_id VARCHAR, sheet VARCHAR, disposition VARCHAR, reason VARCHAR, row_count BIGINT);
CREATE TABLE IF NOT EXISTS ledger.control_total (
    delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, label VARCHAR, covers VARCHAR, column_name VARCHAR,
    printed_value DECIMAL(38,6), computed_value DECIMAL(38,6), difference DECIMAL(38,6));
CREATE TABLE IF NOT EXISTS ledger.pending_load (delivery_id VARCHAR, source VARCHAR);
CREATE TABLE IF NOT EXISTS quarantine.cell (
    delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, column_name VARCHAR, reason VARCHAR, value VARCHAR,
    message VARCHAR, row_disposition VARCHAR);
CREATE TABLE IF NOT EXISTS ledger.model_build (
    model VARCHAR, week_id VARCHAR, fingerprint VARCHAR, row_count BIGINT, seconds DOUBLE, built_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS ledger.reference (name VARCHAR, content_hash VARCHAR, row_count BIGINT, loaded_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS quality.check_result (
    week_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL, status VARCHAR NOT NULL, unexpected_count BIGINT NOT NULL, element_count BIGINT NOT NULL,
    observed VARCHAR NOT NULL, evidence VARCHAR NOT NULL, keys VARCHAR NOT NULL, checked_at TIMESTAMP NOT NULL);
CREATE TABLE IF NOT EXISTS quality.finding_week (
    finding_id VARCHAR NOT NULL, week_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL,
    unexpected_count BIGINT NOT NULL, keys VARCHAR NOT NULL, evidence VARCHAR NOT NULL, explanation VARCHAR,
    owner_department VARCHAR, figures VARCHAR, places VARCHAR);
CREATE TABLE IF NOT EXISTS quality.finding (
    finding_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL, title VARCHAR NOT NULL,
    severity VARCHAR NOT NULL, status VARCHAR NOT NULL, owner VARCHAR NOT NULL, first_seen VARCHAR NOT NULL,
    last_seen VARCHAR NOT NULL, weeks BIGINT NOT NULL, unexpected_count BIGINT NOT NULL, keys VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL, explanation VARCHAR, action VARCHAR NOT NULL, category VARCHAR,
    owner_department VARCHAR, figures VARCHAR, places VARCHAR, cell VARCHAR, until DATE, decision_id VARCHAR);
CREATE TABLE IF NOT EXISTS quality.decision (
    decision_id VARCHAR NOT NULL, finding_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, reason VARCHAR, value VARCHAR,
    until DATE, decided_by VARCHAR, decided_at TIMESTAMP NOT NULL, correction_id VARCHAR, origin VARCHAR,
    week_id VARCHAR, basis VARCHAR);
CREATE TABLE IF NOT EXISTS quality.finding_event (
    finding_id VARCHAR NOT NULL, event_no BIGINT NOT NULL, happened_at TIMESTAMP NOT NULL, origin VARCHAR NOT NULL,
    from_status VARCHAR, to_status VARCHAR NOT NULL, until DATE, decision_id VARCHAR, words VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS quality.correction (
    correction_id VARCHAR NOT NULL, source VARCHAR NOT NULL, keys VARCHAR NOT NULL, column_name VARCHAR NOT NULL,
    from_value VARCHAR, to_value VARCHAR, reason VARCHAR, decided_by VARCHAR, decided_at TIMESTAMP NOT NULL,
    week_id VARCHAR NOT NULL, status VARCHAR NOT NULL, finding_id VARCHAR NOT NULL, observed VARCHAR, note VARCHAR);
CREATE TABLE IF NOT EXISTS quality.corrected_cell (
    correction_id VARCHAR NOT NULL, source VARCHAR NOT NULL, week_id VARCHAR NOT NULL, delivery_id VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL, row_no BIGINT NOT NULL, column_name VARCHAR NOT NULL, to_value VARCHAR);
CREATE TABLE IF NOT EXISTS quality.review_answer (
    delivery_id VARCHAR NOT NULL, sheet VARCHAR NOT NULL, row_no BIGINT NOT NULL, finding_id VARCHAR,
    outcome VARCHAR NOT NULL, message VARCHAR NOT NULL, answered_at TIMESTAMP NOT NULL);
CREATE TABLE IF NOT EXISTS quality.check_rule (
    table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL, title VARCHAR NOT NULL, description VARCHAR NOT NULL,
    category VARCHAR NOT NULL, severity VARCHAR NOT NULL, owner VARCHAR NOT NULL, action VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL, rule VARCHAR NOT NULL, thresholds VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS quality.word (
    column_name VARCHAR NOT NULL, source VARCHAR NOT NULL, code VARCHAR NOT NULL, words VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS release.issue (
    week_id VARCHAR NOT NULL, revision INTEGER NOT NULL, released_at TIMESTAMP NOT NULL, as_of TIMESTAMP,
    figures_hash VARCHAR NOT NULL, code_version VARCHAR NOT NULL, deliveries VARCHAR NOT NULL,
    figure_count INTEGER NOT NULL, reason VARCHAR NOT NULL, base_revision INTEGER, contracts VARCHAR,
    PRIMARY KEY (week_id, revision));
CREATE TABLE IF NOT EXISTS release.figure (
    week_id VARCHAR NOT NULL, revision INTEGER NOT NULL, metric VARCHAR NOT NULL, keys VARCHAR NOT NULL,
    value DECIMAL(38, 6), value_ytd DECIMAL(38, 6), text_value VARCHAR,
    PRIMARY KEY (week_id, revision, metric, keys));
CREATE TABLE IF NOT EXISTS release.revision_diff (
    week_id VARCHAR NOT NULL, revision INTEGER NOT NULL, metric VARCHAR NOT NULL, keys VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, before DECIMAL(38, 6), after DECIMAL(38, 6), difference DECIMAL(38, 6),
    before_ytd DECIMAL(38, 6), after_ytd DECIMAL(38, 6), difference_ytd DECIMAL(38, 6), before_text VARCHAR,
    after_text VARCHAR, cause VARCHAR,
    PRIMARY KEY (week_id, revision, metric, keys));
CREATE TABLE IF NOT EXISTS release.issue_finding (
    week_id VARCHAR NOT NULL, revision INTEGER NOT NULL, finding_id VARCHAR NOT NULL, severity VARCHAR NOT NULL,
    status VARCHAR NOT NULL, title VARCHAR NOT NULL, owner VARCHAR, evidence VARCHAR, explanation VARCHAR,
    decision_id VARCHAR, decided_by VARCHAR, decided_at TIMESTAMP, decision_reason VARCHAR, until DATE,
    PRIMARY KEY (week_id, revision, finding_id));
CREATE TABLE IF NOT EXISTS release.activation (
    week_id VARCHAR NOT NULL, activation_no INTEGER NOT NULL, revision INTEGER NOT NULL, kind VARCHAR NOT NULL,
    activated_at TIMESTAMP NOT NULL, decided_by VARCHAR, reason VARCHAR NOT NULL,
    PRIMARY KEY (week_id, activation_no));
CREATE TABLE IF NOT EXISTS release.file (
    week_id VARCHAR NOT NULL, revision INTEGER NOT NULL, file_name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL,
    PRIMARY KEY (week_id, revision, file_name));
CREATE TABLE IF NOT EXISTS release.current_figure (
    week_id VARCHAR NOT NULL, metric VARCHAR NOT NULL, keys VARCHAR NOT NULL, value DECIMAL(38, 6),
    value_ytd DECIMAL(38, 6), text_value VARCHAR,
    PRIMARY KEY (week_id, metric, keys));

-- What homes of before the version lack, each column in the order in which it came.
ALTER TABLE ledger.delivery ADD COLUMN IF NOT EXISTS title VARCHAR;
ALTER TABLE ledger.delivery ADD COLUMN IF NOT EXISTS code VARCHAR;
ALTER TABLE ledger.arrival ADD COLUMN IF NOT EXISTS code VARCHAR;
ALTER TABLE quality.finding ADD COLUMN IF NOT EXISTS category VARCHAR;
ALTER TABLE quality.finding ADD COLUMN IF NOT EXISTS owner_department VARCHAR;
ALTER TABLE quality.finding ADD COLUMN IF NOT EXISTS figures VARCHAR;
ALTER TABLE quality.finding ADD COLUMN IF NOT EXISTS places VARCHAR;
ALTER TABLE quality.finding ADD COLUMN IF NOT EXISTS cell VARCHAR;
ALTER TABLE quality.finding ADD COLUMN IF NOT EXISTS until DATE;
ALTER TABLE quality.finding ADD COLUMN IF NOT EXISTS decision_id VARCHAR;
ALTER TABLE quality.finding_week ADD COLUMN IF NOT EXISTS owner_department VARCHAR;
ALTER TABLE quality.finding_week ADD COLUMN IF NOT EXISTS figures VARCHAR;
ALTER TABLE quality.finding_week ADD COLUMN IF NOT EXISTS places VARCHAR;
ALTER TABLE quality.decision ADD COLUMN IF NOT EXISTS correction_id VARCHAR;
ALTER TABLE quality.decision ADD COLUMN IF NOT EXISTS origin VARCHAR;
ALTER TABLE quality.decision ADD COLUMN IF NOT EXISTS week_id VARCHAR;
ALTER TABLE quality.decision ADD COLUMN IF NOT EXISTS basis VARCHAR;
ALTER TABLE release.issue ADD COLUMN IF NOT EXISTS as_of TIMESTAMP;
ALTER TABLE release.issue ADD COLUMN IF NOT EXISTS base_revision INTEGER;
ALTER TABLE release.issue ADD COLUMN IF NOT EXISTS contracts VARCHAR;
ALTER TABLE release.figure ADD COLUMN IF NOT EXISTS value DECIMAL(38, 6);
ALTER TABLE release.figure ADD COLUMN IF NOT EXISTS value_ytd DECIMAL(38, 6);
ALTER TABLE release.figure ADD COLUMN IF NOT EXISTS text_value VARCHAR;
ALTER TABLE release.revision_diff ADD COLUMN IF NOT EXISTS before DECIMAL(38, 6);
ALTER TABLE release.revision_diff ADD COLUMN IF NOT EXISTS after DECIMAL(38, 6);
ALTER TABLE release.revision_diff ADD COLUMN IF NOT EXISTS difference DECIMAL(38, 6);
ALTER TABLE release.revision_diff ADD COLUMN IF NOT EXISTS before_ytd DECIMAL(38, 6);
ALTER TABLE release.revision_diff ADD COLUMN IF NOT EXISTS after_ytd DECIMAL(38, 6);
ALTER TABLE release.revision_diff ADD COLUMN IF NOT EXISTS difference_ytd DECIMAL(38, 6);
ALTER TABLE release.revision_diff ADD COLUMN IF NOT EXISTS before_text VARCHAR;
ALTER TABLE release.revision_diff ADD COLUMN IF NOT EXISTS after_text VARCHAR;
ALTER TABLE release.revision_diff ADD COLUMN IF NOT EXISTS cause VARCHAR;
ALTER TABLE release.issue_finding ADD COLUMN IF NOT EXISTS owner VARCHAR;
ALTER TABLE release.issue_finding ADD COLUMN IF NOT EXISTS evidence VARCHAR;
ALTER TABLE release.issue_finding ADD COLUMN IF NOT EXISTS explanation VARCHAR;
ALTER TABLE release.issue_finding ADD COLUMN IF NOT EXISTS decision_id VARCHAR;
ALTER TABLE release.issue_finding ADD COLUMN IF NOT EXISTS decided_by VARCHAR;
ALTER TABLE release.issue_finding ADD COLUMN IF NOT EXISTS decided_at TIMESTAMP;
ALTER TABLE release.issue_finding ADD COLUMN IF NOT EXISTS decision_reason VARCHAR;
ALTER TABLE release.issue_finding ADD COLUMN IF NOT EXISTS until DATE;
ALTER TABLE release.activation ADD COLUMN IF NOT EXISTS decided_by VARCHAR;
ALTER TABLE release.current_figure ADD COLUMN IF NOT EXISTS value DECIMAL(38, 6);
ALTER TABLE release.current_figure ADD COLUMN IF NOT EXISTS value_ytd DECIMAL(38, 6);
ALTER TABLE release.current_figure ADD COLUMN IF NOT EXISTS text_value VARCHAR;
