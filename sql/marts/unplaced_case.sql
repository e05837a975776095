-- 各期办件明细中计不进去的行数：被隔离的、部门或日期不明的、办结期早于受理期的、日期在导出之后的；只供检查
-- Rows of each week's case detail that cannot be counted where they belong; read by checks alone
-- grain: hall_id, week_id
-- materialized: table
WITH unplaced AS (
    SELECT d.hall_id, d.week_id, sum(a.row_count) AS cases
    FROM ledger.row_account AS a
    INNER JOIN ledger.current_delivery AS d ON d.delivery_id = a.delivery_id AND d.source = 'case_detail'
    WHERE a.disposition = 'quarantined'
    GROUP BY d.hall_id, d.week_id
    UNION ALL
    SELECT v.hall_id, v.week_id, count(*)
    FROM core.case_version AS v
    WHERE v.department_id = 'UNKNOWN' OR v.accepted_week_id = 'UNKNOWN' OR v.closed_week_id = 'UNKNOWN'
        OR v.closed_week_id < v.accepted_week_id
    GROUP BY v.hall_id, v.week_id
    UNION ALL
    SELECT s.hall_id, s.week_id, count(*)
    FROM staging.case_detail AS s
    WHERE s.accepted_at > s.as_of OR s.completed_at > s.as_of
    GROUP BY s.hall_id, s.week_id
)
SELECT
    u.hall_id, -- 大厅的区划代码 | hall, by its region code
    u.week_id, -- 导出的期 | week of the export
    CAST(sum(u.cases) AS BIGINT) AS cases -- 计不进去的行数 | rows that cannot be counted
FROM unplaced AS u
GROUP BY u.hall_id, u.week_id
