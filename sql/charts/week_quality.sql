-- 各期数据的收件与质量：文件、行数去向、隔离率、印出的合计、追溯更正
-- What arrived for each week and how it read: files, rows, share quarantined, printed totals, restatements
-- grain: hall_id, week_id
-- materialized: table
WITH arrived AS (
    SELECT
        hall_id, week_id, count(*) FILTER (WHERE status = 'current') AS files,
        count(*) FILTER (WHERE status = 'superseded') AS files_superseded,
        sum(rows_physical) FILTER (WHERE status = 'current') AS rows_physical
    FROM ledger.known_delivery
    GROUP BY hall_id, week_id
),
accounted AS (
    SELECT
        d.hall_id, d.week_id, coalesce(sum(a.row_count) FILTER (WHERE a.disposition = 'loaded'), 0) AS rows_loaded,
        coalesce(sum(a.row_count) FILTER (WHERE a.disposition = 'quarantined'), 0) AS rows_quarantined,
        coalesce(sum(a.row_count) FILTER (WHERE a.disposition = 'set_aside'), 0) AS rows_set_aside
    FROM ledger.current_delivery AS d
    INNER JOIN ledger.row_account AS a ON a.delivery_id = d.delivery_id
    GROUP BY d.hall_id, d.week_id
),
totalled AS (
    SELECT d.hall_id, d.week_id, count(*) AS printed_totals, count(*) FILTER (WHERE t.difference <> 0) AS totals_off
    FROM ledger.current_delivery AS d
    INNER JOIN ledger.control_total AS t ON t.delivery_id = d.delivery_id
    -- Rates and shares on the row of a total are no sums.
    WHERE t.computed_value IS NOT NULL OR t.covers NOT IN ('group', 'table')
    GROUP BY d.hall_id, d.week_id
),
restated AS (
    SELECT hall_id, export_week_id AS week_id, sum(abs(cases)) AS cases
    FROM marts.restatement
    GROUP BY hall_id, export_week_id
)
SELECT
    w.week_id, -- 期 | week
    coalesce(a.files, 0) AS files, -- 采用的文件（个） | files that count
    coalesce(a.files_superseded, 0) AS files_superseded, -- 被替代的文件（个） | files superseded
    CAST(coalesce(a.rows_physical, 0) AS BIGINT) AS rows_physical, -- 物理行数 | rows in the files
    CAST(coalesce(c.rows_loaded, 0) AS BIGINT) AS rows_loaded, -- 载入行数 | rows loaded
    CAST(coalesce(c.rows_quarantined, 0) AS BIGINT) AS rows_quarantined, -- 隔离行数，隔离率的分子 | rows quarantined: numerator
    CAST(coalesce(c.rows_set_aside, 0) AS BIGINT) AS rows_set_aside, -- 搁置行数（标题、合计、空行等） | rows set aside
    CAST(coalesce(c.rows_loaded + c.rows_quarantined, 0) AS BIGINT) AS rows_of_data, -- 数据行数，隔离率的分母 | rows of data: denominator
    CAST(
        CASE WHEN c.rows_loaded + c.rows_quarantined > 0 THEN CAST(
            (2000000 * c.rows_quarantined + c.rows_loaded + c.rows_quarantined)
            // (2 * (c.rows_loaded + c.rows_quarantined)) AS DECIMAL(18, 4)
        ) * 0.0001 END AS DECIMAL(18, 4)
    ) AS quarantined_pct, -- 隔离率（%），四舍五入 | share quarantined, per cent, half up
    coalesce(t.printed_totals, 0) AS printed_totals, -- 原表印出的合计（个） | printed totals
    coalesce(t.totals_off, 0) AS totals_off, -- 其中与逐行相加不符（个） | of them not the sum of their rows
    CAST(coalesce(r.cases, 0) AS BIGINT) AS restated_cases, -- 本期导出改动往期（件次） | changes that this week's export made to past weeks
    w.hall_id -- 大厅的区划代码 | hall, by its region code
FROM core.week_in_use AS w
LEFT JOIN arrived AS a ON a.hall_id = w.hall_id AND a.week_id = w.week_id
LEFT JOIN accounted AS c ON c.hall_id = w.hall_id AND c.week_id = w.week_id
LEFT JOIN totalled AS t ON t.hall_id = w.hall_id AND t.week_id = w.week_id
LEFT JOIN restated AS r ON r.hall_id = w.hall_id AND r.week_id = w.week_id
