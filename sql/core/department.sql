-- 部门（单位）
-- Provincial departments
-- grain: hall_id, department_id
-- materialized: table
SELECT
    hall_id, -- 大厅的区划代码 | hall, by its region code
    department_id, -- 部门代号 | department
    department_name, -- 部门名称 | name
    department_kind, -- 部门类别 | kind
    CAST(sort_order AS BIGINT) AS sort_order, -- 排序 | order
    is_on_platform = 'true' AS is_on_platform -- 办件是否在统一平台办理，否则不与办件明细对照 | its cases are on the platform: comparable
FROM raw.ref_department
