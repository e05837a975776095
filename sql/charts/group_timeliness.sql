-- 三组的按时办结率与超期在办
-- Completed in time and overdue open cases of the three groups
-- grain: hall_id, week_id, power_group
-- materialized: table
WITH grouped AS (SELECT power_group, power_group_label, min(sort_order) AS sort_order FROM core.power_type GROUP BY ALL)
SELECT
    t.week_id, -- 期 | week
    t.power_group, -- 组代号 | group
    coalesce(g.power_group_label, '类型不明') AS power_group_label, -- 组名称 | label of the group
    t.deadline_cases, -- 本期办结的承诺件（件），分母 | completed with a promised day: denominator
    t.deadline_cases_ytd, -- 累计办结的承诺件（件），分母 | the same, year to date
    t.on_time_cases, -- 其中按时办结（件），分子 | completed in time: numerator
    t.on_time_cases_ytd, -- 累计按时办结（件），分子 | the same, year to date
    CAST(
        CASE WHEN t.deadline_cases_ytd > 0 THEN CAST(
            (20000 * t.on_time_cases_ytd + t.deadline_cases_ytd) // (2 * t.deadline_cases_ytd) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS on_time_rate_ytd, -- 累计按时办结率（%），四舍五入 | per cent in time, year to date, half up
    t.overdue_open, -- 期末超期在办（件） | open past the promised day
    CAST(coalesce(g.sort_order, 99) AS BIGINT) AS sort_order, -- 排序 | order
    t.hall_id -- 大厅的区划代码 | hall, by its region code
FROM marts.timeliness AS t
LEFT JOIN grouped AS g ON g.power_group = t.power_group
WHERE t.department_id = 'ALL' AND t.power_group <> 'ALL'
