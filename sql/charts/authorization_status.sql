-- 部门（单位）进驻与授权：个数与名单
-- Departments in the hall, authorised and not: how many and which
-- grain: hall_id, week_id, status
-- materialized: table
WITH listed AS (
    SELECT hall_id, week_id, 'stationed' AS status, department_id, department_name, register_order
    FROM core.authorization
    WHERE is_stationed
    UNION ALL
    SELECT hall_id, week_id, 'authorized', department_id, department_name, register_order
    FROM core.authorization
    WHERE is_authorized
    UNION ALL
    SELECT hall_id, week_id, 'not_authorized', department_id, department_name, register_order
    FROM core.authorization
    WHERE authorization_status = '未授权'
),
named AS (
    SELECT
        hall_id, week_id, status,
        string_agg(department_name, '、' ORDER BY register_order, department_id) AS department_names
    FROM listed
    GROUP BY ALL
),
status AS (
    SELECT s.metric, s.status, s.status_label, s.sort_order
    FROM (
        VALUES ('departments_stationed', 'stationed', '已进驻', 1),
        ('departments_authorized', 'authorized', '已授权', 2),
        ('departments_not_authorized', 'not_authorized', '未授权', 3)
    ) AS s (metric, status, status_label, sort_order)
)
SELECT
    v.week_id, -- 期 | week
    s.status, -- 状态代号 | status
    s.status_label, -- 状态名称 | label
    v.value AS departments, -- 部门数（个） | departments
    coalesce(n.department_names, '') AS department_names, -- 名单，按台账次序 | names in the order of the register
    CAST(s.sort_order AS BIGINT) AS sort_order, -- 排序 | order
    v.hall_id -- 大厅的区划代码 | hall, by its region code
FROM marts.hall_position AS v
INNER JOIN status AS s ON s.metric = v.metric
LEFT JOIN named AS n ON n.hall_id = v.hall_id AND n.week_id = v.week_id AND n.status = s.status
WHERE v.value IS NOT NULL
