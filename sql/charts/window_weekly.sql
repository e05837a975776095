-- 综窗办件：咨询、受理、颁发、流转，四项互不相比
-- General windows: four independent counters
-- grain: hall_id, week_id, measure
-- materialized: table
WITH counted AS (
    SELECT
        v.hall_id, v.week_id, v.metric, v.unit, v.value, v.value_ytd, replace(v.metric, 'window_', '') AS measure,
        lag(v.value) OVER (PARTITION BY v.hall_id, v.metric ORDER BY v.week_id) AS previous_value,
        count(v.value) OVER (PARTITION BY v.hall_id, v.metric, w.year ORDER BY v.week_id) AS weeks_counted
    FROM marts.weekly_metric AS v
    INNER JOIN core.metric AS m ON m.metric = v.metric AND m.source = 'window_weekly' AND NOT m.is_declared
    INNER JOIN core.report_week AS w ON w.week_id = v.week_id
)
SELECT
    c.week_id, -- 期 | week
    c.measure, -- 项目代号 | measure
    m.label_zh AS measure_label, -- 项目名称 | label
    c.unit, -- 单位 | unit
    c.value, -- 本期数 | value of the week
    c.value_ytd, -- 今年累计 | year to date
    c.previous_value, -- 上期数 | value of the week before
    CAST(
        CASE WHEN c.previous_value > 0 THEN sign(c.value - c.previous_value) * CAST(
            (2000 * abs(c.value - c.previous_value) + c.previous_value) // (2 * c.previous_value) AS DECIMAL(18, 1)
        ) * 0.1 END AS DECIMAL(18, 1)
    ) AS change_pct, -- 较上期增减（%），四舍五入 | change on the week before, per cent, half up
    CAST(
        CASE WHEN c.weeks_counted > 0 THEN CAST(
            (20 * c.value_ytd + c.weeks_counted) // (2 * c.weeks_counted) AS DECIMAL(18, 1)
        ) * 0.1 END AS DECIMAL(18, 1)
    ) AS mean_to_date, -- 今年各期平均 | mean of the year's weeks
    CASE WHEN c.value IS NULL THEN '未报送' WHEN b.direction = 'high' THEN '异常偏高' WHEN b.direction = 'low' THEN '异常偏低' END AS flag, -- 提示 | flag
    CAST(CASE c.measure WHEN 'consulted' THEN 1 WHEN 'accepted' THEN 2 WHEN 'issued' THEN 3 ELSE 4 END AS BIGINT) AS sort_order, -- 排序 | order
    c.hall_id -- 大厅的区划代码 | hall, by its region code
FROM counted AS c
INNER JOIN core.metric AS m ON m.metric = c.metric
LEFT JOIN marts.volume_band AS b ON b.hall_id = c.hall_id AND b.week_id = c.week_id AND b.metric = c.metric
