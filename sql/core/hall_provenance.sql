-- 大厅各指标出自哪些文件的哪些行：综窗、进驻与授权、培训
-- The way home of the hall's metrics: windows, departments and training, by delivery and sheet
-- grain: hall_id, week_id, metric, delivery_id, sheet
-- materialized: view
WITH window_row AS (
    SELECT
        c.hall_id, c.week_id, m.metric, c.delivery_id, c.sheet, c.row_no,
        CASE m.metric
            WHEN 'window_consulted' THEN c.consulted
            WHEN 'window_accepted' THEN c.accepted
            WHEN 'window_issued' THEN c.issued
            WHEN 'window_transferred' THEN c.transferred
        END AS value
    FROM core.window_count AS c
    INNER JOIN core.metric AS m ON m.source = 'window_weekly' AND NOT m.is_declared
),
department_row AS (
    SELECT a.hall_id, a.week_id, m.metric, a.delivery_id, a.sheet, a.row_no, 1 AS value
    FROM core.authorization AS a
    INNER JOIN core.metric AS m
        ON (m.metric = 'departments_stationed' AND a.is_stationed)
        OR (m.metric = 'departments_authorized' AND a.is_authorized)
        OR (m.metric = 'departments_not_authorized' AND a.authorization_status = '未授权')
),
training_item AS (
    SELECT
        t.hall_id, t.week_id, m.metric, t.delivery_id, t.sheet, t.row_no,
        CASE m.metric
            WHEN 'training_trainees' THEN t.trainee
            WHEN 'training_main_items' THEN t.main_item
            WHEN 'training_sessions' THEN t.session_no
        END AS item
    FROM core.training AS t
    INNER JOIN core.metric AS m ON m.source = 'training_log' AND NOT m.is_declared
),
training_row AS (
    SELECT
        i.hall_id, i.week_id, i.metric, i.delivery_id, i.sheet, i.row_no,
        CASE WHEN i.item IS NOT NULL AND row_number() OVER (
            PARTITION BY i.hall_id, i.week_id, i.metric, i.item ORDER BY i.delivery_id, i.sheet, i.row_no
        ) = 1 THEN 1 ELSE 0 END AS value
    FROM training_item AS i
),
place AS (
    SELECT * FROM window_row
    UNION ALL
    SELECT * FROM department_row
    UNION ALL
    SELECT * FROM training_row
)
SELECT
    p.hall_id, -- 大厅的区划代码 | hall, by its region code
    p.week_id, -- 期 | week
    p.metric, -- 指标代号 | metric
    p.delivery_id, -- 交付文件编号 | delivery
    p.sheet, -- 表名 | sheet
    CAST(sum(p.value) AS BIGINT) AS value, -- 对本期数的贡献；去重的指标，同一人、主项只计在首次出现处 | contribution; what is counted once counts where it stands first
    CAST(count(*) AS BIGINT) AS row_count, -- 行数 | rows
    CAST(min(p.row_no) AS BIGINT) AS first_row_no, -- 最前一行 | first row
    CAST(max(p.row_no) AS BIGINT) AS last_row_no -- 最后一行 | last row
FROM place AS p
GROUP BY ALL
