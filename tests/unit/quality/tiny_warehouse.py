"""A warehouse of two weeks that meets every check, and for each check one statement that breaks it."""

from __future__ import annotations

from typing import NamedTuple


class Break(NamedTuple):
    sql: str
    words: str


GOOD = """
CREATE SCHEMA ledger; CREATE SCHEMA quarantine; CREATE SCHEMA staging; CREATE SCHEMA core; CREATE SCHEMA marts;
CREATE SCHEMA charts;

CREATE TABLE core.report_week (week_id VARCHAR, year INTEGER, issue_no INTEGER, coverage_start DATE,
    coverage_end DATE, calendar_status VARCHAR);
INSERT INTO core.report_week VALUES
    ('2022-51', 2022, 51, '2022-12-24', '2022-12-31', 'announced'),
    ('2023-01', 2023, 1, '2023-01-01', '2023-01-06', 'announced'),
    ('2023-02', 2023, 2, '2023-01-07', '2023-01-13', 'announced'),
    ('2023-03', 2023, 3, '2023-01-14', '2023-01-20', 'provisional');
CREATE TABLE core.calendar_day (day DATE, week_id VARCHAR, is_working_day BOOLEAN);
INSERT INTO core.calendar_day VALUES ('2023-01-03', '2023-01', true), ('2023-01-04', '2023-01', false),
    ('2023-01-09', '2023-02', true);
INSERT INTO core.calendar_day
    SELECT DATE '2023-01-14' + CAST(n AS INTEGER), '2023-03', n NOT IN (0, 1) FROM range(0, 10) AS days (n);
CREATE TABLE core.week_in_use (week_id VARCHAR, previous_week_id VARCHAR, is_first_of_year BOOLEAN,
    has_delivery BOOLEAN);
INSERT INTO core.week_in_use VALUES ('2023-01', NULL, true, true), ('2023-02', '2023-01', false, true);
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
    median DOUBLE, band_low DOUBLE, band_high DOUBLE, is_outside BOOLEAN);
INSERT INTO marts.volume_band VALUES ('2023-01', 'window_consulted', 600, 120, 0, NULL, NULL, NULL, NULL),
    ('2023-02', 'window_consulted', 640, 128, 9, 121.04, 60, 180, false);

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
CREATE TABLE charts.department_volume (week_id VARCHAR, department_id VARCHAR, accepted_ytd BIGINT);
INSERT INTO charts.department_volume VALUES ('2023-01', 'zhujian', 3), ('2023-02', 'zhujian', 7);
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


def again(table: str) -> Break:
    """A second copy of a row of the second week (of the first where there is none)."""
    last = f"(SELECT max(week_id) FROM {table})"
    return Break(f"INSERT INTO {table} SELECT * FROM {table} WHERE week_id = {last} LIMIT 1", "重复")


def blank(table: str, column: str) -> Break:
    return Break(f"UPDATE {table} SET {column} = NULL WHERE week_id = '2023-02'", "为空")


def negative(column: str) -> Break:
    return Break(f"UPDATE staging.window_weekly SET {column} = -1 WHERE week_id = '2023-02'", "为 -1")


WEEKLY_METRIC = "marts.weekly_metric"
BREAKS: dict[tuple[str, str], Break] = {
    ("quality.correction", "correction_still_applies"): Break(
        "UPDATE quality.correction SET status = 'failed', observed = '4'", "由 3 更正为 30；来源现在是 4，不是 3"
    ),
    ("quality.correction", "correction_still_needed"): Break(
        "UPDATE quality.correction SET status = 'obsolete', observed = '30'", "来源已改为 30，更正不再需要"
    ),
    ("ledger.delivery", "rows_conserved"): Break(
        "DELETE FROM ledger.row_account WHERE delivery_id = 'v2' AND disposition = 'loaded'", "共 5 行，有去向的 2 行"
    ),
    ("ledger.control_total", "parts_equal_printed_total"): Break(
        "UPDATE ledger.control_total SET printed_value = 9, difference = 2 WHERE delivery_id = 'v2'",
        "「合计」的 受理/本周 印为 9，各行之和为 7，相差 2",
    ),
    ("ledger.control_total", "printed_ytd_equals_weeks"): Break(
        "UPDATE ledger.control_total SET printed_value = 19 WHERE delivery_id = 'w2'",
        "今年累计 颁发 印为 19，各周之和为 20，相差 -1",
    ),
    ("quarantine.cell", "nothing_quarantined"): Break(
        "INSERT INTO quarantine.cell VALUES ('w2', 'Sheet1', 5, 'issued', 'not_a_number', '#REF!', '不是数', 'loaded')",
        "第 5 行 颁发：不是数",
    ),
    ("quarantine.cell", "register_row_counted"): Break(
        "INSERT INTO quarantine.cell VALUES ('r1', 'Sheet1', 6, 'authorization_status', 'pattern_mismatch', '己授权', "
        "'不符合规定的写法', 'quarantined')",
        "第 6 行没有计入进驻部门，授权状态：不符合规定的写法",
    ),
    ("ledger.control_total", "of_which_within_whole"): Break(
        "UPDATE ledger.control_total SET printed_value = 8 WHERE covers = 'of_which'",
        "第 6 行“其中”的 受理/累计 为 8，大于 住房城乡建设厅 行政许可 本身的 7",
    ),
    ("ledger.delivery", "not_cut_off"): Break(
        "UPDATE ledger.row_account SET row_count = 5000 WHERE delivery_id = 'c2' AND disposition = 'loaded'",
        "办件明细_2023-02.csv 工作表「Sheet1」恰有 5000 行数据（连表头共 5002 行）",
    ),
    ("ledger.delivery", "exported_after_the_week"): Break(
        "UPDATE ledger.delivery SET as_of = '2023-01-11 17:00:00' WHERE delivery_id IN ('a2', 'r1')",
        "动态_2023-02.xlsx 导出于 2023-01-11 17:00:00，本期统计到 2023-01-13",
    ),
    ("ledger.delivery", "exported_in_time"): Break(
        "UPDATE ledger.delivery SET as_of = '2023-01-22 17:00:00' WHERE delivery_id = 'a2'",
        "在本期期末 2023-01-13 之后第 7 个工作日",
    ),
    ("ledger.delivery", "period_is_the_week"): Break(
        "UPDATE ledger.delivery SET period_start = '2023-01-06' WHERE delivery_id = 'i2'",
        "巡查_2023-02.xlsx 的统计时间为 2023-01-06 至 2023-01-13，本期为 2023-01-07 至 2023-01-13",
    ),
    ("ledger.delivery", "reexport_keeps_totals"): Break(
        "UPDATE ledger.control_total SET printed_value = 8, computed_value = 8 WHERE delivery_id = 'w1b'",
        "周报_2023-01 改.xlsx 取代 周报_2023-01.xlsx，合计 颁发 由 9 改为 8",
    ),
    ("staging.item_volume", "rate_from_own_counts"): Break(
        "UPDATE staging.item_volume SET completion_rate_pct = 57.3 WHERE week_id = '2023-02' AND row_no = 5",
        "办结率印为 57.3%，累计办结 3 件除以累计受理 7 件为 42.86%",
    ),
    ("staging.item_volume", "share_of_right_total"): Break(
        "UPDATE staging.item_volume SET accepted_share_pct = 100 WHERE week_id = '2023-02' AND row_no = 5;"
        "UPDATE staging.item_volume SET department = '交通运输厅' WHERE row_no = 7",
        "比重印为 100%，累计受理 7 件占全表合计 8 件的 87.5%；与占本部门小计的比重相符",
    ),
    ("staging.item_volume", "counts_reported"): Break(
        "UPDATE staging.item_volume SET completed_week = NULL WHERE week_id = '2023-02' AND row_no = 7",
        "住房城乡建设厅 行政确认 的本周办结是空白",
    ),
    ("staging.item_volume", "no_business_contradicted"): Break(
        "UPDATE staging.item_volume SET department = '住房城乡建设厅' WHERE week_id = '2023-02' AND row_no = 9",
        "住房城乡建设厅第 9 行写“无业务”，另外的行却有累计受理、办结共 11 件",
    ),
    ("staging.window_weekly", "counts_reported"): Break(
        "UPDATE staging.window_weekly SET transferred = NULL WHERE week_id = '2023-02'",
        "2023-01-09 部门窗口 的流转是空白",
    ),
    ("staging.window_weekly", "every_working_day_reported"): Break(
        "INSERT INTO core.calendar_day VALUES ('2023-01-10', '2023-02', true)", "2023-01-10 是工作日，有 1 个窗口没有数"
    ),
    ("staging.window_weekly", "counts_not_copied"): Break(
        "DELETE FROM core.window_count WHERE week_id = '2023-02'; INSERT INTO core.window_count "
        "SELECT '2023-02', '2023-01-09', window_name, '2023-02', consulted, accepted, issued, transferred "
        "FROM core.window_count",
        "2023-01-09 的 3 个窗口，四项数与 2023-01-03 完全相同",
    ),
    ("staging.hall_inspection", "every_working_day_inspected"): Break(
        "UPDATE core.calendar_day SET is_working_day = true WHERE day = '2023-01-04';"
        "DELETE FROM staging.hall_inspection WHERE inspected_on = '2023-01-04'",
        "2023-01-04 是工作日，没有巡查记录",
    ),
    ("staging.hall_inspection", "conclusion_agrees"): Break(
        "UPDATE staging.hall_inspection SET issues = 2 WHERE inspected_on = '2023-01-03'",
        "2023-01-03 工作纪律 的结论为良好，却记有 2 个问题",
    ),
    ("staging.department_register", "authorized_date_consistent"): Break(
        "UPDATE staging.department_register SET authorized_on = '2019-01-01' WHERE department = '交通运输厅'",
        "交通运输厅已授权，授权日期 2019-01-01，进驻日期 2020-01-01",
    ),
    ("staging.case_detail", "due_after_accepted"): Break(
        "UPDATE staging.case_detail SET due_at = '2023-01-02 23:59:59' WHERE week_id = '2023-02'",
        "办件 A1 承诺办结于 2023-01-02 23:59:59，早于受理 2023-01-03 10:00:00",
    ),
    ("staging.case_detail", "not_in_the_future"): Break(
        "UPDATE staging.case_detail SET completed_at = '2023-01-17 10:00:00' WHERE week_id = '2023-02'",
        "办结于 2023-01-17 10:00:00，文件导出于 2023-01-16 09:00:00",
    ),
    ("staging.case_detail", "result_with_completion"): Break(
        "UPDATE staging.case_detail SET result = NULL WHERE week_id = '2023-02'", "办结结果 空：没有办结结果"
    ),
    ("staging.case_detail", "rated_when_completed"): Break(
        "UPDATE staging.case_detail SET satisfaction = '满意' WHERE completed_at IS NULL",
        "办件 A1 还没有办结，已评价「满意」",
    ),
    ("staging.case_detail", "promised_case_has_deadline"): Break(
        "UPDATE staging.case_detail SET due_at = NULL WHERE week_id = '2023-02'", "办件 A1 是承诺件，没有承诺办结时间"
    ),
    ("staging.case_detail", "duration_plausible"): Break(
        "UPDATE staging.case_detail SET completed_at = '2023-02-04 09:00:00', as_of = '2023-02-06' "
        "WHERE case_no = 'A2'",
        "办件 A2 是即办件，受理于 2023-01-04 09:00:00，办结于 2023-02-04 09:00:00",
    ),
    ("staging.case_detail", "item_in_catalogue"): Break(
        "UPDATE staging.case_detail SET item_code = 'Z9' WHERE week_id = '2023-02'",
        "1 件办件的实施编码 Z9 不在事项目录中",
    ),
    ("staging.case_detail", "item_as_catalogued"): Break(
        "UPDATE staging.case_detail SET item_code = 'Z2' WHERE week_id = '2023-02'",
        "1 件办件的实施编码 Z2 在目录中是行政确认，办件上是行政许可",
    ),
    ("core.case_version", "restated_late"): Break(
        "INSERT INTO core.case_version SELECT * REPLACE ('2023-02' AS week_id, 'A3' AS case_no) FROM core.case_version "
        "WHERE case_no = 'A2'",
        "办件 A3（交通运输厅）在 2023-01 期受理，本期才首次报送",
    ),
    ("core.case_version", "restated_withdrawn"): Break(
        "UPDATE core.case_version SET is_withdrawn = true WHERE week_id = '2023-02'",
        "办件 A1（住房城乡建设厅）在 2023-01 期受理，本期被撤销",
    ),
    ("core.case_version", "restated_class"): Break(
        "UPDATE core.case_version SET department_id = 'jiaotong' WHERE week_id = '2023-02'",
        "办件 A1（交通运输厅）的受理部门与 2023-01 期报送的不同",
    ),
    ("core.case_version", "restated_dates"): Break(
        "UPDATE core.case_version SET prev_closed_week_id = '2023-01', closed_week_id = NULL WHERE week_id = '2023-02'",
        "办件 A1（住房城乡建设厅）的办结由 2023-01 期改为在办",
    ),
    ("core.case_overdue", "key_unique"): again("core.case_overdue"),
    ("core.case_overdue", "overdue_open"): Break(
        "UPDATE core.case_overdue SET working_days_late = 31 WHERE week_id = '2023-02'",
        "办件 A0（住房城乡建设厅）承诺于 2022-12-30 办结，已超过 31 个工作日",
    ),
    ("core.unknown_department", "key_unique"): again("core.unknown_department"),
    ("marts.unplaced_case", "key_unique"): again("marts.unplaced_case"),
    ("core.item", "promised_within_legal"): Break(
        "UPDATE core.item SET promised_days = 30 WHERE week_id = '2023-02'",
        "事项 Z1 的承诺时限 30 个工作日，法定时限 20 个工作日",
    ),
    ("core.item_volume", "ytd_continues"): Break(
        "UPDATE core.item_volume SET accepted_ytd = 9 WHERE week_id = '2023-02' AND department_id = 'zhujian'",
        "住房城乡建设厅 行政许可 受理：上期累计 3 + 本周 4 ≠ 累计 9，相差 2",
    ),
    ("core.authorization", "stationed_department_kept"): Break(
        "DELETE FROM core.authorization WHERE week_id = '2023-02' AND department_id = 'jiaotong'",
        "交通厅在 2023-01 的台账中已进驻，这一份台账里没有",
    ),
    ("core.authorization", "authorization_kept"): Break(
        "UPDATE core.authorization SET is_authorized = false WHERE week_id = '2023-02'",
        "交通厅在 2023-01 的台账中已授权，这一份台账里是未授权",
    ),
    ("core.training", "teaching_department_stationed"): Break(
        "UPDATE core.authorization SET is_stationed = false WHERE week_id = '2023-02'",
        "住建厅在场次 P01 授课，进驻及授权台账里还没有进驻",
    ),
    ("core.activity", "activity_in_its_week"): Break(
        "UPDATE core.activity SET occurred_on = '2022-01-09' WHERE week_id = '2023-02'",
        "第 1 条动态的日期为 2022-01-09，本期为 2023-01-07 至 2023-01-13",
    ),
    ("core.report_week", "hall_records_delivered"): Break(
        "UPDATE ledger.delivery SET status = 'refused' WHERE delivery_id = 'i2'", "没有收到本期的大厅巡查记录"
    ),
    ("core.report_week", "snapshots_up_to_date"): Break(
        "UPDATE ledger.delivery SET week_id = '2022-44' WHERE source = 'department_register';"
        "INSERT INTO core.week_in_use SELECT '2022-' || n, NULL, false, false FROM range(45, 52) AS weeks (n)",
        "进驻及授权台账最近一份是 2022-44 的，已过 9 期",
    ),
    ("marts.department_band", "key_unique"): again("marts.department_band"),
    ("marts.department_band", "department_volume_in_band"): Break(
        "UPDATE marts.department_band SET value = 300, per_day = 60 WHERE department_id = 'zhujian'",
        "住房城乡建设厅受理本周 300 件，每个工作日 60；前 5 周每个工作日的中位数为 11，正常范围 5 至 25",
    ),
    (WEEKLY_METRIC, "parts_equal_whole"): Break(
        "UPDATE marts.weekly_metric SET value = 5 WHERE week_id = '2023-02' AND channel = '1' "
        "AND metric = 'case_accepted'",
        "受理（全部）按办理形式之和为 5，合计为 6",
    ),
    ("staging.case_detail", "key_unique"): again("staging.case_detail"),
    ("staging.case_detail", "change_mark_known"): Break(
        "UPDATE staging.case_detail SET change_mark = 'X' WHERE week_id = '2023-02'", "「X」不认识"
    ),
    ("staging.case_detail", "completed_after_accepted"): Break(
        "UPDATE staging.case_detail SET completed_at = '2023-01-02 10:00:00' WHERE week_id = '2023-02'",
        "A1 办结于 2023-01-02 10:00:00，早于受理 2023-01-03 10:00:00",
    ),
    ("staging.case_detail", "accepted_after_applied"): Break(
        "UPDATE staging.case_detail SET applied_at = '2023-01-05 10:00:00' WHERE week_id = '2023-02'", "早于申请"
    ),
    ("staging.case_detail", "no_personal_data"): Break(
        "UPDATE staging.case_detail SET item_name = '张三13912345678施工许可' WHERE week_id = '2023-02'",
        "事项 Z1 的名称",
    ),
    ("staging.item_volume", "key_unique"): again("staging.item_volume"),
    ("staging.window_weekly", "key_unique"): again("staging.window_weekly"),
    ("staging.window_weekly", "consulted_not_negative"): negative("consulted"),
    ("staging.window_weekly", "accepted_not_negative"): negative("accepted"),
    ("staging.window_weekly", "issued_not_negative"): negative("issued"),
    ("staging.window_weekly", "transferred_not_negative"): negative("transferred"),
    ("staging.window_weekly", "day_in_its_week"): Break(
        "UPDATE staging.window_weekly SET report_date = '2023-01-03' WHERE week_id = '2023-02'",
        "2023-01-03 部门窗口 报在 2023-02 的周报中，按日历属于 2023-01",
    ),
    ("staging.item_catalogue", "key_unique"): again("staging.item_catalogue"),
    ("staging.department_register", "key_unique"): again("staging.department_register"),
    ("staging.department_register", "authorization_status_known"): Break(
        "UPDATE staging.department_register SET authorization_status = '部分授权' WHERE department = '交通运输厅'",
        "交通运输厅 的授权状态写作「部分授权」",
    ),
    ("staging.activity_log", "key_unique"): again("staging.activity_log"),
    ("staging.activity_log", "no_personal_data"): Break(
        "UPDATE staging.activity_log SET content = '联系人电话13900000000。' WHERE week_id = '2023-02'", "第 1 条动态"
    ),
    ("staging.training_log", "session_on_one_day"): Break(
        "UPDATE staging.training_log SET trained_on = '2023-01-05' WHERE trainee = '0b'", "场次 P01 出现在 2 个日期"
    ),
    ("staging.hall_inspection", "key_unique"): again("staging.hall_inspection"),
    ("core.report_week", "no_week_missing"): Break(
        "UPDATE ledger.delivery SET status = 'refused' WHERE delivery_id = 'v2'", "缺少 2023-02 的事项受理办结统计"
    ),
    ("core.report_week", "no_file_refused"): Break(
        "UPDATE ledger.delivery SET received_at = '2023-01-17 08:00:00' WHERE status = 'refused'",
        "统计_2023-02.xlsx 未读取：文件有密码",
    ),
    ("core.report_week", "calendar_announced"): Break(
        "UPDATE core.report_week SET calendar_status = 'provisional' WHERE week_id = '2023-02'", "2023 年的日历状态"
    ),
    ("core.case_version", "key_unique"): again("core.case_version"),
    ("core.case_version", "department_known"): Break(
        "UPDATE core.case_version SET department_id = 'UNKNOWN' WHERE week_id = '2023-02'",
        "1 件办件的受理部门不认识，文件中为「住房城乡建设厅」，该名称的有效期到 9999-12-31",
    ),
    ("core.case_version", "power_type_known"): Break(
        "UPDATE core.case_version SET power_type = NULL WHERE week_id = '2023-02'",
        "1 件办件的事项类型不认识，文件中为「行政许可」",
    ),
    ("core.case_version", "weeks_known"): Break(
        "UPDATE core.case_version SET closed_week_id = 'UNKNOWN' WHERE week_id = '2023-02'",
        "办件 A1 受理于 2023-01-03 10:00:00，办结于 2023-01-10 10:00:00，不在日历之内",
    ),
    ("core.case_version", "channel_known"): Break(
        "UPDATE core.case_version SET channel = 'UNKNOWN' WHERE week_id = '2023-02'",
        "第 4 行的办件（住房城乡建设厅）没有办理形式",
    ),
    ("core.item", "key_unique"): again("core.item"),
    ("core.item", "no_personal_data"): Break(
        "UPDATE core.item SET item_name = '施工许可（510105199003074516）' WHERE week_id = '2023-02'", "事项 Z1 的名称"
    ),
    ("core.item", "codes_known"): Break(
        "UPDATE core.item SET department_id = 'UNKNOWN' WHERE week_id = '2023-02'",
        "实施部门为「建设厅」（未识别），类型为 行政许可",
    ),
    ("core.item_volume", "codes_known"): Break(
        "UPDATE core.item_volume SET department_id = 'UNKNOWN' WHERE week_id = '2023-02' AND power_type = '01';"
        "UPDATE staging.item_volume SET department = '建设厅' WHERE week_id = '2023-02' AND row_no = 5",
        "第 5 行起有 1 行的部门「建设厅」识别不了，该名称的有效期到 2008-12-31",
    ),
    ("core.item_volume", "key_unique"): again("core.item_volume"),
    ("core.item_volume", "every_department_reported"): Break(
        "DELETE FROM core.item_volume WHERE week_id = '2023-02' AND department_id = 'jiaotong'", "交通运输厅没有报送"
    ),
    ("core.item_volume", "week_within_ytd"): Break(
        "UPDATE core.item_volume SET accepted_week = 8 WHERE week_id = '2023-02' AND power_type = '01'",
        "住房城乡建设厅 行政许可：受理本周 8、累计 7",
    ),
    ("core.window_count", "key_unique"): again("core.window_count"),
    ("core.authorization", "key_unique"): again("core.authorization"),
    ("core.authorization", "department_known"): Break(
        "UPDATE core.authorization SET department_id = 'UNKNOWN' "
        "WHERE week_id = '2023-02' AND department_name = '住建厅'",
        "「住建厅」不认识",
    ),
    ("core.training", "key_unique"): again("core.training"),
    ("core.training", "department_known"): Break("UPDATE core.training SET department_id = NULL", "「住建厅」不认识"),
    ("core.inspection", "key_unique"): again("core.inspection"),
    ("core.activity", "key_unique"): again("core.activity"),
    (WEEKLY_METRIC, "key_unique"): again(WEEKLY_METRIC),
    (WEEKLY_METRIC, "value_ytd_present"): Break(
        "UPDATE marts.weekly_metric SET value_ytd = NULL WHERE week_id = '2023-02' AND metric = 'case_accepted'",
        "没有今年累计",
    ),
    (WEEKLY_METRIC, "week_is_ytd_growth"): Break(
        "UPDATE marts.weekly_metric SET value = 7 WHERE week_id = '2023-02' AND metric = 'case_accepted'",
        "累计 11，上周累计 5，本周 7",
    ),
    (WEEKLY_METRIC, "ytd_never_falls"): Break(
        "UPDATE marts.weekly_metric SET value_ytd = 4, value = -1 "
        "WHERE week_id = '2023-02' AND metric = 'case_accepted'",
        "累计由 5 降为 4",
    ),
    ("marts.case_balance", "key_unique"): again("marts.case_balance"),
    ("marts.case_balance", "cases_conserved"): Break(
        "UPDATE marts.case_balance SET closed_ytd = 12 WHERE week_id = '2023-02'", "结转 2 + 受理 11 − 终结 12 ≠ 在办 0"
    ),
    ("marts.case_balance", "cases_conserved_in_week"): Break(
        "UPDATE marts.case_balance SET opening_week = 4 WHERE week_id = '2023-02'", "期初 4 + 受理 6 − 终结 9 ≠ 期末 0"
    ),
    ("marts.case_balance", "closing_equals_open_cases"): Break(
        "INSERT INTO marts.case_stock VALUES ('2023-02', 'zhujian', '01', 1)", "收支推出在办 0 件，逐件数出 1 件"
    ),
    ("marts.case_stock", "key_unique"): again("marts.case_stock"),
    ("marts.case_position", "key_unique"): again("marts.case_position"),
    ("marts.case_balance", "closing_not_negative"): Break(
        "UPDATE marts.case_balance SET closing = -1, closed = 10, closed_ytd = 14 WHERE week_id = '2023-02'",
        "在办 -1 件",
    ),
    ("marts.item_volume_comparison", "key_unique"): again("marts.item_volume_comparison"),
    ("marts.item_volume_comparison", "reported_week_equals_counted"): Break(
        "UPDATE marts.item_volume_comparison SET counted = 6, difference = -1 WHERE is_comparable",
        "住房城乡建设厅 行政许可 本周受理：报送 5 件，办件明细 6 件，相差 -1 件",
    ),
    ("marts.item_volume_comparison", "reported_ytd_equals_counted"): Break(
        "UPDATE marts.item_volume_comparison SET measure = 'completed_ytd', counted = 3, difference = 2",
        "累计办结：报送 5 件，办件明细 3 件，相差 2 件，各周差数之和为 0 件",
    ),
    ("marts.volume_band", "key_unique"): again("marts.volume_band"),
    ("marts.volume_band", "volume_in_band"): Break(
        "UPDATE marts.volume_band SET value = 2000, per_day = 400, is_outside = true WHERE week_id = '2023-02'",
        "综窗咨询本周 2000，每个工作日 400；前 9 周每个工作日的中位数为 121，正常范围 60 至 180",
    ),
    ("charts.item_ytd", "key_unique"): again("charts.item_ytd"),
    ("charts.item_ytd", "value_ytd_present"): blank("charts.item_ytd", "value_ytd"),
    ("charts.item_ytd", "completed_within_accepted"): Break(
        "UPDATE charts.item_ytd SET value_ytd = 14, excess_over_accepted = 2 "
        "WHERE week_id = '2023-02' AND measure = 'completed'",
        "其它9类行权事项办结超出受理 2 件；3 件为上年结转",
    ),
    ("charts.report_week", "key_unique"): again("charts.report_week"),
    ("charts.window_weekly", "key_unique"): again("charts.window_weekly"),
    ("charts.window_weekly", "value_ytd_present"): blank("charts.window_weekly", "value_ytd"),
    ("charts.authorization_status", "key_unique"): again("charts.authorization_status"),
    ("charts.authorization_status", "authorized_and_not_are_stationed"): Break(
        "UPDATE charts.authorization_status SET departments = 1 WHERE week_id = '2023-02' AND status = 'authorized'",
        "进驻 2 个，已授权 1 个，未授权 空 个",
    ),
    ("charts.training_weekly", "key_unique"): again("charts.training_weekly"),
    ("charts.inspection_weekly", "key_unique"): again("charts.inspection_weekly"),
    ("charts.activity", "key_unique"): again("charts.activity"),
    ("charts.authorization_pending", "key_unique"): again("charts.authorization_pending"),
    ("charts.department_volume", "key_unique"): again("charts.department_volume"),
    ("charts.department_volume", "accepted_ytd_present"): blank("charts.department_volume", "accepted_ytd"),
    ("charts.case_balance", "key_unique"): again("charts.case_balance"),
    ("charts.case_balance", "cases_conserved"): Break(
        "UPDATE charts.case_balance SET closing = -1, closed_ytd = 14 WHERE week_id = '2023-02'", "≠ 在办 -1"
    ),
}
