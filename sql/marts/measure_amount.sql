-- 合同所定指标的各期数（比率、平均为分子与分母）；没有报送的期为空，报送了而没有的为零
-- What measures count in each week, of means numerator and denominator: null where nothing was delivered, zero where it
-- was and there was none
-- grain: hall_id, week_id, metric, split, member
-- materialized: table
WITH first_delivered AS (
    SELECT hall_id, source, min(week_id) AS week_id FROM ledger.current_delivery GROUP BY hall_id, source
),
reported AS (
    SELECT
        w.hall_id, w.week_id, coalesce(p.year, w.year) AS year, w.coverage_end, e.source,
        count(d.week_id) > 0 AS is_delivered
    FROM core.week_in_use AS w
    INNER JOIN first_delivered AS f ON f.hall_id = w.hall_id AND f.week_id <= w.week_id
    INNER JOIN core.export AS e ON e.hall_id = w.hall_id AND e.source = f.source
    LEFT JOIN ledger.current_delivery AS d
        ON d.hall_id = w.hall_id AND d.source = e.source
        AND (d.week_id = w.week_id OR (e.kind = 'snapshot' AND d.week_id <= w.week_id))
    -- December is told in January, and belongs to the year that it ends.
    LEFT JOIN core.report_period AS p ON p.week_id = w.week_id AND p.kind = e.period
    GROUP BY w.hall_id, w.week_id, coalesce(p.year, w.year), w.coverage_end, e.source
),
counted AS (
    SELECT
        p.hall_id, p.week_id, p.metric, p.split, p.member, max(p.member_label) AS member_label,
        sum(p.amount) AS amount, sum(p.weight) AS weight, sum(p.row_count) AS row_count, sum(p.blank_rows) AS blank_rows
    FROM marts.measure_place AS p
    GROUP BY p.hall_id, p.week_id, p.metric, p.split, p.member
),
member AS (
    SELECT
        c.hall_id, c.metric, c.split, c.member, arg_min(c.member_label, c.week_id) AS member_label, r.year,
        min(c.week_id) AS first_week
    FROM counted AS c
    INNER JOIN core.measure AS m ON m.metric = c.metric
    INNER JOIN reported AS r ON r.hall_id = c.hall_id AND r.week_id = c.week_id AND r.source = m.source
    WHERE c.split <> 'ALL'
    GROUP BY c.hall_id, c.metric, c.split, c.member, r.year
),
defined AS (
    SELECT r.*, m.metric, m.way
    FROM reported AS r
    INNER JOIN core.measure AS m ON m.source = r.source AND r.coverage_end BETWEEN m.valid_from AND m.valid_to
    WHERE m.way <> 'rate'
),
known AS (
    SELECT d.*, 'ALL' AS split, 'ALL' AS member, '全部' AS member_label FROM defined AS d
    UNION ALL
    SELECT d.*, b.split, b.member, b.member_label
    FROM defined AS d
    INNER JOIN member AS b
        ON b.hall_id = d.hall_id AND b.metric = d.metric AND b.year = d.year AND b.first_week <= d.week_id
)
SELECT
    k.hall_id, -- 大厅的区划代码 | hall, by its region code
    k.week_id, -- 期 | week
    k.metric, -- 指标代号 | metric
    k.split, -- 按什么分，ALL 为不分 | split by, ALL for the whole
    k.member, -- 其中哪一个，ALL 为不分；当年出现过的，以后各期都有 | which of them; whoever was there once in a year stays in it
    k.member_label, -- 其名称 | its label
    k.year, -- 年份；按月、按季的报表为那个月、那个季度的 | year; of a monthly or quarterly that of its period
    k.coverage_end, -- 统计的截止日 | last day counted
    k.is_delivered, -- 本期是否报送 | delivered in this week
    CAST(
        CASE WHEN c.week_id IS NOT NULL THEN c.amount WHEN k.is_delivered AND k.way IN ('count', 'sum', 'distinct') THEN 0 END
        AS DECIMAL(38, 6)
    ) AS amount, -- 本期数，平均的为分子 | what is counted, the numerator of a mean
    CAST(c.weight AS DECIMAL(38, 6)) AS weight, -- 平均的分母 | denominator of a mean
    CAST(coalesce(c.row_count, 0) AS BIGINT) AS row_count, -- 由多少行而来 | rows that it comes from
    CAST(coalesce(c.blank_rows, 0) AS BIGINT) AS blank_rows -- 其中没有填的行 | rows of them that are blank
FROM known AS k
LEFT JOIN counted AS c
    ON c.hall_id = k.hall_id AND c.week_id = k.week_id AND c.metric = k.metric AND c.split = k.split AND c.member = k.member
