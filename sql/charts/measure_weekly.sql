-- 合同所定指标：各期数、累计、上期、增减与提示，全部的和按部门、渠道等分的
-- Measures that contracts declare: week, year to date, week before, change and flag, as a whole and by their splits
-- grain: hall_id, week_id, metric, split, member
-- materialized: table
WITH compared AS (
    SELECT
        v.*, m.label_zh, m.unit, m.decimals, m.sort_order, m.is_headline, m.is_additive, m.way, m.valid_from, m.note, e.expected, w.coverage_start, w.coverage_end,
        nullif(split_part(
            m.split_labels, ',', CAST(nullif(array_position(string_split(m.splits, ','), v.split), 0) AS INTEGER)
        ), '') AS split_label,
        lag(v.value) OVER own AS value_before,
        lag(v.value IGNORE NULLS) OVER own AS value_reported_before,
        count(v.value) OVER (PARTITION BY v.hall_id, v.metric, v.split, v.member, w.year ORDER BY v.week_id) AS weeks_counted
    FROM marts.measure_value AS v
    INNER JOIN core.report_week AS w ON w.week_id = v.week_id
    INNER JOIN core.measure AS m ON m.metric = v.metric AND w.coverage_end BETWEEN m.valid_from AND m.valid_to
    INNER JOIN core.export AS e ON e.hall_id = v.hall_id AND e.source = v.source
    WINDOW own AS (PARTITION BY v.hall_id, v.metric, v.split, v.member ORDER BY v.week_id)
),
previous AS (
    SELECT c.*, CASE WHEN c.expected = 'weekly' THEN c.value_before ELSE c.value_reported_before END AS previous_value
    FROM compared AS c
)
SELECT
    p.week_id, -- 期 | week
    p.metric, -- 指标代号 | metric
    p.label_zh AS metric_label, -- 指标名称 | label of the metric
    p.split, -- 按什么分，ALL 为不分 | split by, ALL for the whole
    coalesce(p.split_label, '全部') AS split_label, -- 按什么分的名称 | what it is split by, in words
    p.member, -- 其中哪一个，ALL 为不分 | which of them, ALL for the whole
    p.member_label, -- 其名称 | its label
    p.unit, -- 单位 | unit
    p.value, -- 本期数 | value of the week
    p.value_ytd, -- 今年累计，时点与去重的没有 | year to date, none of stocks and distinct counts
    p.previous_value, -- 上期数，不是每期都报的为上次报送的 | value of the week before, or of the last report
    CAST(p.value - p.previous_value AS DECIMAL(18, 2)) AS change, -- 较上期增减 | change on the week before
    CAST(
        CASE WHEN p.basis <> 'rate' AND p.previous_value > 0 THEN sign(p.value - p.previous_value) * CAST(
            (2000 * CAST(abs(p.value - p.previous_value) * 100 AS HUGEINT) + CAST(p.previous_value * 100 AS HUGEINT))
            // (2 * CAST(p.previous_value * 100 AS HUGEINT)) AS DECIMAL(18, 1)
        ) * 0.1 END AS DECIMAL(18, 1)
    ) AS change_pct, -- 较上期增减（%），四舍五入；比率与平均没有 | change on the week before, per cent; none of rates and means
    CAST(
        CASE WHEN p.is_additive AND p.weeks_counted > 0 THEN CAST(
            (2000 * CAST(p.value_ytd * 100 AS HUGEINT) + p.weeks_counted * 10000) // (20000 * p.weeks_counted) AS DECIMAL(18, 1)
        ) * 0.1 END AS DECIMAL(18, 1)
    ) AS mean_to_date, -- 今年各期平均，时点、去重、比率没有 | mean of the year's weeks, of what adds up
    CASE
        WHEN p.value IS NULL AND NOT p.is_delivered AND p.expected = 'weekly' THEN '未报送'
        WHEN p.split = 'ALL' AND b.direction = 'high' THEN '异常偏高'
        WHEN p.split = 'ALL' AND b.direction = 'low' THEN '异常偏低'
    END AS flag, -- 提示 | flag
    nullif(concat_ws('；',
        CASE WHEN p.valid_from BETWEEN p.coverage_start AND p.coverage_end THEN '口径自本期变更' || CASE WHEN p.note = '' THEN '' ELSE '：' || p.note END END,
        CASE WHEN p.blank_rows > 0 THEN CAST(p.blank_rows AS VARCHAR) || CASE p.way WHEN 'rate' THEN ' 行没有填，算不出比率' ELSE ' 行没有填，未计入' END END,
        CASE WHEN p.way = 'rate' AND p.value IS NOT NULL AND p.value_ytd IS NULL THEN '今年此前有没有填的行，算不出累计的比率' END,
        CASE WHEN p.is_delivered AND p.value IS NULL AND p.basis = 'rate' AND p.blank_rows = 0 THEN '分母为零，没有比率' END
    ), '') AS comment, -- 说明：口径变更、没有填的行 | comment: a changed definition, blank rows
    p.basis, -- 口径：flow 发生、cohort 同期、stock 时点、distinct 去重、rate 比率或平均 | flow, cohort, stock, distinct or rate
    p.source, -- 来源 | source
    p.decimals, -- 印几位小数 | decimal places printed
    p.sort_order, -- 排序 | order
    p.is_headline, -- 是否列在首屏 | on the first screen
    p.hall_id -- 大厅的区划代码 | hall, by its region code
FROM previous AS p
LEFT JOIN marts.volume_band AS b ON b.hall_id = p.hall_id AND b.week_id = p.week_id AND b.metric = p.metric
