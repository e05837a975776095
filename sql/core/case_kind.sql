-- 办件类型代码表
-- Kinds of cases
-- grain: case_kind
-- materialized: table
SELECT
    code AS case_kind, -- 办件类型代码 | code
    label AS case_kind_label -- 办件类型名称 | label
FROM raw.ref_case_kind
