-- 各部门的受理、办结是否在其往期的正常范围内：按每工作日计，算法同 marts.volume_band
-- Whether a department's volume lies in the band of its past weeks, per working day, as in marts.volume_band
-- grain: hall_id, week_id, department_id, metric
-- materialized: table
WITH delivered AS (
    SELECT DISTINCT hall_id, week_id FROM ledger.current_delivery WHERE source = 'case_detail'
),
volume AS (
    SELECT
        v.hall_id, v.week_id, v.department_id, v.metric, v.value,
        CAST(v.value AS DOUBLE) / greatest(w.working_days, 1) AS per_day,
        -- In 2520ths, as in marts.volume_band.
        2520 * v.value // greatest(w.working_days, 1) AS parts_per_day,
        row_number() OVER (PARTITION BY v.hall_id, v.department_id, v.metric ORDER BY v.week_id) AS place
    FROM marts.weekly_metric AS v
    INNER JOIN core.week_in_use AS w ON w.hall_id = v.hall_id AND w.week_id = v.week_id
    INNER JOIN delivered AS d ON d.hall_id = v.hall_id AND d.week_id = v.week_id
    WHERE v.metric IN ('case_accepted', 'case_completed') AND v.department_id NOT IN ('ALL', 'UNKNOWN')
        AND v.power_type = 'ALL' AND v.channel = 'ALL'
),
past AS (
    SELECT
        v.hall_id, v.week_id, v.department_id, v.metric, p.parts_per_day,
        CAST(
            median(CAST(p.parts_per_day AS DECIMAL(18, 2))) OVER (
                PARTITION BY v.hall_id, v.week_id, v.department_id, v.metric
            )
            AS DECIMAL(18, 2)
        ) AS median
    FROM volume AS v
    INNER JOIN volume AS p
        ON p.hall_id = v.hall_id AND p.department_id = v.department_id AND p.metric = v.metric
        AND p.place < v.place AND p.place >= v.place - 52
),
spread AS (
    SELECT
        hall_id, week_id, department_id, metric, count(*) AS weeks_used, CAST(max(median) AS DOUBLE) / 2520 AS median,
        CAST(CAST(median(CAST(abs(parts_per_day - median) AS DECIMAL(18, 2))) AS DECIMAL(18, 2)) AS DOUBLE) / 2520 AS mad
    FROM past
    GROUP BY ALL
    HAVING count(*) >= 4
)
SELECT
    v.hall_id, -- 大厅的区划代码 | hall, by its region code
    v.week_id, -- 期 | week
    v.department_id, -- 部门代号 | department
    v.metric, -- 指标代号 | metric
    v.value, -- 本期数 | value of the week
    v.per_day, -- 每工作日 | per working day
    s.weeks_used, -- 所据往期数 | past weeks used
    s.median, -- 往期每工作日的中位数 | median per working day of the past weeks
    greatest(0, least(s.median - 3.5 * 1.4826 * s.mad, s.median / 2.5)) AS band_low, -- 范围下限（每工作日） | lower end of the band, per working day
    greatest(s.median + 3.5 * 1.4826 * s.mad, s.median * 2.5) AS band_high -- 范围上限（每工作日） | upper end of the band, per working day
FROM volume AS v
INNER JOIN spread AS s
    ON s.hall_id = v.hall_id AND s.week_id = v.week_id AND s.department_id = v.department_id AND s.metric = v.metric
