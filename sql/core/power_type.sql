-- 事项类型及其归并的三组
-- Power types and the three groups they are reported in
-- grain: power_type
-- materialized: table
SELECT
    code AS power_type, -- 事项类型代码 | power type
    label AS power_type_label, -- 事项类型名称 | label
    power_group, -- 组代号 | group
    power_group_label, -- 组名称 | label of the group
    CAST(sort_order AS BIGINT) AS sort_order -- 排序 | order
FROM raw.ref_power_type
