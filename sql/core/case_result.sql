-- 办结结果代码表：哪些算办结
-- Results of cases, and which of them count as completed
-- grain: result
-- materialized: table
SELECT
    code AS result, -- 办结结果代码 | code
    label AS result_label, -- 办结结果名称 | label
    counts_as_completed = 'true' AS is_counted_completed -- 是否计入办结 | counts as completed
FROM raw.ref_case_result
