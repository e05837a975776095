-- 月份与季度：按月、按季报送的报表统计的是哪几天，在哪一期里说
-- Months and quarters: which days they cover, and in which weekly release they are told
-- grain: period_id
-- materialized: table
SELECT
    period_id, -- 月份或季度，如 2023-M05、2023-Q2 | month or quarter
    kind, -- month 月、quarter 季度 | month or quarter
    year, -- 年份 | year
    number, -- 月份或季度的序号 | number within the year
    label, -- 名称，如 2023年5月 | what people call it
    first_day, -- 起始日 | first day
    last_day, -- 截止日 | last day
    week_id, -- 所在的期：过完后开始的第一期 | the first issue that begins after it
    lag(week_id) OVER (PARTITION BY kind ORDER BY first_day) AS previous_week_id, -- 上一个月份或季度所在的期 | the issue of the period before it
    is_expected -- 是否应报送：在大厅首期或以后过完的 | ends in the hall's first issue or later
FROM raw.report_period
