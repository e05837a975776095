-- 指标目录：名称、单位、口径；合同所定的指标在后，以现行口径计
-- Dictionary of metrics: names, units, basis; those that contracts declare come after, as they are defined now
-- grain: metric
-- materialized: table
WITH known AS (
    SELECT metric, label_zh, label_en, unit, basis, source, description, metric IS NULL AS is_declared
    FROM raw.ref_metric
    UNION ALL
    SELECT
        m.metric, m.label_zh, m.label_en, m.unit, m.basis, m.source,
        CASE WHEN m.description = '' THEN m.definition_zh ELSE m.description END, m.metric IS NOT NULL
    FROM core.measure AS m
    WHERE m.valid_to = DATE '9999-12-31'
)
SELECT
    k.metric, -- 指标代号 | metric
    k.label_zh, -- 中文名称 | Chinese label
    k.label_en, -- 英文名称 | English label
    k.unit, -- 单位 | unit
    k.basis, -- 口径：flow 发生、cohort 同期受理、stock 时点、distinct 去重、rate 比率或平均 | flow, cohort, stock, distinct or rate
    k.source, -- 来源 | source
    k.description, -- 说明 | description
    k.is_declared -- 是否由合同所定 | declared by a contract
FROM known AS k
