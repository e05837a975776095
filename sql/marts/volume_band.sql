-- 各期数量是否在往期的正常范围内：按每工作日计，往期中位数 ± 3.5 × 1.4826 × 中位绝对差，且至少高出 1.5 倍或不足四成
-- Whether a week's volume lies in the band of past weeks: per working day, median ± 3.5 scaled median absolute
-- deviations, and at least 2.5-fold; the last 52 weeks count, four are needed. A week without a delivery of the metric's
-- source has no volume
-- grain: hall_id, week_id, metric
-- materialized: table
WITH delivered AS (
    SELECT DISTINCT hall_id, week_id, source FROM ledger.current_delivery
),
volume AS (
    SELECT
        v.hall_id, v.week_id, v.metric, v.value, w.working_days,
        CAST(v.value AS DOUBLE) / greatest(w.working_days, 1) AS per_day,
        -- Per day in 2520ths, which 1 to 10 days divide: whole numbers, whose medians are the same on every engine.
        2520 * v.value // greatest(w.working_days, 1) AS parts_per_day,
        row_number() OVER (PARTITION BY v.hall_id, v.metric ORDER BY v.week_id) AS place
    FROM marts.weekly_metric AS v
    INNER JOIN core.week_in_use AS w ON w.hall_id = v.hall_id AND w.week_id = v.week_id
    INNER JOIN core.metric AS m ON m.metric = v.metric
    INNER JOIN delivered AS d ON d.hall_id = v.hall_id AND d.week_id = v.week_id AND d.source = m.source
    WHERE v.basis = 'flow' AND NOT starts_with(v.metric, 'training_') AND v.value IS NOT NULL
        AND v.department_id = 'ALL' AND v.power_type = 'ALL' AND v.channel = 'ALL'
),
past AS (
    SELECT
        v.hall_id, v.week_id, v.metric, p.parts_per_day,
        CAST(
            median(CAST(p.parts_per_day AS DECIMAL(18, 2))) OVER (PARTITION BY v.hall_id, v.week_id, v.metric)
            AS DECIMAL(18, 2)
        ) AS median
    FROM volume AS v
    INNER JOIN volume AS p
        ON p.hall_id = v.hall_id AND p.metric = v.metric AND p.place < v.place AND p.place >= v.place - 52
),
spread AS (
    SELECT
        hall_id, week_id, metric, count(*) AS weeks_used, CAST(max(median) AS DOUBLE) / 2520 AS median,
        CAST(CAST(median(CAST(abs(parts_per_day - median) AS DECIMAL(18, 2))) AS DECIMAL(18, 2)) AS DOUBLE) / 2520 AS mad
    FROM past
    GROUP BY ALL
    HAVING count(*) >= 4
),
band AS (
    SELECT
        s.*,
        greatest(0, least(s.median - 3.5 * 1.4826 * s.mad, s.median / 2.5)) AS band_low,
        greatest(s.median + 3.5 * 1.4826 * s.mad, s.median * 2.5) AS band_high
    FROM spread AS s
)
SELECT
    v.hall_id, -- 大厅的区划代码 | hall, by its region code
    v.week_id, -- 期 | week
    v.metric, -- 指标代号 | metric
    v.value, -- 本期数 | value of the week
    v.working_days, -- 工作日数 | working days
    CAST(v.per_day AS DOUBLE) AS per_day, -- 每工作日 | per working day
    coalesce(b.weeks_used, 0) AS weeks_used, -- 所据往期数，不足四期为 0 | past weeks used, 0 where fewer than four
    CAST(b.median AS DOUBLE) AS median, -- 往期每工作日的中位数 | median per working day of the past weeks
    CAST(b.mad AS DOUBLE) AS mad, -- 中位绝对差 | median absolute deviation
    CAST(b.band_low AS DOUBLE) AS band_low, -- 范围下限（每工作日） | lower end of the band, per working day
    CAST(b.band_high AS DOUBLE) AS band_high, -- 范围上限（每工作日） | upper end of the band, per working day
    coalesce(v.per_day > b.band_high OR v.per_day < b.band_low, FALSE) AS is_outside, -- 是否超出范围 | outside the band
    CASE WHEN v.per_day > b.band_high THEN 'high' WHEN v.per_day < b.band_low THEN 'low' END AS direction -- 偏高或偏低 | high or low
FROM volume AS v
LEFT JOIN band AS b ON b.hall_id = v.hall_id AND b.week_id = v.week_id AND b.metric = v.metric
