-- 承诺件的按时办结与超期在办：本期与累计，按部门和三组
-- Promised limits: completed in time of those completed, week and year to date, and overdue open cases
-- grain: hall_id, week_id, department_id, power_group
-- materialized: table
WITH moved AS (
    SELECT hall_id, export_week_id, event_week_id, department_id, power_type, deadline_cases, on_time_cases, 0 AS overdue
    FROM core.deadline_flow
    UNION ALL
    SELECT hall_id, export_week_id, event_week_id, department_id, power_type, 0, 0, cases FROM core.overdue_flow
),
counted AS (
    SELECT
        m.hall_id, m.event_week_id AS week_id,
        CASE WHEN grouping(m.department_id) = 1 THEN 'ALL' ELSE m.department_id END AS department_id,
        CASE WHEN grouping(coalesce(p.power_group, 'unknown')) = 1 THEN 'ALL'
            ELSE coalesce(p.power_group, 'unknown') END AS power_group,
        sum(m.deadline_cases) AS deadline_cases, sum(m.on_time_cases) AS on_time_cases, sum(m.overdue) AS overdue,
        min(least(m.export_week_id, m.event_week_id)) AS first_week_id
    FROM moved AS m
    LEFT JOIN core.power_type AS p ON p.power_type = m.power_type
    GROUP BY GROUPING SETS (
        (m.hall_id, m.event_week_id), (m.hall_id, m.event_week_id, m.department_id),
        (m.hall_id, m.event_week_id, coalesce(p.power_group, 'unknown'))
    )
),
-- From the week on in which a file first told of it, so that what appears later changes no week that is out.
member AS (SELECT hall_id, department_id, power_group, min(first_week_id) AS first_week_id FROM counted GROUP BY ALL),
week AS (
    SELECT k.hall_id, w.week_id, w.year
    FROM core.report_week AS w
    INNER JOIN (SELECT hall_id, week_id FROM core.week_in_use UNION SELECT hall_id, week_id FROM counted) AS k
        ON k.week_id = w.week_id
),
timeline AS (
    SELECT
        w.hall_id, w.week_id, w.year, m.department_id, m.power_group,
        coalesce(c.deadline_cases, 0) AS deadline_cases,
        coalesce(c.on_time_cases, 0) AS on_time_cases, coalesce(c.overdue, 0) AS overdue
    FROM week AS w
    INNER JOIN member AS m
        ON m.hall_id = w.hall_id AND (m.first_week_id <= w.week_id OR m.department_id = 'ALL' AND m.power_group = 'ALL')
    LEFT JOIN counted AS c
        ON c.hall_id = w.hall_id AND c.week_id = w.week_id AND c.department_id = m.department_id
        AND c.power_group = m.power_group
),
-- Weeks before the first in use count towards the open cases, and have no row of their own.
summed AS (
    SELECT
        t.*, sum(t.deadline_cases) OVER to_date AS deadline_cases_ytd, sum(t.on_time_cases) OVER to_date AS on_time_cases_ytd,
        sum(t.overdue) OVER (
            PARTITION BY t.hall_id, t.department_id, t.power_group ORDER BY t.week_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS overdue_open
    FROM timeline AS t
    WINDOW to_date AS (
        PARTITION BY t.hall_id, t.department_id, t.power_group, t.year ORDER BY t.week_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)
SELECT
    s.hall_id, -- 大厅的区划代码 | hall, by its region code
    s.week_id, -- 期 | week
    s.department_id, -- 部门代号，ALL 为全部 | department, or ALL
    s.power_group, -- 组代号，ALL 为全部 | group, or ALL
    CAST(s.deadline_cases AS BIGINT) AS deadline_cases, -- 本期办结的承诺件（件），按时办结率的分母 | completed with a promised day: the rate's denominator
    CAST(s.deadline_cases_ytd AS BIGINT) AS deadline_cases_ytd, -- 累计办结的承诺件（件） | the same, year to date
    CAST(s.on_time_cases AS BIGINT) AS on_time_cases, -- 其中按时办结（件），分子 | of them in time: the numerator
    CAST(s.on_time_cases_ytd AS BIGINT) AS on_time_cases_ytd, -- 累计按时办结（件） | the same, year to date
    CAST(s.overdue_open AS BIGINT) AS overdue_open -- 期末超期在办（件） | open past the promised day at the end of the week
FROM summed AS s
INNER JOIN core.week_in_use AS u ON u.hall_id = s.hall_id AND u.week_id = s.week_id
