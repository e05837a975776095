-- 办件平衡表，按行政许可、公共服务、其它9类三组
-- Balance of cases by the three groups of power types
-- grain: hall_id, week_id, power_group
-- materialized: table
WITH grouped AS (
    SELECT
        b.hall_id, b.week_id, coalesce(p.power_group, 'unknown') AS power_group,
        sum(b.opening) AS opening, sum(b.opening_week) AS opening_week, sum(b.accepted) AS accepted, sum(b.accepted_ytd) AS accepted_ytd,
        sum(b.completed) AS completed, sum(b.completed_ytd) AS completed_ytd,
        sum(b.completed_cohort_ytd) AS completed_cohort_ytd, sum(b.carried_over_ytd) AS carried_over_ytd,
        sum(b.closed) AS closed, sum(b.closed_ytd) AS closed_ytd, sum(b.closing) AS closing
    FROM marts.case_balance AS b
    LEFT JOIN core.power_type AS p ON p.power_type = b.power_type
    WHERE b.department_id = 'ALL' AND b.power_type <> 'ALL'
    GROUP BY ALL
),
member AS (
    SELECT h.hall_id, p.power_group, p.power_group_label, min(p.sort_order) AS sort_order
    FROM core.power_type AS p
    CROSS JOIN core.hall AS h
    GROUP BY ALL
    UNION ALL
    SELECT DISTINCT hall_id, power_group, '类型不明', 99 FROM grouped WHERE power_group = 'unknown'
)
SELECT
    w.hall_id, -- 大厅的区划代码 | hall, by its region code
    w.week_id, -- 期 | week
    m.power_group, -- 组代号 | group
    m.power_group_label, -- 组名称 | label of the group
    CAST(coalesce(g.opening, 0) AS BIGINT) AS opening, -- 上年结转（件） | open on 1 January
    CAST(coalesce(g.opening_week, 0) AS BIGINT) AS opening_week, -- 本期之初在办（件） | open at the start of the week
    CAST(coalesce(g.accepted, 0) AS BIGINT) AS accepted, -- 本期受理（件） | accepted in the week
    CAST(coalesce(g.accepted_ytd, 0) AS BIGINT) AS accepted_ytd, -- 累计受理（件） | accepted, year to date
    CAST(coalesce(g.completed, 0) AS BIGINT) AS completed, -- 本期办结（件） | completed in the week
    CAST(coalesce(g.completed_ytd, 0) AS BIGINT) AS completed_ytd, -- 累计办结（件） | completed, year to date
    CAST(coalesce(g.completed_cohort_ytd, 0) AS BIGINT) AS completed_cohort_ytd, -- 累计办结中当年受理的（件） | cohort, year to date
    CAST(coalesce(g.carried_over_ytd, 0) AS BIGINT) AS carried_over_ytd, -- 累计办结中往年受理的（件） | carried over, year to date
    CAST(coalesce(g.closed, 0) AS BIGINT) AS closed, -- 本期结束（件） | closed with any result in the week
    CAST(coalesce(g.closed_ytd, 0) AS BIGINT) AS closed_ytd, -- 累计结束（件） | closed, year to date
    CAST(coalesce(g.closing, 0) AS BIGINT) AS closing, -- 期末在办（件） | open at the end of the week
    CAST(m.sort_order AS BIGINT) AS sort_order -- 排序 | order
FROM core.week_in_use AS w
INNER JOIN member AS m ON m.hall_id = w.hall_id
LEFT JOIN grouped AS g ON g.hall_id = w.hall_id AND g.week_id = w.week_id AND g.power_group = m.power_group
