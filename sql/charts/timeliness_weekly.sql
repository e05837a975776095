-- 按时办结率：各部门和全部，本期与累计；只算有承诺期限的承诺件
-- Completed in time, by department and in total, week and year to date; cases with a promised limit only
-- grain: hall_id, week_id, department_id
-- materialized: table
SELECT
    t.week_id, -- 期 | week
    t.department_id, -- 部门代号，ALL 为全部 | department, or ALL
    CASE t.department_id WHEN 'ALL' THEN '全部部门' ELSE coalesce(d.department_name, '部门不明') END AS department_name, -- 部门名称 | name
    CASE WHEN w.has_case_detail THEN t.deadline_cases END AS deadline_cases, -- 本期办结的承诺件（件），分母，办件明细未报送为空 | completed with a promised day: denominator
    t.deadline_cases_ytd, -- 累计办结的承诺件（件），分母 | the same, year to date
    CASE WHEN w.has_case_detail THEN t.on_time_cases END AS on_time_cases, -- 其中按时办结（件），分子，办件明细未报送为空 | completed in time: numerator
    t.on_time_cases_ytd, -- 累计按时办结（件），分子 | the same, year to date
    CAST(
        CASE WHEN t.deadline_cases > 0 THEN CAST(
            (20000 * t.on_time_cases + t.deadline_cases) // (2 * t.deadline_cases) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS on_time_rate, -- 本期按时办结率（%），四舍五入 | per cent in time, half up
    CAST(
        CASE WHEN t.deadline_cases_ytd > 0 THEN CAST(
            (20000 * t.on_time_cases_ytd + t.deadline_cases_ytd) // (2 * t.deadline_cases_ytd) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS on_time_rate_ytd, -- 累计按时办结率（%），四舍五入 | per cent in time, year to date, half up
    t.overdue_open, -- 期末超期在办（件） | open past the promised day
    lag(t.overdue_open) OVER (PARTITION BY t.hall_id, t.department_id ORDER BY t.week_id) AS previous_overdue_open, -- 上期末超期在办（件） | the same a week before
    coalesce(d.sort_order, CASE t.department_id WHEN 'ALL' THEN 0 ELSE 9999 END) AS sort_order, -- 排序，全部在前 | order, total first
    t.hall_id -- 大厅的区划代码 | hall, by its region code
FROM marts.timeliness AS t
INNER JOIN core.week_in_use AS w ON w.hall_id = t.hall_id AND w.week_id = t.week_id
LEFT JOIN core.department AS d ON d.hall_id = t.hall_id AND d.department_id = t.department_id
WHERE t.power_group = 'ALL'
