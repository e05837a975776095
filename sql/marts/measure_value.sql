-- 合同所定指标的各期数与今年累计；比率与平均由分子、分母一次算出，四舍五入到所印的位数
-- Measures by week and year to date; rates and means are computed once from numerator and denominator, half up to the
-- places that are printed
-- grain: hall_id, week_id, metric, split, member
-- materialized: table
WITH measured AS (
    SELECT
        a.hall_id, a.week_id, a.metric, a.split, a.member, a.member_label, a.year, a.coverage_end, a.is_delivered, a.row_count,
        a.blank_rows, a.amount, a.weight
    FROM marts.measure_amount AS a
    UNION ALL
    SELECT
        d.hall_id, d.week_id, m.metric, d.split, d.member, d.member_label, d.year, d.coverage_end, d.is_delivered, d.row_count,
        greatest(d.blank_rows, coalesce(n.blank_rows, 0)),
        -- Of a sum that lacks blank rows nobody knows what part it is: a blank is unknown, and never zero.
        CASE WHEN coalesce(n.blank_rows, 0) > 0 THEN NULL WHEN n.week_id IS NOT NULL THEN n.amount WHEN d.is_delivered THEN 0 END,
        CASE WHEN d.blank_rows = 0 THEN d.amount END
    FROM core.measure AS m
    INNER JOIN marts.measure_amount AS d
        ON d.metric = m.denominator AND d.coverage_end BETWEEN m.valid_from AND m.valid_to
    LEFT JOIN marts.measure_amount AS n
        ON n.hall_id = d.hall_id AND n.metric = m.numerator AND n.week_id = d.week_id AND n.split = d.split AND n.member = d.member
    WHERE m.way = 'rate' AND (d.split = 'ALL' OR contains(',' || m.splits || ',', ',' || d.split || ','))
),
to_date AS (
    SELECT
        v.*, m.basis, m.way, m.is_additive, m.scale, m.decimals, m.is_whole, m.source,
        sum(v.amount) OVER year_to_date AS amount_ytd, sum(v.blank_rows) OVER year_to_date AS blank_rows_ytd,
        sum(CASE WHEN v.weight IS NOT NULL THEN v.amount END) OVER year_to_date AS numerator_ytd,
        sum(CASE WHEN v.amount IS NOT NULL THEN v.weight END) OVER year_to_date AS denominator_ytd
    FROM measured AS v
    INNER JOIN core.measure AS m ON m.metric = v.metric AND v.coverage_end BETWEEN m.valid_from AND m.valid_to
    WINDOW year_to_date AS (
        PARTITION BY v.hall_id, v.metric, v.split, v.member, v.year ORDER BY v.week_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
),
scaled AS (
    SELECT
        t.*, CASE t.decimals WHEN 0 THEN 1.00 WHEN 1 THEN 0.10 ELSE 0.01 END AS step,
        CAST(t.amount * 1000000 * t.scale * CASE t.decimals WHEN 0 THEN 1 WHEN 1 THEN 10 ELSE 100 END AS HUGEINT) AS over,
        CAST(t.weight * 1000000 AS HUGEINT) AS under,
        CAST(t.numerator_ytd * 1000000 * t.scale * CASE t.decimals WHEN 0 THEN 1 WHEN 1 THEN 10 ELSE 100 END AS HUGEINT) AS over_ytd,
        CAST(t.denominator_ytd * 1000000 AS HUGEINT) AS under_ytd
    FROM to_date AS t
)
SELECT
    s.hall_id, -- 大厅的区划代码 | hall, by its region code
    s.week_id, -- 期 | week
    s.metric, -- 指标代号 | metric
    s.split, -- 按什么分，ALL 为不分 | split by, ALL for the whole
    s.member, -- 其中哪一个，ALL 为不分 | which of them, ALL for the whole
    s.member_label, -- 其名称 | its label
    s.source, -- 来源 | source
    CAST(CASE
        WHEN s.basis <> 'rate' THEN s.amount
        WHEN s.under > 0 THEN sign(s.over) * CAST((2 * abs(s.over) + s.under) // (2 * s.under) AS DECIMAL(24, 0)) * s.step
    END AS DECIMAL(18, 2)) AS value, -- 本期数，没有报送或分母为零为空 | value of the week, null where not reported or over nothing
    CAST(CASE
        WHEN s.is_additive THEN s.amount_ytd
        -- Without the week of a blank it would be the rate of other cases than those that the year counts.
        WHEN s.way = 'rate' AND s.blank_rows_ytd > 0 THEN NULL
        WHEN s.basis = 'rate' AND s.under_ytd > 0
            THEN sign(s.over_ytd) * CAST((2 * abs(s.over_ytd) + s.under_ytd) // (2 * s.under_ytd) AS DECIMAL(24, 0)) * s.step
    END AS DECIMAL(18, 2)) AS value_ytd, -- 今年累计；时点与去重的没有，今年有空白的比率也没有 | year to date; none of stocks, distinct counts, and rates over blanks
    s.basis, -- 口径 | basis
    s.is_whole, -- 是否总为整数 | always a whole number
    s.is_delivered, -- 本期是否报送 | delivered in this week
    s.row_count, -- 由多少行而来 | rows that it comes from
    s.blank_rows -- 其中没有填的行 | rows of them that are blank
FROM scaled AS s
