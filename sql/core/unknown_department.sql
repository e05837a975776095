-- 各期统计表和台账中识别不了的部门名称有几个：不在名录中的，和已过有效期的；只供检查
-- How many department names of each week's statistics and register are not recognised; read by checks alone
-- grain: hall_id, week_id, source
-- materialized: table
WITH named AS (
    SELECT d.hall_id, d.week_id, d.source, s.department
    FROM staging.item_volume AS s
    INNER JOIN ledger.current_delivery AS d ON d.delivery_id = s.delivery_id
    UNION
    SELECT d.hall_id, d.week_id, d.source, s.department
    FROM staging.department_register AS s
    INNER JOIN ledger.current_delivery AS d ON d.delivery_id = s.delivery_id
),
unresolved AS (
    SELECT n.hall_id, n.week_id, n.source, n.department
    FROM named AS n
    INNER JOIN core.report_week AS w ON w.week_id = n.week_id
    LEFT JOIN core.department_alias AS a
        ON a.hall_id = n.hall_id AND a.alias = n.department AND w.coverage_end BETWEEN a.valid_from AND a.valid_to
    WHERE a.alias IS NULL
    UNION
    SELECT d.hall_id, d.week_id, d.source, q.value
    FROM quarantine.cell AS q
    INNER JOIN ledger.current_delivery AS d ON d.delivery_id = q.delivery_id
    WHERE q.column_name = 'department' AND q.reason = 'unknown_code'
)
SELECT
    u.hall_id, -- 大厅的区划代码 | hall, by its region code
    u.week_id, -- 报送的期 | week reported
    u.source, -- 来源 | source
    count(*) AS names -- 识别不了的名称个数 | names that are not recognised
FROM unresolved AS u
WHERE u.source IN ('item_volume', 'department_register')
GROUP BY u.hall_id, u.week_id, u.source
