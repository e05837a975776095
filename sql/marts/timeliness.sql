-- 承诺件的按时办结与超期在办：本期与累计，按部门和三组
-- Promised limits: completed in time of those completed, week and year to date, and overdue open cases
-- grain: week_id, department_id, power_group
-- materialized: table
WITH moved AS (
    SELECT event_week_id, department_id, power_type, deadline_cases, on_time_cases, 0 AS overdue FROM core.deadline_flow
    UNION ALL
    SELECT event_week_id, department_id, power_type, 0, 0, cases FROM core.overdue_flow
),
counted AS (
    SELECT
        m.event_week_id AS week_id,
        CASE WHEN grouping(m.department_id) = 1 THEN 'ALL' ELSE m.department_id END AS department_id,
        CASE WHEN grouping(coalesce(p.power_group, 'unknown')) = 1 THEN 'ALL'
            ELSE coalesce(p.power_group, 'unknown') END AS power_group,
        sum(m.deadline_cases) AS deadline_cases, sum(m.on_time_cases) AS on_time_cases, sum(m.overdue) AS overdue
    FROM moved AS m
    LEFT JOIN core.power_type AS p ON p.power_type = m.power_type
    GROUP BY GROUPING SETS (
        (m.event_week_id), (m.event_week_id, m.department_id), (m.event_week_id, coalesce(p.power_group, 'unknown'))
    )
),
member AS (SELECT DISTINCT department_id, power_group FROM counted),
week AS (
    SELECT week_id, year FROM core.report_week
    WHERE week_id IN (SELECT week_id FROM core.week_in_use) OR week_id IN (SELECT week_id FROM counted)
),
timeline AS (
    SELECT
        w.week_id, w.year, m.department_id, m.power_group, coalesce(c.deadline_cases, 0) AS deadline_cases,
        coalesce(c.on_time_cases, 0) AS on_time_cases, coalesce(c.overdue, 0) AS overdue
    FROM week AS w
    CROSS JOIN member AS m
    LEFT JOIN counted AS c
        ON c.week_id = w.week_id AND c.department_id = m.department_id AND c.power_group = m.power_group
),
-- Weeks before the first in use count towards the open cases, and have no row of their own.
summed AS (
    SELECT
        t.*, sum(t.deadline_cases) OVER to_date AS deadline_cases_ytd, sum(t.on_time_cases) OVER to_date AS on_time_cases_ytd,
        sum(t.overdue) OVER (
            PARTITION BY t.department_id, t.power_group ORDER BY t.week_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS overdue_open
    FROM timeline AS t
    WINDOW to_date AS (
        PARTITION BY t.department_id, t.power_group, t.year ORDER BY t.week_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)
SELECT
    s.week_id, -- 期 | week
    s.department_id, -- 部门代号，ALL 为全部 | department, or ALL
    s.power_group, -- 组代号，ALL 为全部 | group, or ALL
    CAST(s.deadline_cases AS BIGINT) AS deadline_cases, -- 本期办结的承诺件（件），按时办结率的分母 | completed with a promised day: the rate's denominator
    CAST(s.deadline_cases_ytd AS BIGINT) AS deadline_cases_ytd, -- 累计办结的承诺件（件） | the same, year to date
    CAST(s.on_time_cases AS BIGINT) AS on_time_cases, -- 其中按时办结（件），分子 | of them in time: the numerator
    CAST(s.on_time_cases_ytd AS BIGINT) AS on_time_cases_ytd, -- 累计按时办结（件） | the same, year to date
    CAST(s.overdue_open AS BIGINT) AS overdue_open -- 期末超期在办（件） | open past the promised day at the end of the week
FROM summed AS s
WHERE s.week_id IN (SELECT week_id FROM core.week_in_use)
