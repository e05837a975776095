-- 办理形式代码表
-- Channels
-- grain: channel
-- materialized: table
SELECT
    code AS channel, -- 办理形式代码 | code
    label AS channel_label -- 办理形式名称 | label
FROM raw.ref_channel
