-- 进驻与授权逐期：个数、较上期增减、占进驻的比例、新增与减少的部门
-- Departments in the hall and authorised by week: count, change, share, and who came or went
-- grain: hall_id, week_id, status
-- materialized: table
WITH standing AS (
    SELECT hall_id, week_id, department_id, department_name, register_order, 'stationed' AS status
    FROM core.authorization WHERE is_stationed
    UNION ALL
    SELECT hall_id, week_id, department_id, department_name, register_order, 'authorized'
    FROM core.authorization WHERE is_authorized
    UNION ALL
    SELECT hall_id, week_id, department_id, department_name, register_order, 'not_authorized'
    FROM core.authorization WHERE authorization_status = '未授权'
),
reported AS (SELECT DISTINCT hall_id, week_id FROM standing),
came AS (
    SELECT
        s.hall_id, s.week_id, s.status,
        string_agg(s.department_name, '、' ORDER BY s.register_order, s.department_id) AS names
    FROM standing AS s
    INNER JOIN core.week_in_use AS w ON w.hall_id = s.hall_id AND w.week_id = s.week_id
    LEFT JOIN standing AS b
        ON b.hall_id = s.hall_id AND b.week_id = w.previous_week_id AND b.status = s.status
        AND b.department_id = s.department_id
    INNER JOIN reported AS r ON r.hall_id = s.hall_id AND r.week_id = w.previous_week_id
    WHERE b.department_id IS NULL
    GROUP BY ALL
),
went AS (
    SELECT
        w.hall_id, w.week_id, b.status,
        string_agg(b.department_name, '、' ORDER BY b.register_order, b.department_id) AS names
    FROM core.week_in_use AS w
    INNER JOIN standing AS b ON b.hall_id = w.hall_id AND b.week_id = w.previous_week_id
    INNER JOIN reported AS r ON r.hall_id = w.hall_id AND r.week_id = w.week_id
    LEFT JOIN standing AS s
        ON s.hall_id = w.hall_id AND s.week_id = w.week_id AND s.status = b.status
        AND s.department_id = b.department_id
    WHERE s.department_id IS NULL
    GROUP BY ALL
),
counted AS (
    SELECT
        a.*, lag(a.departments) OVER (PARTITION BY a.hall_id, a.status ORDER BY a.week_id) AS previous_departments,
        max(CASE WHEN a.status = 'stationed' THEN a.departments END) OVER (PARTITION BY a.hall_id, a.week_id) AS stationed
    FROM charts.authorization_status AS a
)
SELECT
    c.week_id, -- 期 | week
    c.status, -- 状态代号 | status
    c.status_label, -- 状态名称 | label
    c.departments, -- 部门数（个），份额的分子 | departments: the share's numerator
    c.previous_departments, -- 上期部门数（个） | departments a week before
    CAST(c.departments - c.previous_departments AS BIGINT) AS change, -- 较上期增减（个） | change on the week before
    CAST(c.stationed AS BIGINT) AS departments_stationed, -- 进驻部门数（个），份额的分母 | departments in the hall: the denominator
    CAST(
        CASE WHEN c.stationed > 0 THEN CAST(
            (20000 * c.departments + c.stationed) // (2 * c.stationed) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS share_pct, -- 占进驻部门（%），四舍五入 | share of those in the hall, per cent, half up
    coalesce(i.names, '') AS joined_names, -- 本期新增的部门 | departments new in this status
    coalesce(o.names, '') AS left_names, -- 本期减少的部门 | departments no longer in this status
    c.sort_order, -- 排序 | order
    c.hall_id -- 大厅的区划代码 | hall, by its region code
FROM counted AS c
LEFT JOIN came AS i ON i.hall_id = c.hall_id AND i.week_id = c.week_id AND i.status = c.status
LEFT JOIN went AS o ON o.hall_id = c.hall_id AND o.week_id = c.week_id AND o.status = c.status
