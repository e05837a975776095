-- 追溯调整：之后的导出使已过去的期增减了多少件（补报、更正、撤销）
-- Restatements: by how much later exports changed weeks that had passed
-- grain: hall_id, export_week_id, event_week_id, metric, department_id, power_type
-- materialized: table
SELECT
    f.hall_id, -- 大厅的区划代码 | hall, by its region code
    f.export_week_id, -- 导出的期：何时得知 | week of the export
    f.event_week_id, -- 被改动的期 | week that changed
    'case_' || f.event AS metric, -- 指标代号 | metric
    f.department_id, -- 部门代号 | department
    f.power_type, -- 事项类型代码 | power type
    CAST(sum(f.cases) AS BIGINT) AS cases -- 件数增减 | change in cases
FROM core.case_flow AS f
INNER JOIN core.week_in_use AS w ON w.hall_id = f.hall_id AND w.week_id = f.event_week_id
WHERE f.event_week_id < f.export_week_id
GROUP BY ALL
HAVING sum(f.cases) <> 0
