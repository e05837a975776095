-- 办件收支：各期的期初、受理、办结、结束、期末，按部门、类型、办理形式各种分法
-- Stock and flow of cases at each week: in total, by department, power type, both, and by channel
-- grain: hall_id, week_id, department_id, power_type, channel
-- materialized: table
WITH counted AS (
    SELECT
        f.hall_id, f.event_week_id AS week_id,
        CASE WHEN grouping(f.department_id) = 1 THEN 'ALL' ELSE f.department_id END AS department_id,
        CASE WHEN grouping(f.power_type) = 1 THEN 'ALL' ELSE f.power_type END AS power_type,
        CASE WHEN grouping(f.channel) = 1 THEN 'ALL' ELSE f.channel END AS channel,
        sum(f.cases) FILTER (WHERE f.event = 'accepted') AS accepted,
        sum(f.cases) FILTER (WHERE f.event = 'completed') AS completed,
        sum(f.cases) FILTER (WHERE f.event = 'completed' AND f.origin = 'same_year') AS completed_cohort,
        sum(f.cases) FILTER (WHERE f.event = 'completed' AND f.origin = 'earlier_year') AS carried_over,
        sum(f.cases) FILTER (WHERE f.event = 'closed') AS closed,
        min(least(f.export_week_id, f.event_week_id)) AS first_week_id
    FROM core.case_flow AS f
    GROUP BY GROUPING SETS (
        (f.hall_id, f.event_week_id), (f.hall_id, f.event_week_id, f.department_id),
        (f.hall_id, f.event_week_id, f.power_type), (f.hall_id, f.event_week_id, f.department_id, f.power_type),
        (f.hall_id, f.event_week_id, f.channel)
    )
),
-- From the week on in which a file first told of it, so that what appears later changes no week that is out.
member AS (SELECT hall_id, department_id, power_type, channel, min(first_week_id) AS first_week_id FROM counted GROUP BY ALL),
week AS (
    SELECT k.hall_id, w.week_id, w.year
    FROM core.report_week AS w
    INNER JOIN (SELECT hall_id, week_id FROM core.week_in_use UNION SELECT hall_id, week_id FROM counted) AS k
        ON k.week_id = w.week_id
),
timeline AS (
    SELECT
        w.hall_id, w.week_id, w.year, m.department_id, m.power_type, m.channel,
        coalesce(c.accepted, 0) AS accepted, coalesce(c.completed, 0) AS completed,
        coalesce(c.completed_cohort, 0) AS completed_cohort, coalesce(c.carried_over, 0) AS carried_over, coalesce(c.closed, 0) AS closed
    FROM week AS w
    INNER JOIN member AS m
        ON m.hall_id = w.hall_id AND (m.first_week_id <= w.week_id OR m.department_id = 'ALL' AND m.power_type = 'ALL' AND m.channel = 'ALL')
    LEFT JOIN counted AS c
        ON c.hall_id = w.hall_id AND c.week_id = w.week_id AND c.department_id = m.department_id
        AND c.power_type = m.power_type AND c.channel = m.channel
),
stocked AS (
    SELECT
        t.*, coalesce(sum(t.accepted - t.closed) OVER (
            PARTITION BY t.hall_id, t.department_id, t.power_type, t.channel ORDER BY t.week_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS opening_week
    FROM timeline AS t
),
-- Weeks before the first in use count towards the stock, and have no row of their own.
summed AS (
    SELECT
        s.*, first_value(s.opening_week) OVER to_date AS opening, sum(s.accepted) OVER to_date AS accepted_ytd,
        sum(s.completed) OVER to_date AS completed_ytd, sum(s.completed_cohort) OVER to_date AS completed_cohort_ytd,
        sum(s.carried_over) OVER to_date AS carried_over_ytd, sum(s.closed) OVER to_date AS closed_ytd
    FROM stocked AS s
    WINDOW to_date AS (
        PARTITION BY s.hall_id, s.department_id, s.power_type, s.channel, s.year ORDER BY s.week_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)
SELECT
    s.hall_id, -- 大厅的区划代码 | hall, by its region code
    s.week_id, -- 期 | week
    s.department_id, -- 部门代号，ALL 为全部 | department, or ALL
    s.power_type, -- 事项类型代码，ALL 为全部 | power type, or ALL
    s.channel, -- 办理形式代码，ALL 为全部 | channel, or ALL
    CAST(s.opening AS BIGINT) AS opening, -- 上年结转：1 月 1 日在办（件） | open on 1 January
    CAST(s.opening_week AS BIGINT) AS opening_week, -- 本期之初在办（件） | open at the start of the week
    CAST(s.accepted AS BIGINT) AS accepted, -- 本期受理（件） | accepted in the week
    CAST(s.accepted_ytd AS BIGINT) AS accepted_ytd, -- 累计受理（件） | accepted, year to date
    CAST(s.completed AS BIGINT) AS completed, -- 本期办结（件） | completed in the week, flow
    CAST(s.completed_ytd AS BIGINT) AS completed_ytd, -- 累计办结（件） | completed, year to date
    CAST(s.completed_cohort AS BIGINT) AS completed_cohort, -- 本期办结中当年受理的（件） | of them accepted this year
    CAST(s.completed_cohort_ytd AS BIGINT) AS completed_cohort_ytd, -- 累计办结中当年受理的（件） | cohort, year to date
    CAST(s.carried_over AS BIGINT) AS carried_over, -- 本期办结中往年受理的（件） | of them accepted in earlier years
    CAST(s.carried_over_ytd AS BIGINT) AS carried_over_ytd, -- 累计办结中往年受理的（件） | the same, year to date
    CAST(s.closed AS BIGINT) AS closed, -- 本期结束，含作废、删除（件） | closed with any result in the week
    CAST(s.closed_ytd AS BIGINT) AS closed_ytd, -- 累计结束（件） | closed, year to date
    CAST(s.opening_week + s.accepted - s.closed AS BIGINT) AS closing -- 期末在办（件） | open at the end of the week
FROM summed AS s
INNER JOIN core.week_in_use AS u ON u.hall_id = s.hall_id AND u.week_id = s.week_id
