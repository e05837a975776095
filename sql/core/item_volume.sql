-- 各部门报送的受理办结数；“无业务”为 NONE
-- Volumes as reported by the departments; 无业务 is NONE
-- grain: hall_id, week_id, department_id, power_type
-- materialized: table
SELECT
    s.hall_id, -- 大厅的区划代码 | hall, by its region code
    s.week_id, -- 报送的期 | week reported
    coalesce(a.department_id, 'UNKNOWN') AS department_id, -- 部门代号 | department
    CASE WHEN s.power_type IN ('无业务', '0') THEN 'NONE' ELSE coalesce(p.power_type, 'UNKNOWN') END AS power_type, -- 事项类型代码 | power type
    CAST(sum(s.accepted_week) AS BIGINT) AS accepted_week, -- 本周受理（件） | accepted in the week, cases
    CAST(sum(s.accepted_ytd) AS BIGINT) AS accepted_ytd, -- 累计受理（件） | accepted in the year to date, cases
    CAST(sum(s.completed_week) AS BIGINT) AS completed_week, -- 本周办结（件） | completed in the week, cases
    CAST(sum(s.completed_ytd) AS BIGINT) AS completed_ytd, -- 累计办结（件） | completed in the year to date, cases
    max(s.as_of) AS as_of -- 导出时间（北京时间） | exported, Beijing time
FROM staging.item_volume AS s
INNER JOIN core.report_week AS w ON w.week_id = s.week_id
LEFT JOIN core.power_type AS p ON p.power_type_label = s.power_type
LEFT JOIN core.department_alias AS a
    ON a.hall_id = s.hall_id AND a.alias = s.department AND w.coverage_end BETWEEN a.valid_from AND a.valid_to
GROUP BY ALL
