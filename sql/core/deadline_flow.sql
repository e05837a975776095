-- 承诺件的按时与逾期办结：每份导出使各期的件数增减了多少
-- Flow of completed cases with a promised day, in time and late, by what each export changed
-- grain: hall_id, export_week_id, event_week_id, department_id, power_type
-- materialized: incremental
-- week_column: export_week_id
WITH version AS (
    SELECT
        hall_id, week_id, department_id, power_type, closed_week_id AS event_week_id, is_on_time, count(*) AS cases
    FROM core.case_version
    WHERE week_id IN (SELECT week_id FROM run.week) AND NOT is_withdrawn AND is_on_time IS NOT NULL
    GROUP BY ALL
    UNION ALL
    SELECT hall_id, week_id, prev_department_id, prev_power_type, prev_closed_week_id, prev_is_on_time, -count(*)
    FROM core.case_version
    WHERE week_id IN (SELECT week_id FROM run.week) AND prev_week_id IS NOT NULL
        AND NOT prev_is_withdrawn AND prev_is_on_time IS NOT NULL
    GROUP BY ALL
)
SELECT
    v.hall_id, -- 大厅的区划代码 | hall, by its region code
    v.week_id AS export_week_id, -- 导出的期：何时得知 | week of the export: when it became known
    v.event_week_id, -- 办结的期 | week of completion
    v.department_id, -- 部门代号 | department
    v.power_type, -- 事项类型代码 | power type
    CAST(sum(v.cases) AS BIGINT) AS deadline_cases, -- 有承诺期限的办结件数增减 | change in completed cases with a promised day
    CAST(coalesce(sum(v.cases) FILTER (WHERE v.is_on_time), 0) AS BIGINT) AS on_time_cases -- 其中按时的件数增减 | of them completed by that day
FROM version AS v
GROUP BY ALL
HAVING sum(v.cases) <> 0 OR coalesce(sum(v.cases) FILTER (WHERE v.is_on_time), 0) <> 0
