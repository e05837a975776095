-- 省级部门（单位）
-- Provincial departments
-- grain: department_id
-- materialized: table
SELECT
    department_id, -- 部门代号 | department
    department_name, -- 部门名称 | name
    department_kind, -- 部门类别 | kind
    CAST(sort_order AS BIGINT) AS sort_order -- 排序 | order
FROM raw.ref_department
