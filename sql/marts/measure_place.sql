-- 合同所定各指标：各期由各份文件、各张表的多少行而来；没有合同定了指标时没有行
-- Measures of all contracts: what each delivery and sheet gives them, by week; without rows where no contract has measures
-- grain: hall_id, week_id, metric, split, member, delivery_id, sheet
-- materialized: table
SELECT
    CAST('' AS VARCHAR) AS hall_id, -- 大厅的区划代码 | hall, by its region code
    CAST(w.week_id AS VARCHAR) AS week_id, -- 期 | week
    CAST('' AS VARCHAR) AS metric, -- 指标代号 | metric
    CAST('' AS VARCHAR) AS split, -- 按什么分，ALL 为不分 | split by, ALL for the whole
    CAST('' AS VARCHAR) AS member, -- 其中哪一个，ALL 为不分 | which of them, ALL for the whole
    CAST('' AS VARCHAR) AS member_label, -- 其名称 | its label
    CAST('' AS VARCHAR) AS delivery_id, -- 交付文件编号 | delivery
    CAST('' AS VARCHAR) AS sheet, -- 表名 | sheet
    CAST(NULL AS DECIMAL(38, 6)) AS amount, -- 本期数，平均的为分子，都没有填为空 | what is counted; of a mean the numerator; null where all are blank
    CAST(NULL AS DECIMAL(38, 6)) AS weight, -- 平均的分母 | denominator of a mean
    CAST(NULL AS BIGINT) AS row_count, -- 由多少行而来 | rows that it comes from
    CAST(NULL AS BIGINT) AS blank_rows, -- 其中没有填的行 | rows of them that are blank
    CAST(NULL AS BIGINT) AS first_row_no, -- 其中最前一行 | first of these rows in the file
    CAST(NULL AS BIGINT) AS last_row_no -- 其中最后一行 | last of these rows in the file
FROM core.report_week AS w
WHERE FALSE
