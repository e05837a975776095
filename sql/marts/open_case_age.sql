-- 期末在办件的时长：受理次日起到统计截止日的工作日数，分段计件
-- Age of the cases open at the end of each week: working days after the day of acceptance, in bands
-- grain: hall_id, week_id, department_id, power_group, age_band
-- materialized: table
WITH flow AS (
    SELECT
        f.hall_id, f.event_week_id, f.department_id, coalesce(p.power_group, 'unknown') AS power_group, f.accepted_on,
        sum(f.cases) AS cases
    FROM core.case_age_flow AS f
    LEFT JOIN core.power_type AS p ON p.power_type = f.power_type
    GROUP BY ALL
),
standing AS (
    SELECT w.hall_id, w.week_id, w.coverage_end, f.department_id, f.power_group, f.accepted_on, sum(f.cases) AS cases
    FROM core.week_in_use AS w
    INNER JOIN flow AS f ON f.hall_id = w.hall_id AND f.event_week_id <= w.week_id
    GROUP BY ALL
    HAVING sum(f.cases) <> 0
),
aged AS (
    SELECT
        s.hall_id, s.week_id, s.department_id, s.power_group, s.cases,
        greatest(until.working_day_no - coalesce(since.working_day_no, 0), 0) AS age
    FROM standing AS s
    INNER JOIN core.working_day AS until ON until.day = s.coverage_end
    LEFT JOIN core.working_day AS since ON since.day = s.accepted_on
),
band AS (
    SELECT b.age_band, b.min_days, b.max_days
    FROM (
        VALUES ('0-5', 0, 5), ('6-10', 6, 10), ('11-20', 11, 20), ('21-30', 21, 30), ('31-60', 31, 60),
        ('61+', 61, 1000000)
    ) AS b (age_band, min_days, max_days)
)
SELECT
    a.hall_id, -- 大厅的区划代码 | hall, by its region code
    a.week_id, -- 期 | week
    CASE WHEN grouping(a.department_id) = 1 THEN 'ALL' ELSE a.department_id END AS department_id, -- 部门代号，ALL 为全部 | department, or ALL
    CASE WHEN grouping(a.power_group) = 1 THEN 'ALL' ELSE a.power_group END AS power_group, -- 组代号，ALL 为全部 | group, or ALL
    b.age_band, -- 时长段（工作日） | band of age, working days
    CAST(b.min_days AS BIGINT) AS min_days, -- 段的下限（工作日） | lower end of the band
    CAST(sum(a.cases) AS BIGINT) AS cases -- 在办（件） | open cases
FROM aged AS a
INNER JOIN band AS b ON a.age BETWEEN b.min_days AND b.max_days
GROUP BY GROUPING SETS (
    (a.hall_id, a.week_id, b.age_band, b.min_days), (a.hall_id, a.week_id, b.age_band, b.min_days, a.department_id),
    (a.hall_id, a.week_id, b.age_band, b.min_days, a.power_group)
)
