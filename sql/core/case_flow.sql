-- 办件的收支：每份导出的哪些行使各期的受理、办结、结束增减了多少件（新版本减上一版本）
-- Flow of cases: by how much the rows of each export changed the accepted, completed and closed counts of each week
-- grain: hall_id, export_week_id, delivery_id, sheet, event_week_id, event, origin, department_id, power_type, channel, case_kind
-- materialized: incremental
-- week_column: export_week_id
WITH changed AS (
    SELECT *
    FROM core.case_version
    WHERE week_id IN (SELECT week_id FROM run.week) AND (
        prev_week_id IS NULL OR is_withdrawn <> prev_is_withdrawn
        OR department_id <> prev_department_id OR power_type <> prev_power_type OR channel <> prev_channel
        OR case_kind <> prev_case_kind OR accepted_week_id <> prev_accepted_week_id
        OR closed_week_id IS DISTINCT FROM prev_closed_week_id OR is_completed <> prev_is_completed
    )
),
version AS (
    SELECT
        hall_id, week_id, delivery_id, sheet, department_id, power_type, channel, case_kind, accepted_week_id, closed_week_id,
        is_completed, count(*) AS cases, count(*) AS row_count, min(row_no) AS first_row_no, max(row_no) AS last_row_no
    FROM changed
    WHERE NOT is_withdrawn
    GROUP BY ALL
    UNION ALL
    SELECT
        hall_id, week_id, delivery_id, sheet, prev_department_id, prev_power_type, prev_channel, prev_case_kind,
        prev_accepted_week_id, prev_closed_week_id, prev_is_completed, -count(*), count(*), min(row_no), max(row_no)
    FROM changed
    WHERE prev_week_id IS NOT NULL AND NOT prev_is_withdrawn
    GROUP BY ALL
),
event AS (
    SELECT v.*, v.accepted_week_id AS event_week_id, 'accepted' AS event FROM version AS v
    UNION ALL
    SELECT v.*, v.closed_week_id, 'closed' FROM version AS v WHERE v.closed_week_id IS NOT NULL
    UNION ALL
    SELECT v.*, v.closed_week_id, 'completed' FROM version AS v WHERE v.closed_week_id IS NOT NULL AND v.is_completed
)
SELECT
    e.hall_id, -- 大厅的区划代码 | hall, by its region code
    e.week_id AS export_week_id, -- 导出的期：何时得知 | week of the export: when it became known
    e.delivery_id, -- 交付文件编号 | delivery
    e.sheet, -- 表名 | sheet
    e.event_week_id, -- 发生的期 | week in which it happened
    e.event, -- 事件：accepted 受理、completed 办结、closed 结束（含作废、删除） | accepted, completed or closed
    CASE
        WHEN e.accepted_week_id > e.event_week_id THEN 'later'
        WHEN a.year = w.year THEN 'same_year'
        ELSE 'earlier_year'
    END AS origin, -- 受理在事件同年、往年或之后（日期颠倒） | accepted in the same year, an earlier one, or after the event
    e.department_id, -- 部门代号 | department
    e.power_type, -- 事项类型代码 | power type
    e.channel, -- 办理形式代码 | channel
    e.case_kind, -- 办件类型代码 | kind of case
    CAST(sum(e.cases) AS BIGINT) AS cases, -- 件数增减 | change in cases
    CAST(sum(e.row_count) AS BIGINT) AS row_count, -- 由多少行而来 | rows that it comes from
    CAST(min(e.first_row_no) AS BIGINT) AS first_row_no, -- 其中最前一行 | first of these rows in the file
    CAST(max(e.last_row_no) AS BIGINT) AS last_row_no -- 其中最后一行 | last of these rows in the file
FROM event AS e
LEFT JOIN core.report_week AS a ON a.week_id = e.accepted_week_id
LEFT JOIN core.report_week AS w ON w.week_id = e.event_week_id
GROUP BY ALL
HAVING sum(e.cases) <> 0
