"""Declares the tables of the schema `quality`: results, findings and their lives, decisions, corrections, words.

They are filled by `pipeline.quality`; the macro for past days is made there, too.
"""

from __future__ import annotations

from typing import Final

# Grain: check_result week_id, table_name, check_name · finding finding_id · finding_week finding_id, week_id ·
# decision decision_id · finding_event finding_id, event_no · correction correction_id · corrected_cell correction_id ·
# review_answer delivery_id, sheet, row_no · check_rule table_name, check_name · word column_name, source, code ·
# checked_rows week_id, table_name, dimension, department_id.
# decision, finding_event and review_answer are append-only. Of a correction only status and observed move: they follow
# from the deliveries that count now, and what that means for its finding is an event.
QUALITY: Final = """
CREATE TABLE IF NOT EXISTS quality.check_result (
    week_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL, status VARCHAR NOT NULL, unexpected_count BIGINT NOT NULL, element_count BIGINT NOT NULL,
    observed VARCHAR NOT NULL, evidence VARCHAR NOT NULL, keys VARCHAR NOT NULL, checked_at TIMESTAMP NOT NULL);
CREATE TABLE IF NOT EXISTS quality.checked_rows (
    week_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, dimension VARCHAR NOT NULL, department_id VARCHAR NOT NULL,
    rows_checked BIGINT NOT NULL, rows_held BIGINT NOT NULL);
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
    week_id VARCHAR, basis VARCHAR, approved_by VARCHAR);
CREATE TABLE IF NOT EXISTS quality.finding_event (
    finding_id VARCHAR NOT NULL, event_no BIGINT NOT NULL, happened_at TIMESTAMP NOT NULL, origin VARCHAR NOT NULL,
    from_status VARCHAR, to_status VARCHAR NOT NULL, until DATE, decision_id VARCHAR, words VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS quality.correction (
    correction_id VARCHAR NOT NULL, source VARCHAR NOT NULL, keys VARCHAR NOT NULL, column_name VARCHAR NOT NULL,
    from_value VARCHAR, to_value VARCHAR, reason VARCHAR, decided_by VARCHAR, decided_at TIMESTAMP NOT NULL,
    week_id VARCHAR NOT NULL, status VARCHAR NOT NULL, finding_id VARCHAR NOT NULL, observed VARCHAR, note VARCHAR,
    delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT);
CREATE TABLE IF NOT EXISTS quality.corrected_cell (
    correction_id VARCHAR NOT NULL, source VARCHAR NOT NULL, week_id VARCHAR NOT NULL, delivery_id VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL, row_no BIGINT NOT NULL, column_name VARCHAR NOT NULL, to_value VARCHAR);
CREATE TABLE IF NOT EXISTS quality.comment (
    finding_id VARCHAR NOT NULL, week_id VARCHAR NOT NULL, delivery_id VARCHAR NOT NULL, sheet VARCHAR NOT NULL,
    row_no BIGINT NOT NULL, said_at TIMESTAMP NOT NULL, said_by VARCHAR, words VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS quality.review_answer (
    delivery_id VARCHAR NOT NULL, sheet VARCHAR NOT NULL, row_no BIGINT NOT NULL, finding_id VARCHAR,
    outcome VARCHAR NOT NULL, message VARCHAR NOT NULL, answered_at TIMESTAMP NOT NULL);
"""
# What checks expect and what people call what they name: made anew by every run of the checks.
WORDS: Final = """
CREATE TABLE IF NOT EXISTS quality.check_rule (
    table_name VARCHAR NOT NULL, check_name VARCHAR NOT NULL, title VARCHAR NOT NULL, description VARCHAR NOT NULL,
    category VARCHAR NOT NULL, severity VARCHAR NOT NULL, owner VARCHAR NOT NULL, action VARCHAR NOT NULL,
    expectation VARCHAR NOT NULL, rule VARCHAR NOT NULL, thresholds VARCHAR NOT NULL, dimension VARCHAR,
    validation_level INTEGER);
CREATE TABLE IF NOT EXISTS quality.word (
    column_name VARCHAR NOT NULL, source VARCHAR NOT NULL, code VARCHAR NOT NULL, words VARCHAR NOT NULL);
"""
