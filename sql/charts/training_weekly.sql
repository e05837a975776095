-- 业务培训：每期参训人数、主项、次数和授课部门
-- Training of each week: trainees, main items, sessions and who taught; null, not zero, where no log was delivered
-- grain: hall_id, week_id
-- materialized: table
WITH department AS (
    SELECT t.hall_id, t.week_id, t.department_name, min(coalesce(a.register_order, 1000 + d.sort_order)) AS place
    FROM core.training AS t
    LEFT JOIN core.authorization AS a
        ON a.hall_id = t.hall_id AND a.week_id = t.week_id AND a.department_id = t.department_id
    LEFT JOIN core.department AS d ON d.hall_id = t.hall_id AND d.department_id = t.department_id
    GROUP BY ALL
),
named AS (
    SELECT hall_id, week_id, string_agg(department_name, '、' ORDER BY place, department_name) AS department_names
    FROM department
    GROUP BY hall_id, week_id
)
SELECT
    h.week_id, -- 期 | week
    CAST(sum(h.value) FILTER (WHERE h.metric = 'training_trainees') AS BIGINT) AS trainees, -- 参训人数（名） | distinct trainees
    CAST(sum(h.value) FILTER (WHERE h.metric = 'training_main_items') AS BIGINT) AS main_items, -- 主项（个） | distinct main items
    CAST(sum(h.value) FILTER (WHERE h.metric = 'training_sessions') AS BIGINT) AS sessions, -- 次数（次） | sessions
    CAST(sum(h.value_ytd) FILTER (WHERE h.metric = 'training_sessions') AS BIGINT) AS sessions_ytd, -- 累计次数（次） | sessions, year to date
    coalesce(n.department_names, '') AS department_names, -- 授课部门，按台账次序 | teaching departments in the order of the register
    h.hall_id -- 大厅的区划代码 | hall, by its region code
FROM marts.hall_position AS h
LEFT JOIN named AS n ON n.hall_id = h.hall_id AND n.week_id = h.week_id
WHERE h.metric LIKE 'training%'
GROUP BY h.hall_id, h.week_id, n.department_names
