-- 在用的期：有报送的各年，从第 1 期到最近报送的一期；大厅首期以前的，从最早报送的一期起
-- Weeks in use: of each year with deliveries, from the first up to the latest delivered; those before the hall's first
-- issue from the earliest delivered on
-- grain: hall_id, week_id
-- materialized: table
WITH delivered AS (
    SELECT d.hall_id, w.year, min(d.week_id) AS first_week_id, max(d.week_id) AS last_week_id
    FROM ledger.current_delivery AS d
    INNER JOIN core.report_week AS w ON w.week_id = d.week_id
    GROUP BY d.hall_id, w.year
),
with_any AS (SELECT DISTINCT hall_id, week_id FROM ledger.current_delivery),
with_cases AS (SELECT DISTINCT hall_id, week_id FROM ledger.current_delivery WHERE source = 'case_detail')
SELECT
    l.hall_id, -- 大厅的区划代码 | hall, by its region code
    w.week_id, -- 期 | week
    w.year, -- 年份 | year
    w.issue_no, -- 期号 | issue number within the year
    w.week_id = min(w.week_id) OVER (PARTITION BY l.hall_id, w.year) AS is_first_of_year, -- 是否当年在用的第一期 | first in use of its year
    d.week_id IS NOT NULL AS has_delivery, -- 是否有报送 | anything delivered
    c.week_id IS NOT NULL AS has_case_detail, -- 办件明细是否已报送：没有报送的期，办件数为空，不是零 | case detail delivered: without it counts of cases are blank, not zero
    max(CASE WHEN c.week_id IS NULL THEN 0 ELSE 1 END) OVER (PARTITION BY l.hall_id, w.year ORDER BY w.week_id) = 1 AS has_case_detail_to_date, -- 今年到本期是否报送过办件明细 | case detail delivered in the year so far
    w.working_days, -- 统计期内的工作日数 | working days counted
    w.coverage_start, -- 统计的起始日 | first day counted
    w.coverage_end, -- 统计的截止日 | last day counted
    lag(w.week_id) OVER (PARTITION BY l.hall_id ORDER BY w.week_id) AS previous_week_id -- 上一在用的期 | the week in use before it
FROM core.report_week AS w
INNER JOIN delivered AS l ON l.year = w.year AND w.week_id <= l.last_week_id
INNER JOIN core.hall AS h
    ON h.hall_id = l.hall_id AND (w.week_id >= h.first_week_id OR w.week_id >= l.first_week_id)
LEFT JOIN with_any AS d ON d.hall_id = l.hall_id AND d.week_id = w.week_id
LEFT JOIN with_cases AS c ON c.hall_id = l.hall_id AND c.week_id = w.week_id
