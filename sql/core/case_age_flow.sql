-- 在办件按受理日的进出：每份导出使各期、各受理日的在办增减了多少件；受理与结束在同一期的不列
-- Flow of open cases by day of acceptance, for their age; cases accepted and closed within one week are left out
-- grain: hall_id, export_week_id, event_week_id, department_id, power_type, accepted_on
-- materialized: incremental
-- week_column: export_week_id
WITH version AS (
    SELECT hall_id, week_id, department_id, power_type, accepted_on, accepted_week_id, closed_week_id, count(*) AS cases
    FROM core.case_version
    WHERE week_id IN (SELECT week_id FROM run.week)
        AND NOT is_withdrawn AND closed_week_id IS DISTINCT FROM accepted_week_id
    GROUP BY ALL
    UNION ALL
    SELECT
        hall_id, week_id, prev_department_id, prev_power_type, prev_accepted_on, prev_accepted_week_id, prev_closed_week_id,
        -count(*)
    FROM core.case_version
    WHERE week_id IN (SELECT week_id FROM run.week) AND prev_week_id IS NOT NULL
        AND NOT prev_is_withdrawn AND prev_closed_week_id IS DISTINCT FROM prev_accepted_week_id
    GROUP BY ALL
),
event AS (
    SELECT v.*, v.accepted_week_id AS event_week_id, v.cases AS change FROM version AS v
    UNION ALL
    SELECT v.*, v.closed_week_id, -v.cases FROM version AS v WHERE v.closed_week_id IS NOT NULL
)
SELECT
    e.hall_id, -- 大厅的区划代码 | hall, by its region code
    e.week_id AS export_week_id, -- 导出的期：何时得知 | week of the export: when it became known
    e.event_week_id, -- 发生的期 | week in which it happened
    e.department_id, -- 部门代号 | department
    e.power_type, -- 事项类型代码 | power type
    e.accepted_on, -- 受理日期 | day of acceptance
    CAST(sum(e.change) AS BIGINT) AS cases -- 在办件数增减 | change in open cases
FROM event AS e
GROUP BY ALL
HAVING sum(e.change) <> 0
