"""A warehouse of two weeks that meets every check; what breaks a check is its `example:` in expectations/*.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb

from pipeline.quality.checks.model import TableSuite


@contextmanager
def good_warehouse(suites: Iterable[TableSuite]) -> Iterator[duckdb.DuckDBPyConnection]:
    """GOOD in memory, with the good rows that suites bring for tables of their own."""
    with duckdb.connect(config={"memory_limit": "500MB", "threads": 2}) as con:
        con.execute(GOOD)
        for suite in suites:
            con.execute(suite.meta.good or "")
        yield con


GOOD = """
CREATE SCHEMA ledger; CREATE SCHEMA quarantine; CREATE SCHEMA staging; CREATE SCHEMA core; CREATE SCHEMA marts;
CREATE SCHEMA charts;

CREATE TABLE core.report_week (week_id VARCHAR, year INTEGER, issue_no INTEGER, coverage_start DATE,
    coverage_end DATE, calendar_status VARCHAR, period_start DATE, period_end DATE, is_expected BOOLEAN DEFAULT true);
INSERT INTO core.report_week (week_id, year, issue_no, coverage_start, coverage_end, calendar_status) VALUES
    ('2022-51', 2022, 51, '2022-12-24', '2022-12-31', 'announced'),
    ('2023-01', 2023, 1, '2023-01-01', '2023-01-06', 'announced'),
    ('2023-02', 2023, 2, '2023-01-07', '2023-01-13', 'announced'),
    ('2023-03', 2023, 3, '2023-01-14', '2023-01-20', 'provisional');
UPDATE core.report_week SET period_start = coverage_start, period_end = coverage_end;
CREATE TABLE core.calendar_day (day DATE, week_id VARCHAR, is_working_day BOOLEAN);
INSERT INTO core.calendar_day VALUES ('2023-01-03', '2023-01', true), ('2023-01-04', '2023-01', false),
    ('2023-01-09', '2023-02', true);
INSERT INTO core.calendar_day
    SELECT DATE '2023-01-14' + CAST(n AS INTEGER), '2023-03', n NOT IN (0, 1) FROM range(0, 10) AS days (n);
CREATE TABLE core.report_period (period_id VARCHAR, kind VARCHAR, year INTEGER, number INTEGER, label VARCHAR,
    first_day DATE, last_day DATE, week_id VARCHAR, previous_week_id VARCHAR, is_expected BOOLEAN);
INSERT INTO core.report_period VALUES
    ('2022-M12', 'month', 2022, 12, '2022年12月', '2022-12-01', '2022-12-31', '2023-01', NULL, true),
    ('2023-M01', 'month', 2023, 1, '2023年1月', '2023-01-01', '2023-01-31', '2023-02', '2023-01', true);
CREATE TABLE core.week_in_use (week_id VARCHAR, previous_week_id VARCHAR, is_first_of_year BOOLEAN,
    has_delivery BOOLEAN, year INTEGER DEFAULT 2023);
INSERT INTO core.week_in_use BY NAME SELECT * FROM (VALUES ('2023-01', NULL, true, true),
    ('2023-02', '2023-01', false, true)) AS weeks (week_id, previous_week_id, is_first_of_year, has_delivery);
CREATE TABLE core.export (source VARCHAR, source_label VARCHAR, kind VARCHAR, expected VARCHAR, required VARCHAR,
    period VARCHAR DEFAULT 'week');
INSERT INTO core.export (source, source_label, kind, expected, required) VALUES
    ('case_detail', '办件明细', 'restating', 'weekly', 'stops'),
    ('item_volume', '事项受理办结统计', 'weekly', 'weekly', 'stops'),
    ('window_weekly', '综窗办件周报', 'weekly', 'weekly', 'stops'),
    ('hall_inspection', '大厅巡查记录', 'weekly', 'weekly', 'warns'),
    ('training_log', '业务培训台账', 'snapshot', 'weekly', 'warns'),
    ('activity_log', '窗口动态', 'weekly', 'weekly', 'warns'),
    ('department_register', '进驻及授权台账', 'snapshot', 'occasional', 'warns'),
    ('item_catalogue', '事项目录', 'snapshot', 'occasional', 'warns');
