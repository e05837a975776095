-- 部门的各种写法及有效期
-- Names of departments and the time in which they hold
-- grain: hall_id, alias, valid_from
-- materialized: table
SELECT
    hall_id, -- 大厅的区划代码 | hall, by its region code
    alias, -- 写法 | name as written
    department_id, -- 部门代号 | department
    coalesce(CAST(valid_from AS DATE), DATE '1900-01-01') AS valid_from, -- 起始日 | first day
    coalesce(CAST(valid_to AS DATE), DATE '9999-12-31') AS valid_to, -- 截止日（含） | last day, inclusive
    reason -- 缘由 | why
FROM raw.ref_department_alias
