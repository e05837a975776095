-- 报告期：每一天恰属一期
-- Reporting weeks: every day belongs to exactly one
-- grain: week_id
-- materialized: table
SELECT
    week_id, -- 期：年份与期号 | week: year and issue number
    year, -- 年份 | year
    issue_no, -- 期号 | issue number within the year
    total_issue_no, -- 总期号 | issue number in total
    period_start, -- 刊印的起始日（周一） | first day printed
    period_end, -- 刊印的截止日（周五） | last day printed
    coverage_start, -- 统计的起始日 | first day counted
    coverage_end, -- 统计的截止日 | last day counted
    working_days, -- 统计期内的工作日数 | working days counted
    calendar_status, -- 日历已公布或暂定 | announced or provisional
    is_expected -- 是否应报送：大厅的首期及以后；更早的是往期资料，有则统计，没有不问 | the hall's first issue or later; earlier weeks are history that nobody asks for
FROM raw.report_week