CREATE TABLE core.department_alias (alias VARCHAR, department_id VARCHAR, valid_from DATE, valid_to DATE);
INSERT INTO core.department_alias VALUES ('住房城乡建设厅', 'zhujian', '1900-01-01', '9999-12-31'),
    ('交通运输厅', 'jiaotong', '1900-01-01', '9999-12-31'), ('建设厅', 'zhujian', '1900-01-01', '2008-12-31');
CREATE TABLE core.unknown_department (week_id VARCHAR, source VARCHAR, names BIGINT);
INSERT INTO core.unknown_department VALUES ('2023-01', 'activity_log', 1);
CREATE TABLE core.department (department_id VARCHAR, department_name VARCHAR);
INSERT INTO core.department VALUES ('zhujian', '住房城乡建设厅'), ('jiaotong', '交通运输厅');
CREATE TABLE core.power_type (power_type VARCHAR, power_type_label VARCHAR);
INSERT INTO core.power_type VALUES ('01', '行政许可'), ('07', '行政确认');
CREATE TABLE core.metric (metric VARCHAR, label_zh VARCHAR, source VARCHAR);
INSERT INTO core.metric VALUES ('window_consulted', '综窗咨询', 'window_weekly'),
    ('case_accepted', '受理', 'case_detail');

CREATE TABLE ledger.delivery (delivery_id VARCHAR, source VARCHAR, file_name VARCHAR, week_id VARCHAR, status VARCHAR,
    message VARCHAR, rows_physical BIGINT, received_at TIMESTAMP, superseded_by VARCHAR, scope VARCHAR DEFAULT '',
    as_of TIMESTAMP, period_start DATE, period_end DATE);
INSERT INTO ledger.delivery (delivery_id, source, file_name, week_id, status, message, rows_physical, received_at,
    superseded_by) VALUES
    ('c1', 'case_detail', '办件明细_2023-01.csv', '2023-01', 'current', NULL, 4, '2023-01-16 09:00:00', NULL),
    ('c2', 'case_detail', '办件明细_2023-02.csv', '2023-02', 'current', NULL, 3, '2023-01-16 09:00:00', NULL),
    ('v1', 'item_volume', '统计_2023-01.xlsx', '2023-01', 'current', NULL, 5, '2023-01-16 09:00:00', NULL),
    ('v2', 'item_volume', '统计_2023-02.xlsx', '2023-02', 'current', NULL, 5, '2023-01-16 09:00:00', NULL),
    ('w1', 'window_weekly', '周报_2023-01.xlsx', '2023-01', 'superseded', NULL, 6, '2023-01-16 09:00:00', 'w1b'),
    ('w1b', 'window_weekly', '周报_2023-01 改.xlsx', '2023-01', 'current', NULL, 6, '2023-01-16 09:00:00', NULL),
    ('w2', 'window_weekly', '周报_2023-02.xlsx', '2023-02', 'current', NULL, 6, '2023-01-16 09:00:00', NULL),
    ('r1', 'department_register', '台账_2023-01.xlsx', '2023-01', 'current', NULL, 6, '2023-01-16 09:00:00', NULL),
    ('i1', 'hall_inspection', '巡查_2023-01.xlsx', '2023-01', 'current', NULL, 6, '2023-01-16 09:00:00', NULL),
    ('i2', 'hall_inspection', '巡查_2023-02.xlsx', '2023-02', 'current', NULL, 6, '2023-01-16 09:00:00', NULL),
    ('t1', 'training_log', '培训_2023-01.xlsx', '2023-01', 'current', NULL, 6, '2023-01-16 09:00:00', NULL),
    ('t2', 'training_log', '培训_2023-02.xlsx', '2023-02', 'current', NULL, 6, '2023-01-16 09:00:00', NULL),
    ('a1', 'activity_log', '动态_2023-01.xlsx', '2023-01', 'current', NULL, 6, '2023-01-16 09:00:00', NULL),
    ('a2', 'activity_log', '动态_2023-02.xlsx', '2023-02', 'current', NULL, 6, '2023-01-16 09:00:00', NULL),
    ('x0', NULL, '统计_2023-02.xlsx', NULL, 'refused', '文件有密码', NULL, '2023-01-16 08:00:00', NULL),
    ('w3', 'window_weekly', '周报_2023-02.xlsx', '2023-02', 'duplicate', '与已收到的文件相同', 6,
        '2023-01-16 09:00:00', NULL);
