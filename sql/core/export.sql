-- 报表：本厅有哪些导出，多久报一次，缺了怎样
-- Exports: which ones the hall has, how often they come, what their absence does
-- grain: hall_id, source
-- materialized: table
SELECT
    hall_id, -- 大厅的区划代码 | hall, by its region code
    source, -- 来源 | source
    source_label, -- 报表名称 | what people call it
    kind, -- 报送方式：weekly 一期一份、restating 可更正往期、snapshot 快照 | weekly, restating or snapshot
    expected, -- 多久报一次：weekly 每期、monthly 每月、quarterly 每季、occasional 不定期、never 本厅没有 | weekly, monthly, quarterly, occasional or never
    required, -- 缺了怎样：stops 不能发布、warns 提醒、none 不管 | what its absence does: stops, warns or none
    period -- 一份统计多久：week 一期、month 一个月、quarter 一个季度 | what one delivery reports: week, month or quarter
FROM raw.ref_export
