"""Declares the tables of the schemas `ledger` and `quarantine`: what arrived, what became of every row, what was built.

They are filled by `pipeline.ingest.load`, `pipeline.warehouse.builder` and `pipeline.warehouse.reference`.
"""

from __future__ import annotations

from typing import Final

# `row_label`, `printed_text` and `printed_step` of a control total are as they are printed (公安厅小计, 2.31万, 100),
# NULL for what version 3 of the reader read; `computed_value` is NULL where nobody knows the sum, or there is none.
# `code` is the refusal's code (docs/refusals.md), else NULL; `reader_version` is NULL for what version 1 of the reader
# read (pipeline.ingest.reader_version). `answers` is the decision that sent back what a delivery corrects, where
# nothing in the file says that it is the newer one. `schema_version` has one row a step: the last one counts.
# `week_rule` of `home_hall` is JSON with the keys of [week_rule] that move weeks or their numbers.
LEDGER: Final = """
CREATE TABLE IF NOT EXISTS ledger.schema_version (
    version INTEGER NOT NULL, name VARCHAR NOT NULL, program VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL);
COMMENT ON TABLE ledger.schema_version IS
    '存储版本：每次升级一行，最后一行为准 | version of the stored tables: a row a step, the last one counts';
CREATE TABLE IF NOT EXISTS ledger.home_hall (
    hall_name VARCHAR NOT NULL, week_rule VARCHAR NOT NULL, noted_at TIMESTAMP NOT NULL);
COMMENT ON TABLE ledger.home_hall IS
    '数据目录属于哪个大厅、按什么报告周，最后一行为准 | whose home it is, and its week rule: the last row counts';
CREATE TABLE IF NOT EXISTS ledger.arrival (
    file_name VARCHAR, sha256 VARCHAR, size_bytes BIGINT, outcome VARCHAR, delivery_id VARCHAR, message VARCHAR,
    seen_at TIMESTAMP, code VARCHAR);
COMMENT ON TABLE ledger.arrival IS '每次到达的文件（同一文件再来也记）| every file seen, repeated ones too';
CREATE TABLE IF NOT EXISTS ledger.delivery (
    delivery_id VARCHAR PRIMARY KEY, sha256 VARCHAR, source VARCHAR, file_name VARCHAR, week_id VARCHAR,
    period_start DATE, period_end DATE, as_of TIMESTAMP, scope VARCHAR, status VARCHAR, superseded_by VARCHAR,
    message VARCHAR, container VARCHAR, encoding VARCHAR, size_bytes BIGINT, rows_physical BIGINT,
    contract_fingerprint VARCHAR, received_at TIMESTAMP, title VARCHAR, code VARCHAR,
    reader_version INTEGER, answers VARCHAR);
COMMENT ON TABLE ledger.delivery IS
    '每份报送一行，以内容的 SHA-256 为准 | one row per delivery, known by its content';
CREATE TABLE IF NOT EXISTS ledger.row_account (
    delivery_id VARCHAR, sheet VARCHAR, disposition VARCHAR, reason VARCHAR, row_count BIGINT);
COMMENT ON TABLE ledger.row_account IS
    '每份报送、每张表的行账：装载、隔离、搁置 | what became of every physical row';
CREATE TABLE IF NOT EXISTS ledger.control_total (
    delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, label VARCHAR, covers VARCHAR, column_name VARCHAR,
    printed_value DECIMAL(38,6), computed_value DECIMAL(38,6), difference DECIMAL(38,6), row_label VARCHAR,
    printed_text VARCHAR, printed_step DECIMAL(38,12));
COMMENT ON TABLE ledger.control_total IS
    '原表打印的小计、合计与逐行相加之比较 | printed totals beside the sum of their rows';
CREATE TABLE IF NOT EXISTS ledger.pending_load (delivery_id VARCHAR, source VARCHAR);
COMMENT ON TABLE ledger.pending_load IS
    '正在装载、尚不算数的报送 | deliveries being loaded; their rows do not count yet';
CREATE TABLE IF NOT EXISTS quarantine.cell (
    delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, column_name VARCHAR, reason VARCHAR, value VARCHAR,
    message VARCHAR, row_disposition VARCHAR);
COMMENT ON TABLE quarantine.cell IS
    '读不进的单元格：文件、表、行、列、原因 | cells that could not be read, and why';
"""
# What the models were built from: `pipeline.warehouse.fingerprints` compares it with what there is now.
# `week_stage` has a row a week and stage: `pipeline.warehouse.week_stages` says how far each week has come.
MODELS: Final = """
CREATE TABLE IF NOT EXISTS ledger.model_build (
    model VARCHAR, week_id VARCHAR, fingerprint VARCHAR, row_count BIGINT, seconds DOUBLE, built_at TIMESTAMP);
COMMENT ON TABLE ledger.model_build IS
    '各模型各周的指纹，相同则不必重算 | what the weeks of each model were built from';
CREATE TABLE IF NOT EXISTS ledger.reference (name VARCHAR, content_hash VARCHAR, row_count BIGINT, loaded_at TIMESTAMP);
COMMENT ON TABLE ledger.reference IS '代码表与日历的内容摘要 | digests of the code lists and the calendar';
CREATE TABLE IF NOT EXISTS ledger.week_stage (
    week_id VARCHAR, stage VARCHAR, fingerprint VARCHAR, reached_at TIMESTAMP);
COMMENT ON TABLE ledger.week_stage IS
    '各期做到哪一步，凭哪些报送 | how far each week has come, and from which deliveries';
"""
