-- 期末在办，逐件数出：与平衡表的期末相互印证
-- Open cases counted one by one, to be held against the closing of the balance
-- grain: hall_id, week_id, department_id, power_type
-- materialized: table
WITH standing AS (
    SELECT hall_id, department_id, power_type, accepted_week_id, closed_week_id, sum(cases) AS cases
    FROM core.case_standing
    GROUP BY ALL
    HAVING sum(cases) <> 0
)
SELECT
    w.hall_id, -- 大厅的区划代码 | hall, by its region code
    w.week_id, -- 期 | week
    CASE WHEN grouping(s.department_id) = 1 THEN 'ALL' ELSE s.department_id END AS department_id, -- 部门代号，ALL 为全部 | department, or ALL
    CASE WHEN grouping(s.power_type) = 1 THEN 'ALL' ELSE s.power_type END AS power_type, -- 事项类型代码，ALL 为全部 | power type, or ALL
    CAST(
        coalesce(sum(s.cases) FILTER (WHERE s.closed_week_id = 'OPEN' OR s.closed_week_id > w.week_id), 0) AS BIGINT
    ) AS open_cases -- 期末在办（件） | open at the end of the week
FROM core.week_in_use AS w
INNER JOIN standing AS s ON s.hall_id = w.hall_id AND s.accepted_week_id <= w.week_id
GROUP BY GROUPING SETS (
    (w.hall_id, w.week_id), (w.hall_id, w.week_id, s.department_id), (w.hall_id, w.week_id, s.power_type),
    (w.hall_id, w.week_id, s.department_id, s.power_type)
)
