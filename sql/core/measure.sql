-- 合同所定的指标：名称、单位、怎样计数，一个口径一行
-- Measures that contracts declare: names, units, what is counted, a row a definition
-- grain: metric, valid_from
-- materialized: table
SELECT
    metric, -- 指标代号 | metric
    valid_from, -- 口径的起始日，含这一天的期是第一期；1900-01-01 为历来 | first day of the definition
    valid_to, -- 口径的截止日，9999-12-31 为现行 | last day of the definition, 9999-12-31 where it holds
    label_zh, -- 中文名称 | Chinese label
    label_en, -- 英文名称 | English label
    unit, -- 单位 | unit
    basis, -- 口径：flow 发生、cohort 同期、stock 时点、distinct 去重、rate 比率或平均 | flow, cohort, stock, distinct or rate
    way, -- 怎样计数：count、sum、distinct、latest、rate、mean | how it is counted
    numerator, -- 比率的分子，指标代号 | numerator of a rate, a metric
    denominator, -- 比率的分母，指标代号 | denominator of a rate, a metric
    scale, -- 比率乘以多少：百分率为 100 | what a rate is multiplied by: 100 for per cent
    decimals, -- 印几位小数 | decimal places printed
    is_whole, -- 是否总为整数 | always a whole number
    basis IN ('flow', 'cohort') AS is_additive, -- 各期、各部分能否相加 | whether weeks and parts add up
    splits, -- 按哪些分，逗号分隔 | what it is split by, with commas
    split_labels, -- 其名称，次序相同 | what these are called, in the same order
    source, -- 来源 | source
    description, -- 说明 | description
    definition_zh, -- 怎样计数，用话说 | the definition in words
    definition_digest, -- 口径的摘要，口径变了就不同 | digest of the definition
    note, -- 口径变更的缘由 | why the definition changed
    sort_order, -- 排序 | order
    is_headline -- 是否列在首屏 | on the first screen
FROM raw.ref_measure