UPDATE ledger.delivery AS d SET as_of = w.coverage_end + INTERVAL 3 DAY, period_start = w.coverage_start,
    period_end = w.coverage_end FROM core.report_week AS w WHERE w.week_id = d.week_id;
CREATE VIEW ledger.current_delivery AS SELECT delivery_id, source, week_id, period_start, period_end, as_of, scope,
    file_name FROM ledger.delivery WHERE status = 'current';
CREATE TABLE ledger.arrival (file_name VARCHAR, message VARCHAR, seen_at TIMESTAMP, code VARCHAR);
CREATE TABLE ledger.replaced_key (delivery_id VARCHAR, keys BIGINT, keys_lost BIGINT, keys_changed BIGINT);
INSERT INTO ledger.replaced_key VALUES ('w1', 4, 0, 1);
CREATE TABLE ledger.delivery_sum (delivery_id VARCHAR, column_name VARCHAR, title VARCHAR, amount DECIMAL(38, 6));
INSERT INTO ledger.delivery_sum VALUES ('w1', 'accepted', '受理', 7), ('w1b', 'accepted', '受理', 7),
    ('w1', 'issued', '颁发', 8), ('w1b', 'issued', '颁发', 9);
CREATE TABLE ledger.row_account (delivery_id VARCHAR, sheet VARCHAR, disposition VARCHAR, reason VARCHAR,
    row_count BIGINT);
INSERT INTO ledger.row_account
    SELECT delivery_id, 'Sheet1', d.disposition, NULL,
        CASE d.disposition WHEN 'set_aside' THEN 2 ELSE rows_physical - 2 END
    FROM ledger.delivery CROSS JOIN (VALUES ('loaded'), ('set_aside')) AS d (disposition)
    WHERE status NOT IN ('duplicate', 'refused');
CREATE TABLE ledger.control_total (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, label VARCHAR,
    covers VARCHAR, column_name VARCHAR, printed_value DECIMAL(38, 6), computed_value DECIMAL(38, 6),
    difference DECIMAL(38, 6));
INSERT INTO ledger.control_total VALUES
    ('v2', 'Sheet1', 8, '合计', 'table', 'accepted_week', 7, 7, 0),
    ('w2', 'Sheet1', 9, '今年累计', 'year', 'issued', 20, NULL, NULL),
    ('v2', 'Sheet1', 6, '其中', 'of_which', 'accepted_ytd', 7, NULL, NULL),
    ('w1', 'Sheet1', 9, '合计', 'table', 'issued', 9, 8, 1),
    ('w1b', 'Sheet1', 9, '合计', 'table', 'issued', 9, 9, 0),
    ('w1', 'Sheet1', 10, '今年累计', 'year', 'issued', 1, NULL, NULL);
ALTER TABLE ledger.control_total ADD COLUMN row_label VARCHAR;
ALTER TABLE ledger.control_total ADD COLUMN printed_text VARCHAR;
ALTER TABLE ledger.control_total ADD COLUMN printed_step DECIMAL(38, 12);
CREATE TABLE quarantine.cell (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, column_name VARCHAR, reason VARCHAR,
    value VARCHAR, message VARCHAR, row_disposition VARCHAR);
INSERT INTO quarantine.cell VALUES ('w1', 'Sheet1', 5, 'issued', 'not_a_number', '#REF!', '不是数', 'quarantined');

