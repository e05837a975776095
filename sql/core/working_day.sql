-- 工作日序号：到每一天为止共有多少个工作日，两日序号之差就是其间的工作日数
-- Working days counted up to each day: the difference of two days is the working days between them
-- grain: day
-- materialized: table
SELECT
    d.day, -- 日期 | day
    CAST(sum(CASE WHEN d.is_working_day THEN 1 ELSE 0 END) OVER (
        ORDER BY d.day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS working_day_no -- 到该日为止的工作日数 | working days up to and with this day
FROM core.calendar_day AS d
