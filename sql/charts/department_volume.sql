-- 各部门的受理、办结与在办：本期、累计、累计办结率与名次，本期有没有办件
-- Cases by department: week, year to date, open, completion rates and rank, and whether there was any case
-- grain: hall_id, week_id, department_id
-- materialized: table
WITH member AS (
    SELECT hall_id, department_id, department_name, sort_order FROM core.department
    UNION ALL
    SELECT DISTINCT hall_id, department_id, '部门不明', 9999 FROM marts.case_balance WHERE department_id = 'UNKNOWN'
),
reported AS (SELECT DISTINCT hall_id, week_id, department_id FROM core.item_volume),
-- A hall that has no case detail, or had none up to a week, knows nothing of its cases: blank, not zero.
week AS (
    SELECT
        w.hall_id, w.week_id, w.has_case_detail,
        w.has_case_detail
        OR (e.expected <> 'never' AND bool_or(w.has_case_detail) OVER (PARTITION BY w.hall_id ORDER BY w.week_id)) AS has_cases
    FROM core.week_in_use AS w
    INNER JOIN core.export AS e ON e.hall_id = w.hall_id AND e.source = 'case_detail'
),
counted AS (
    SELECT
        w.hall_id, w.week_id, m.department_id, m.department_name, m.sort_order, w.has_case_detail, w.has_cases,
        CASE WHEN w.has_case_detail THEN coalesce(b.accepted, 0) END AS accepted,
        CASE WHEN w.has_cases THEN coalesce(b.accepted_ytd, 0) END AS accepted_ytd,
        CASE WHEN w.has_case_detail THEN coalesce(b.completed, 0) END AS completed,
        CASE WHEN w.has_cases THEN coalesce(b.completed_ytd, 0) END AS completed_ytd,
        CASE WHEN w.has_cases THEN coalesce(b.completed_cohort_ytd, 0) END AS completed_cohort_ytd,
        CASE WHEN w.has_cases THEN coalesce(b.opening, 0) END AS opening,
        CASE WHEN w.has_cases THEN coalesce(b.closed_ytd, 0) END AS closed_ytd,
        CASE WHEN w.has_cases THEN coalesce(b.closing, 0) END AS closing,
        r.department_id IS NOT NULL AS has_reported
    FROM week AS w
    INNER JOIN member AS m ON m.hall_id = w.hall_id
    LEFT JOIN marts.case_balance AS b
        ON b.hall_id = w.hall_id AND b.week_id = w.week_id AND b.department_id = m.department_id AND b.power_type = 'ALL'
    LEFT JOIN reported AS r
        ON r.hall_id = w.hall_id AND r.week_id = w.week_id AND r.department_id = m.department_id
)
SELECT
    c.week_id, -- 期 | week
    c.department_id, -- 部门代号 | department
    c.department_name, -- 部门名称 | name
    c.accepted, -- 本期受理（件），办件明细未报送为空 | accepted in the week, null without its case detail
    c.accepted_ytd, -- 累计受理（件），办结率的分母；没有报过办件明细的为空 | accepted, year to date: the rate's denominator; null where no case detail ever came
    c.completed, -- 本期办结（件），办件明细未报送为空 | completed in the week, null without its case detail
    c.completed_ytd, -- 累计办结（件），办结率的分子 | completed, year to date: the rate's numerator
    CAST(
        CASE WHEN c.accepted_ytd > 0 THEN CAST(
            (20000 * c.completed_ytd + c.accepted_ytd) // (2 * c.accepted_ytd) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS completion_rate_ytd, -- 累计办结率（%），四舍五入；含往年结转，可超过 100 | per cent, half up; above 100 with a carry-over
    CAST(
        CASE WHEN c.has_cases THEN row_number() OVER (
            PARTITION BY c.hall_id, c.week_id ORDER BY c.accepted_ytd DESC, c.sort_order, c.department_id
        ) END AS BIGINT
    ) AS rank, -- 名次，按累计受理；没有办件明细的大厅没有 | rank by accepted, none in a hall without case detail
    CAST(
        CASE WHEN c.accepted_ytd > 0 THEN CAST(
            (20000 * c.completed_cohort_ytd + c.accepted_ytd) // (2 * c.accepted_ytd) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS cohort_rate_ytd, -- 当年受理的办结率（%），四舍五入；不超过 100 | completed of those accepted this year, per cent, half up
    c.completed_cohort_ytd, -- 累计办结中当年受理的（件），当年受理办结率的分子 | completed of those accepted this year: numerator
    c.opening, -- 上年结转（件） | open on 1 January
    c.closed_ytd, -- 累计结束，含作废、删除（件） | closed with any result, year to date
    c.closing, -- 期末在办（件） | open at the end of the week
    CASE
        WHEN NOT c.has_case_detail THEN 'not_reported' WHEN c.accepted + c.completed > 0 THEN 'active' WHEN c.has_reported THEN 'zero_reported' ELSE 'not_reported'
    END AS activity_status, -- 本期办件：active 有、zero_reported 零办件且已报、not_reported 零办件且未报 | cases in the week, none but reported, none and not reported
    CASE
        WHEN NOT c.has_case_detail THEN '办件明细未报送' WHEN c.accepted + c.completed > 0 THEN '有办件' WHEN c.has_reported THEN '零办件，已报送' ELSE '零办件，未报送'
    END AS activity_label, -- 本期办件情况 | words for that
    c.hall_id -- 大厅的区划代码 | hall, by its region code
FROM counted AS c
