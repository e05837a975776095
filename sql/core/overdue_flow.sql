-- 超期在办件的进出：承诺日所在的期末仍未办结的进，结束时出；每份导出使其增减了多少件
-- Flow of open cases past their promised day: in at the end of the week of that day, out when closed
-- grain: hall_id, export_week_id, event_week_id, department_id, power_type, item_code, due_on
-- materialized: incremental
-- week_column: export_week_id
WITH version AS (
    SELECT
        hall_id, week_id, department_id, power_type, item_code, due_on, accepted_week_id, closed_week_id, count(*) AS cases
    FROM core.case_version
    WHERE week_id IN (SELECT week_id FROM run.week) AND NOT is_withdrawn AND due_on IS NOT NULL
    GROUP BY ALL
    UNION ALL
    SELECT
        hall_id, week_id, prev_department_id, prev_power_type, prev_item_code, prev_due_on, prev_accepted_week_id,
        prev_closed_week_id, -count(*)
    FROM core.case_version
    WHERE week_id IN (SELECT week_id FROM run.week) AND prev_week_id IS NOT NULL
        AND NOT prev_is_withdrawn AND prev_due_on IS NOT NULL
    GROUP BY ALL
),
passed AS (
    SELECT v.*, greatest(d.week_id, v.accepted_week_id) AS due_week_id
    FROM version AS v
    INNER JOIN core.calendar_day AS d ON d.day = v.due_on
    WHERE v.closed_week_id IS NULL OR v.closed_week_id > greatest(d.week_id, v.accepted_week_id)
),
event AS (
    SELECT p.*, p.due_week_id AS event_week_id, p.cases AS change FROM passed AS p
    UNION ALL
    SELECT p.*, p.closed_week_id, -p.cases FROM passed AS p WHERE p.closed_week_id IS NOT NULL
)
SELECT
    e.hall_id, -- 大厅的区划代码 | hall, by its region code
    e.week_id AS export_week_id, -- 导出的期：何时得知 | week of the export: when it became known
    e.event_week_id, -- 发生的期 | week in which it happened
    e.department_id, -- 部门代号 | department
    e.power_type, -- 事项类型代码 | power type
    coalesce(e.item_code, 'UNKNOWN') AS item_code, -- 实施编码 | item code
    e.due_on, -- 承诺办结日期 | day promised
    CAST(sum(e.change) AS BIGINT) AS cases -- 超期在办件数增减 | change in overdue open cases
FROM event AS e
GROUP BY ALL
HAVING sum(e.change) <> 0
