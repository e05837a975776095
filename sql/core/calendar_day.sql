-- 日历：每天属于哪一期、是否工作日
-- Calendar: the week of each day, and whether it is a working day
-- grain: day
-- materialized: table
SELECT
    d.day, -- 日期 | day
    d.week_id, -- 所属的期 | its week
    w.year, -- 年份 | year
    d.is_working_day -- 是否工作日（含调休上班） | working day, make-up days included
FROM raw.calendar_day AS d
INNER JOIN raw.report_week AS w ON w.week_id = d.week_id
