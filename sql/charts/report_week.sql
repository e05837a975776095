-- 在用的各期：期号、刊印与统计的日期
-- The weeks in use: numbers, printed and counted days
-- grain: hall_id, week_id
-- materialized: table
SELECT
    r.week_id, -- 期 | week
    r.year, -- 年份 | year
    r.issue_no, -- 期号 | issue number within the year
    r.total_issue_no, -- 总期号 | issue number in total
    r.period_start, -- 刊印的起始日 | first day printed
    r.period_end, -- 刊印的截止日 | last day printed
    r.coverage_start, -- 统计的起始日 | first day counted
    r.coverage_end, -- 统计的截止日 | last day counted
    r.working_days, -- 工作日数 | working days
    r.calendar_status, -- 日历已公布或暂定 | announced or provisional
    w.hall_id -- 大厅的区划代码 | hall, by its region code
FROM core.report_week AS r
INNER JOIN core.week_in_use AS w ON w.week_id = r.week_id
