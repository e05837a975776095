-- 未授权综窗的部门（单位）及其对接情况，按台账次序
-- Departments without authorisation and what the register says of their progress
-- grain: hall_id, week_id, department_id
-- materialized: table
SELECT
    a.week_id, -- 期 | week
    a.department_id, -- 部门代号 | department
    a.department_name, -- 部门名称 | name
    a.remark, -- 对接情况，照台账，可空 | progress as written in the register, may be null
    CAST(row_number() OVER (PARTITION BY a.hall_id, a.week_id ORDER BY a.register_order, a.department_id) AS BIGINT) AS sort_order, -- 排序，按台账次序 | order in the register
    a.hall_id -- 大厅的区划代码 | hall, by its region code
FROM core.authorization AS a
WHERE a.authorization_status = '未授权'
