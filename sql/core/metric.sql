-- 指标目录：名称、单位、口径
-- Dictionary of metrics: names, units, basis
-- grain: metric
-- materialized: table
SELECT
    metric, -- 指标代号 | metric
    label_zh, -- 中文名称 | Chinese label
    label_en, -- 英文名称 | English label
    unit, -- 单位 | unit
    basis, -- 口径：flow 发生、cohort 同期受理、stock 时点、distinct 去重 | flow, cohort, stock or distinct
    source, -- 来源 | source
    description -- 说明 | description
FROM raw.ref_metric