CREATE TABLE staging.case_detail (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, week_id VARCHAR, as_of TIMESTAMP,
    case_no VARCHAR, item_code VARCHAR, item_name VARCHAR, department VARCHAR, power_type VARCHAR, case_kind VARCHAR,
    channel VARCHAR, change_mark VARCHAR, applied_at TIMESTAMP, accepted_at TIMESTAMP, due_at TIMESTAMP,
    completed_at TIMESTAMP, result VARCHAR, satisfaction VARCHAR);
INSERT INTO staging.case_detail VALUES
    ('c1', 'csv', 4, '2023-01', '2023-01-09 09:00:00', 'A1', 'Z1', '施工许可', '住房城乡建设厅', '行政许可', '承诺件',
        '窗口', 'I', '2023-01-03 09:00:00', '2023-01-03 09:00:00', '2023-01-20 23:59:59', NULL, NULL, NULL),
    ('c1', 'csv', 5, '2023-01', '2023-01-09 09:00:00', 'A2', 'Z2', '确认', '交通运输厅', '行政确认', '即办件',
        '电脑网上', 'I', NULL, '2023-01-04 09:00:00', NULL, '2023-01-04 09:00:00', '办结', '满意'),
    ('c2', 'csv', 4, '2023-02', '2023-01-16 09:00:00', 'A1', 'Z1', '施工许可', '住房城乡建设厅', '行政许可', '承诺件',
        '窗口', 'U', '2023-01-03 09:00:00', '2023-01-03 10:00:00', '2023-01-20 23:59:59', '2023-01-10 10:00:00', '办结',
        NULL);
CREATE TABLE staging.item_volume (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, week_id VARCHAR,
    department VARCHAR, power_type VARCHAR, accepted_week BIGINT, accepted_ytd BIGINT, completed_week BIGINT,
    completed_ytd BIGINT, completion_rate_pct DECIMAL(38, 6), accepted_share_pct DECIMAL(38, 6));
