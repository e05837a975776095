-- 各期的数字依据的最晚导出时间；后来的导出改动过的期，随之更新
-- The latest export that each week's figures rest on, later restatements included
-- grain: hall_id, week_id, source
-- materialized: table
WITH delivered AS (
    SELECT d.hall_id, d.source, d.week_id, max(d.as_of) AS as_of
    FROM ledger.current_delivery AS d
    GROUP BY ALL
),
restated AS (
    SELECT f.hall_id, d.source, f.event_week_id AS week_id, max(d.as_of) AS as_of
    FROM core.case_flow AS f
    INNER JOIN delivered AS d
        ON d.hall_id = f.hall_id AND d.week_id = f.export_week_id AND d.source = 'case_detail'
    GROUP BY ALL
),
known AS (
    SELECT hall_id, source, week_id, as_of FROM delivered
    UNION ALL
    SELECT hall_id, source, week_id, as_of FROM restated
)
SELECT
    w.hall_id, -- 大厅的区划代码 | hall, by its region code
    w.week_id, -- 期 | week
    k.source, -- 来源 | source
    max(k.as_of) AS as_of -- 最晚导出时间（北京时间） | latest export, Beijing time
FROM core.week_in_use AS w
INNER JOIN known AS k ON k.hall_id = w.hall_id AND k.week_id <= w.week_id
GROUP BY ALL
