-- 各部门的受理与办结：本期、累计、累计办结率与名次
-- Cases by department: week, year to date, completion rate and rank
-- grain: week_id, department_id
-- materialized: table
WITH member AS (
    SELECT department_id, department_name, sort_order FROM core.department
    UNION ALL
    SELECT DISTINCT department_id, '部门不明', 9999 FROM marts.case_balance WHERE department_id = 'UNKNOWN'
),
counted AS (
    SELECT
        w.week_id, m.department_id, m.department_name, m.sort_order, coalesce(b.accepted, 0) AS accepted,
        coalesce(b.accepted_ytd, 0) AS accepted_ytd, coalesce(b.completed, 0) AS completed,
        coalesce(b.completed_ytd, 0) AS completed_ytd
    FROM core.week_in_use AS w
    CROSS JOIN member AS m
    LEFT JOIN marts.case_balance AS b
        ON b.week_id = w.week_id AND b.department_id = m.department_id AND b.power_type = 'ALL'
)
SELECT
    c.week_id, -- 期 | week
    c.department_id, -- 部门代号 | department
    c.department_name, -- 部门名称 | name
    c.accepted, -- 本期受理（件） | accepted in the week
    c.accepted_ytd, -- 累计受理（件），办结率的分母 | accepted, year to date: the rate's denominator
    c.completed, -- 本期办结（件） | completed in the week
    c.completed_ytd, -- 累计办结（件），办结率的分子 | completed, year to date: the rate's numerator
    CAST(
        CASE WHEN c.accepted_ytd > 0 THEN CAST(
            (20000 * c.completed_ytd + c.accepted_ytd) // (2 * c.accepted_ytd) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS completion_rate_ytd, -- 累计办结率（%），四舍五入；含往年结转，可超过 100 | per cent, half up; above 100 with a carry-over
    CAST(row_number() OVER (PARTITION BY c.week_id ORDER BY c.accepted_ytd DESC, c.sort_order) AS BIGINT) AS rank -- 名次，按累计受理 | rank by accepted
FROM counted AS c