INSERT INTO staging.item_volume VALUES
    ('v1', 'Sheet1', 5, '2023-01', '住房城乡建设厅', '行政许可', 3, 3, 1, 1, 33.33, 100),
    ('v1', 'Sheet1', 6, '2023-01', '交通运输厅', '无业务', NULL, NULL, NULL, NULL, NULL, NULL),
    ('v2', 'Sheet1', 5, '2023-02', '住房城乡建设厅', '行政许可', 4, 7, 2, 3, 42.86, 87.50),
    ('v2', 'Sheet1', 7, '2023-02', '住房城乡建设厅', '行政确认', 1, 1, 0, 0, 0, 12.50),
    ('v2', 'Sheet1', 9, '2023-02', '交通运输厅', '无业务', NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE staging.item_catalogue (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, week_id VARCHAR,
    item_code VARCHAR, department VARCHAR);
INSERT INTO staging.item_catalogue VALUES ('k2', 'Sheet1', 5, '2023-01', '511Z01', '建设厅'),
    ('k2', 'Sheet1', 6, '2023-01', '511Z02', '建设厅');
CREATE TABLE staging.window_weekly (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, week_id VARCHAR,
    report_date DATE, window_name VARCHAR, consulted BIGINT, accepted BIGINT, issued BIGINT, transferred BIGINT);
INSERT INTO staging.window_weekly VALUES ('w1b', 'Sheet1', 6, '2023-01', '2023-01-03', '部门窗口', 1, 1, 9, 1),
    ('w2', 'Sheet1', 6, '2023-02', '2023-01-09', '部门窗口', 0, 2, 11, 3);
CREATE TABLE staging.department_register (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, week_id VARCHAR,
    as_of TIMESTAMP, department VARCHAR, authorization_status VARCHAR, stationed_on DATE, authorized_on DATE);
INSERT INTO staging.department_register VALUES
    ('r1', 'Sheet1', 5, '2023-01', '2023-01-09 09:00:00', '住房城乡建设厅', '未授权', '2020-01-01', NULL),
    ('r1', 'Sheet1', 6, '2023-01', '2023-01-09 09:00:00', '交通运输厅', '已授权', '2020-01-01', '2021-01-01');
CREATE TABLE staging.activity_log (week_id VARCHAR, seq VARCHAR, content VARCHAR);
INSERT INTO staging.activity_log VALUES ('2023-01', '1', '窗口电话 028-86936179，编号 512000-20230103-000001'),
    ('2023-02', '1', '项目代码 2301-510000-04-01-123456，统一社会信用代码 11510000008282417Y');
CREATE TABLE staging.training_log (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, week_id VARCHAR,
    session_no VARCHAR, main_item VARCHAR, trainee VARCHAR, trained_on DATE);
INSERT INTO staging.training_log VALUES ('t1', 'Sheet1', 5, '2023-01', 'P01', '施工许可', '0a', '2023-01-04'),
    ('t1', 'Sheet1', 6, '2023-01', 'P01', '施工许可', '0b', '2023-01-04');
CREATE TABLE staging.hall_inspection (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, week_id VARCHAR,
    inspected_on DATE, inspection_item VARCHAR, conclusion VARCHAR, issues BIGINT);
INSERT INTO staging.hall_inspection VALUES ('i1', 'Sheet1', 5, '2023-01', '2023-01-03', '工作纪律', '总体情况良好', 0),
    ('i1', 'Sheet1', 6, '2023-01', '2023-01-04', '工作纪律', '发现问题', 1);

CREATE TABLE core.case_version (delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT, week_id VARCHAR, case_no VARCHAR,
    department_id VARCHAR, power_type VARCHAR, channel VARCHAR, accepted_week_id VARCHAR, closed_week_id VARCHAR,
    is_withdrawn BOOLEAN, prev_week_id VARCHAR, prev_department_id VARCHAR, prev_power_type VARCHAR,
    prev_channel VARCHAR, prev_accepted_week_id VARCHAR, prev_closed_week_id VARCHAR, prev_is_withdrawn BOOLEAN);
INSERT INTO core.case_version VALUES
    ('c1', 'csv', 4, '2023-01', 'A1', 'zhujian', '01', '1', '2023-01', NULL, false, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL),
    ('c1', 'csv', 5, '2023-01', 'A2', 'jiaotong', '07', '2', '2023-01', '2023-01', false, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL),
    ('c2', 'csv', 4, '2023-02', 'A1', 'zhujian', '01', '1', '2023-01', '2023-02', false, '2023-01', 'zhujian', '01',
        '1', '2023-01', NULL, false);
CREATE TABLE core.case_overdue (week_id VARCHAR, case_no VARCHAR, department_id VARCHAR, due_on DATE,
    working_days_late BIGINT, delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT);
INSERT INTO core.case_overdue VALUES ('2023-01', 'A0', 'zhujian', '2022-12-30', 4, 'c1', 'csv', 9),
    ('2023-02', 'A0', 'zhujian', '2022-12-30', 9, 'c1', 'csv', 9);
CREATE TABLE core.case_flow (event_week_id VARCHAR, event VARCHAR, origin VARCHAR, department_id VARCHAR,
    power_type VARCHAR, cases BIGINT);
INSERT INTO core.case_flow VALUES ('2023-01', 'closed', 'later', 'jiaotong', '07', 1);
CREATE TABLE core.item (week_id VARCHAR, item_code VARCHAR, item_name VARCHAR, power_type VARCHAR,
    department_id VARCHAR, legal_days BIGINT, promised_days BIGINT, delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT);
INSERT INTO core.item VALUES ('2023-01', 'Z1', '施工许可', '01', 'zhujian', 20, 10, 'k1', 'Sheet1', 5),
    ('2023-01', 'Z2', '确认', '07', 'jiaotong', 20, 20, 'k1', 'Sheet1', 6),
    ('2023-02', 'Z1', '施工许可', '01', 'zhujian', 20, 10, 'k2', 'Sheet1', 5);
CREATE TABLE core.item_volume (week_id VARCHAR, department_id VARCHAR, power_type VARCHAR, accepted_week BIGINT,
    accepted_ytd BIGINT, completed_week BIGINT, completed_ytd BIGINT);
INSERT INTO core.item_volume VALUES ('2023-01', 'zhujian', '01', 3, 3, 1, 1),
    ('2023-01', 'jiaotong', 'NONE', 0, 0, 0, 0),
    ('2023-02', 'zhujian', '01', 4, 7, 2, 3), ('2023-02', 'jiaotong', '07', 0, 0, 0, 0);
CREATE TABLE core.window_count (week_id VARCHAR, report_date DATE, window_name VARCHAR, delivered_week_id VARCHAR,
    consulted BIGINT, accepted BIGINT, issued BIGINT, transferred BIGINT);
INSERT INTO core.window_count VALUES ('2023-01', '2023-01-03', '部门窗口', '2023-01', 1, 1, 9, 1),
    ('2023-01', '2023-01-03', '专窗', '2023-01', 0, 2, 0, 0), ('2023-01', '2023-01-03', '专区', '2023-01', 0, 0, 0, 4),
    ('2023-02', '2023-01-09', '部门窗口', '2023-02', 0, 2, 11, 3);
CREATE TABLE core.authorization (week_id VARCHAR, department_id VARCHAR, department_name VARCHAR,
    is_stationed BOOLEAN, is_authorized BOOLEAN, snapshot_week_id VARCHAR, delivery_id VARCHAR, sheet VARCHAR,
    row_no BIGINT);
INSERT INTO core.authorization VALUES
    ('2023-01', 'zhujian', '住建厅', true, false, '2023-01', 'r1', 'Sheet1', 5),
    ('2023-01', 'jiaotong', '交通厅', true, true, '2023-01', 'r1', 'Sheet1', 6),
    ('2023-02', 'zhujian', '住建厅', true, false, '2023-02', 'r2', 'Sheet1', 5),
    ('2023-02', 'jiaotong', '交通厅', true, true, '2023-02', 'r2', 'Sheet1', 6);
CREATE TABLE core.training (week_id VARCHAR, session_no VARCHAR, main_item VARCHAR, trainee VARCHAR,
    department_id VARCHAR, department_name VARCHAR, delivery_id VARCHAR, sheet VARCHAR, row_no BIGINT);
INSERT INTO core.training VALUES ('2023-02', 'P01', '施工许可', '0a', 'zhujian', '住建厅', 't2', '1月', 5),
    ('2023-02', 'P01', '施工许可', '0b', 'zhujian', '住建厅', 't2', '1月', 6);
CREATE TABLE core.inspection (week_id VARCHAR, inspected_on DATE, inspection_item VARCHAR);
INSERT INTO core.inspection VALUES ('2023-01', '2023-01-03', '工作纪律'), ('2023-02', '2023-01-09', '工作纪律');
CREATE TABLE core.activity (week_id VARCHAR, seq VARCHAR, occurred_on DATE, delivery_id VARCHAR, sheet VARCHAR,
    row_no BIGINT);
INSERT INTO core.activity VALUES ('2023-01', '1', NULL, 'a1', 'Sheet1', 5),
    ('2023-02', '1', '2023-01-09', 'a2', 'Sheet1', 5);

CREATE TABLE marts.weekly_metric (week_id VARCHAR, metric VARCHAR, department_id VARCHAR, power_type VARCHAR,
    channel VARCHAR, value BIGINT, value_ytd BIGINT, basis VARCHAR);
INSERT INTO marts.weekly_metric VALUES
    ('2022-51', 'case_accepted', 'ALL', 'ALL', 'ALL', 3, 900, 'flow'),
    ('2023-01', 'case_accepted', 'ALL', 'ALL', 'ALL', 5, 5, 'flow'),
    ('2023-02', 'case_accepted', 'ALL', 'ALL', 'ALL', 6, 11, 'flow'),
    ('2023-01', 'window_issued', 'ALL', 'ALL', 'ALL', 20, 20, 'flow'),
    ('2023-02', 'window_issued', 'ALL', 'ALL', 'ALL', NULL, 20, 'flow'),
    ('2023-02', 'training_trainees', 'ALL', 'ALL', 'ALL', 14, NULL, 'distinct'),
    ('2023-01', 'case_closing', 'ALL', 'ALL', 'ALL', 7, 7, 'stock'),
    ('2023-02', 'case_closing', 'ALL', 'ALL', 'ALL', 3, 3, 'stock');
INSERT INTO marts.weekly_metric
    SELECT m.week_id, m.metric, p.department_id, p.power_type, p.channel, m.value, m.value_ytd, m.basis
    FROM marts.weekly_metric AS m
    CROSS JOIN (VALUES ('zhujian', 'ALL', 'ALL'), ('ALL', '01', 'ALL'), ('zhujian', '01', 'ALL'), ('ALL', 'ALL', '1'))
        AS p (department_id, power_type, channel)
    WHERE m.metric LIKE 'case%';
CREATE TABLE marts.unplaced_case (week_id VARCHAR, cases BIGINT);
INSERT INTO marts.unplaced_case VALUES ('2023-02', 1);
CREATE TABLE marts.department_band (week_id VARCHAR, department_id VARCHAR, metric VARCHAR, value BIGINT,
    per_day DOUBLE, weeks_used BIGINT, median DOUBLE, band_low DOUBLE, band_high DOUBLE);
INSERT INTO marts.department_band VALUES ('2023-02', 'zhujian', 'case_accepted', 60, 12, 5, 11.04, 5, 25),
    ('2023-02', 'jiaotong', 'case_accepted', 10, 2, 5, 0.4, 0, 1);
CREATE TABLE marts.case_position (week_id VARCHAR, department_id VARCHAR, power_type VARCHAR, channel VARCHAR);
INSERT INTO marts.case_position VALUES ('2023-02', 'zhujian', '01', 'ALL'), ('2023-02', 'zhujian', 'ALL', 'ALL');
CREATE TABLE marts.case_balance (week_id VARCHAR, department_id VARCHAR, power_type VARCHAR, opening BIGINT,
    opening_week BIGINT, accepted BIGINT, closed BIGINT, accepted_ytd BIGINT, closed_ytd BIGINT, closing BIGINT);
INSERT INTO marts.case_balance VALUES ('2023-01', 'zhujian', '01', 2, 2, 5, 4, 5, 4, 3),
    ('2023-02', 'zhujian', '01', 2, 3, 6, 9, 11, 13, 0);
CREATE TABLE marts.case_stock (week_id VARCHAR, department_id VARCHAR, power_type VARCHAR, open_cases BIGINT);
INSERT INTO marts.case_stock VALUES ('2023-01', 'zhujian', '01', 3);
CREATE TABLE marts.item_volume_comparison (week_id VARCHAR, department_id VARCHAR, power_type VARCHAR,
    measure VARCHAR, reported BIGINT, counted BIGINT, difference BIGINT, is_comparable BOOLEAN);
INSERT INTO marts.item_volume_comparison VALUES ('2023-01', 'zhujian', '01', 'accepted_week', 5, 5, 0, true),
    ('2023-01', 'jiaotong', '07', 'accepted_week', 9, 1, 8, false);
CREATE TABLE marts.volume_band (week_id VARCHAR, metric VARCHAR, value BIGINT, per_day DOUBLE, weeks_used BIGINT,
    median DOUBLE, band_low DOUBLE, band_high DOUBLE, is_outside BOOLEAN, working_days INTEGER);
INSERT INTO marts.volume_band VALUES ('2023-01', 'window_consulted', 600, 120, 0, NULL, NULL, NULL, NULL, 5),
    ('2023-02', 'window_consulted', 640, 128, 9, 121.04, 60, 180, false, 5);

CREATE TABLE charts.report_week (week_id VARCHAR);
INSERT INTO charts.report_week VALUES ('2023-01'), ('2023-02');
CREATE TABLE charts.item_ytd (week_id VARCHAR, power_group VARCHAR, measure VARCHAR, power_group_label VARCHAR,
    value_ytd BIGINT, excess_over_accepted BIGINT, carried_over BIGINT);
INSERT INTO charts.item_ytd VALUES
    ('2023-01', 'other_nine', 'accepted', '其它9类行权事项', 9, NULL, NULL),
    ('2023-01', 'other_nine', 'completed', '其它9类行权事项', 8, 0, 3),
    ('2023-02', 'other_nine', 'accepted', '其它9类行权事项', 12, NULL, NULL),
    ('2023-02', 'other_nine', 'completed', '其它9类行权事项', 12, 0, 3);
CREATE TABLE charts.window_weekly (week_id VARCHAR, measure VARCHAR, value BIGINT, value_ytd BIGINT);
INSERT INTO charts.window_weekly VALUES ('2023-01', 'issued', 9, 9), ('2023-02', 'issued', 3, 12);
CREATE TABLE charts.authorization_status (week_id VARCHAR, status VARCHAR, departments BIGINT);
INSERT INTO charts.authorization_status VALUES ('2023-01', 'stationed', 2), ('2023-01', 'authorized', 1),
    ('2023-01', 'not_authorized', 1), ('2023-02', 'stationed', 2), ('2023-02', 'authorized', 2);
CREATE TABLE charts.training_weekly (week_id VARCHAR);
INSERT INTO charts.training_weekly VALUES ('2023-01'), ('2023-02');
CREATE TABLE charts.inspection_weekly (week_id VARCHAR, inspection_item VARCHAR);
INSERT INTO charts.inspection_weekly VALUES ('2023-01', '工作纪律'), ('2023-01', '防控'), ('2023-02', '防控');
CREATE TABLE charts.activity (week_id VARCHAR, seq VARCHAR);
INSERT INTO charts.activity VALUES ('2023-01', '1'), ('2023-01', '2');
CREATE TABLE charts.authorization_pending (week_id VARCHAR, department_id VARCHAR);
INSERT INTO charts.authorization_pending VALUES ('2023-01', 'haiguan'), ('2023-02', 'haiguan');
CREATE TABLE charts.department_volume (
    week_id VARCHAR, department_id VARCHAR, department_name VARCHAR, accepted BIGINT, accepted_ytd BIGINT
);
INSERT INTO charts.department_volume VALUES
    ('2023-01', 'zhujian', '省住房城乡建设厅', 3, 3), ('2023-02', 'zhujian', '省住房城乡建设厅', 4, 7);
CREATE TABLE charts.case_balance (week_id VARCHAR, power_group VARCHAR, power_group_label VARCHAR, opening BIGINT,
    accepted_ytd BIGINT, closed_ytd BIGINT, closing BIGINT);
INSERT INTO charts.case_balance VALUES ('2023-01', 'licensing', '行政许可', 2, 5, 4, 3),
    ('2023-02', 'licensing', '行政许可', 2, 11, 13, 0);

CREATE SCHEMA quality;
CREATE TABLE quality.correction (correction_id VARCHAR, source VARCHAR, keys VARCHAR, column_name VARCHAR,
    from_value VARCHAR, to_value VARCHAR, reason VARCHAR, decided_by VARCHAR, decided_at TIMESTAMP, week_id VARCHAR,
    status VARCHAR, finding_id VARCHAR, observed VARCHAR, note VARCHAR);
INSERT INTO quality.correction VALUES ('k1', 'window_weekly', '{"window_name": "部门窗口"}', 'issued', '3', '30',
    '漏打一位', '王', '2023-01-16 09:00:00', '2023-02', 'active', 'f1', '3', '部门窗口的颁发由 3 更正为 30');
"""
