-- 三组逐期的受理、办结与在办：本期、累计、上期与平均
-- Accepted, completed and open cases of the three groups by week, with year to date, previous week and mean
-- grain: hall_id, week_id, power_group, measure
-- materialized: table
WITH measured AS (
    SELECT g.hall_id, g.week_id, g.power_group, g.power_group_label, 'accepted' AS measure, g.accepted AS value,
        g.accepted_ytd AS value_ytd, 10 * g.sort_order + 1 AS sort_order
    FROM marts.group_balance AS g
    UNION ALL
    SELECT g.hall_id, g.week_id, g.power_group, g.power_group_label, 'completed', g.completed, g.completed_ytd, 10 * g.sort_order + 2
    FROM marts.group_balance AS g
    UNION ALL
    SELECT g.hall_id, g.week_id, g.power_group, g.power_group_label, 'open', g.closing, NULL, 10 * g.sort_order + 3
    FROM marts.group_balance AS g
),
compared AS (
    SELECT
        m.*, w.has_case_detail_to_date, CASE WHEN w.has_case_detail THEN m.value END AS value_reported,
        lag(CASE WHEN w.has_case_detail THEN m.value END) OVER (PARTITION BY m.hall_id, m.power_group, m.measure ORDER BY m.week_id) AS previous_value,
        count(CASE WHEN w.has_case_detail THEN m.value END) OVER (PARTITION BY m.hall_id, m.power_group, m.measure, w.year ORDER BY m.week_id) AS weeks_counted
    FROM measured AS m
    INNER JOIN core.week_in_use AS w ON w.hall_id = m.hall_id AND w.week_id = m.week_id
)
SELECT
    c.week_id, -- 期 | week
    c.power_group, -- 组代号 | group
    c.measure, -- 项目：accepted 受理、completed 办结、open 期末在办 | accepted, completed or open
    c.power_group_label, -- 组名称 | label of the group
    CASE c.measure WHEN 'accepted' THEN '受理' WHEN 'completed' THEN '办结' ELSE '在办' END AS measure_label, -- 项目名称 | label
    '件' AS unit, -- 单位 | unit
    c.value_reported AS value, -- 本期数，在办为期末，办件明细未报送为空 | value of the week, open cases at its end, null without its case detail
    CASE WHEN c.has_case_detail_to_date THEN c.value_ytd END AS value_ytd, -- 今年累计，在办没有累计 | year to date, none for open cases
    c.previous_value, -- 上期数 | value of the week before
    CAST(
        CASE WHEN c.previous_value > 0 THEN sign(c.value_reported - c.previous_value) * CAST(
            (2000 * abs(c.value_reported - c.previous_value) + c.previous_value) // (2 * c.previous_value) AS DECIMAL(18, 1)
        ) * 0.1 END AS DECIMAL(18, 1)
    ) AS change_pct, -- 较上期增减（%），四舍五入 | change on the week before, per cent, half up
    CAST(
        CASE WHEN c.weeks_counted > 0 THEN CAST(
            (20 * c.value_ytd + c.weeks_counted) // (2 * c.weeks_counted) AS DECIMAL(18, 1)
        ) * 0.1 END AS DECIMAL(18, 1)
    ) AS mean_to_date, -- 今年已报送各期的平均 | mean of the year's weeks that were reported
    CAST(c.sort_order AS BIGINT) AS sort_order, -- 排序 | order
    c.hall_id -- 大厅的区划代码 | hall, by its region code
FROM compared AS c
