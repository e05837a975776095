-- 逐件的现状：每份导出使各状态的件数增减了多少（件件找出它所替代的上一行，不用版本里带来的旧值）
-- Cases as they stand: by how much the rows of each export changed the cases of each state; the row that a version
-- replaces is looked up case by case, so that the open cases are counted without the values that flows subtract
-- grain: hall_id, week_id, department_id, power_type, accepted_week_id, closed_week_id
-- materialized: incremental
-- lookback: true
WITH new_version AS (
    SELECT * FROM core.case_version WHERE week_id IN (SELECT week_id FROM run.week)
),
replaced AS (
    SELECT n.hall_id, n.week_id, v.department_id, v.power_type, v.accepted_week_id, v.closed_week_id, v.is_withdrawn
    FROM core.case_version AS v
    INNER JOIN new_version AS n ON n.prev_week_id = v.week_id AND n.hall_id = v.hall_id AND n.case_no = v.case_no
),
changed AS (
    SELECT hall_id, week_id, department_id, power_type, accepted_week_id, closed_week_id, is_withdrawn, 1 AS cases
    FROM new_version
    UNION ALL
    SELECT hall_id, week_id, department_id, power_type, accepted_week_id, closed_week_id, is_withdrawn, -1
    FROM replaced
)
SELECT
    c.hall_id, -- 大厅的区划代码 | hall, by its region code
    c.week_id, -- 导出的期 | week of the export
    c.department_id, -- 部门代号 | department
    c.power_type, -- 事项类型代码 | power type
    c.accepted_week_id, -- 受理的期 | week of acceptance
    coalesce(c.closed_week_id, 'OPEN') AS closed_week_id, -- 结束的期，OPEN 为在办 | week of closing, OPEN while open
    CAST(sum(c.cases) AS BIGINT) AS cases -- 件数增减 | change in cases
FROM changed AS c
WHERE NOT c.is_withdrawn
GROUP BY ALL
HAVING sum(c.cases) <> 0
