-- 大厅各期的数：综窗四项、培训、进驻与授权；没有报送的期为空，不是零
-- Figures of the hall at each week: windows, training, departments; null, not zero, where nothing was reported
-- grain: hall_id, week_id, metric
-- materialized: table
WITH window_week AS (
    SELECT
        hall_id, week_id, sum(consulted) AS consulted, sum(accepted) AS accepted, sum(issued) AS issued,
        sum(transferred) AS transferred
    FROM core.window_count
    GROUP BY hall_id, week_id
),
training_week AS (
    SELECT
        hall_id, week_id, count(DISTINCT trainee) AS trainees, count(DISTINCT main_item) AS main_items,
        count(DISTINCT session_no) AS sessions
    FROM core.training
    GROUP BY hall_id, week_id
),
department_week AS (
    SELECT
        hall_id, week_id, count(*) FILTER (WHERE is_stationed) AS stationed,
        count(*) FILTER (WHERE is_authorized) AS authorized,
        count(*) FILTER (WHERE authorization_status = '未授权') AS not_authorized
    FROM core.authorization
    GROUP BY hall_id, week_id
),
with_log AS (SELECT DISTINCT hall_id, week_id FROM ledger.current_delivery WHERE source = 'training_log'),
measured AS (
    SELECT
        w.hall_id, w.week_id, w.year, m.metric, m.basis,
        CASE m.metric
            WHEN 'window_consulted' THEN n.consulted
            WHEN 'window_accepted' THEN n.accepted
            WHEN 'window_issued' THEN n.issued
            WHEN 'window_transferred' THEN n.transferred
            WHEN 'training_trainees' THEN coalesce(t.trainees, CASE WHEN l.week_id IS NOT NULL THEN 0 END)
            WHEN 'training_main_items' THEN coalesce(t.main_items, CASE WHEN l.week_id IS NOT NULL THEN 0 END)
            WHEN 'training_sessions' THEN coalesce(t.sessions, CASE WHEN l.week_id IS NOT NULL THEN 0 END)
            WHEN 'departments_stationed' THEN d.stationed
            WHEN 'departments_authorized' THEN d.authorized
            WHEN 'departments_not_authorized' THEN d.not_authorized
        END AS value
    FROM core.week_in_use AS w
    CROSS JOIN core.metric AS m
    LEFT JOIN with_log AS l ON l.hall_id = w.hall_id AND l.week_id = w.week_id
    LEFT JOIN window_week AS n ON n.hall_id = w.hall_id AND n.week_id = w.week_id
    LEFT JOIN training_week AS t ON t.hall_id = w.hall_id AND t.week_id = w.week_id
    LEFT JOIN department_week AS d ON d.hall_id = w.hall_id AND d.week_id = w.week_id
    WHERE m.source IN ('window_weekly', 'training_log', 'department_register') AND NOT m.is_declared
)
SELECT
    v.hall_id, -- 大厅的区划代码 | hall, by its region code
    v.week_id, -- 期 | week
    v.metric, -- 指标代号 | metric
    CAST(v.value AS BIGINT) AS value, -- 本期数，未报为空 | value of the week, null where not reported
    CAST(CASE WHEN v.basis = 'flow' THEN sum(v.value) OVER to_date END AS BIGINT) AS value_ytd -- 累计数，时点与去重的指标没有 | year to date, flows only
FROM measured AS v
WINDOW to_date AS (
    PARTITION BY v.hall_id, v.metric, v.year ORDER BY v.week_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
)
