-- 每个指标出自哪些文件的哪些行：各份交付、各张表对各期各指标的贡献，贡献之和就是该数；在办由受理减结束逐期累积，不另列
-- The way home of every metric: what each delivery and sheet contributes to a week, summing to the metric's value; open
-- cases are accepted less closed of all weeks up to there and have no rows of their own
-- grain: hall_id, week_id, metric, department_id, power_type, channel, delivery_id, sheet
-- materialized: table
WITH event AS (
    SELECT 'case_accepted' AS metric, f.* FROM core.case_flow AS f WHERE f.event = 'accepted'
    UNION ALL
    SELECT 'case_completed', f.* FROM core.case_flow AS f WHERE f.event = 'completed'
    UNION ALL
    SELECT 'case_completed_cohort', f.* FROM core.case_flow AS f
    WHERE f.event = 'completed' AND f.origin = 'same_year'
    UNION ALL
    SELECT 'case_carried_over_completed', f.* FROM core.case_flow AS f
    WHERE f.event = 'completed' AND f.origin = 'earlier_year'
    UNION ALL
    SELECT 'case_closed', f.* FROM core.case_flow AS f WHERE f.event = 'closed'
),
place AS (
    SELECT
        e.hall_id, e.event_week_id AS week_id, e.metric, e.department_id, e.power_type, e.channel, e.delivery_id, e.sheet,
        sum(e.cases) AS value, sum(e.row_count) AS row_count, min(e.first_row_no) AS first_row_no,
        max(e.last_row_no) AS last_row_no
    FROM event AS e
    GROUP BY ALL
    HAVING sum(e.cases) <> 0
    UNION ALL
    SELECT
        h.hall_id, h.week_id, h.metric, 'ALL', 'ALL', 'ALL', h.delivery_id, h.sheet, h.value, h.row_count, h.first_row_no,
        h.last_row_no
    FROM core.hall_provenance AS h
)
SELECT
    p.hall_id, -- 大厅的区划代码 | hall, by its region code
    p.week_id, -- 期；在办所需的往年各期也在内 | week, earlier years included where cases were still open
    p.metric, -- 指标代号 | metric
    p.department_id, -- 部门代号，不分部门的指标为 ALL | department, ALL where the metric is not split
    p.power_type, -- 事项类型代码，不分的指标为 ALL | power type, or ALL
    p.channel, -- 办理形式代码，不分的指标为 ALL | channel, or ALL
    p.delivery_id, -- 交付文件编号 | delivery
    p.sheet, -- 表名 | sheet
    CAST(p.value AS BIGINT) AS value, -- 对本期数的贡献，更正可为负 | contribution to the week's value, negative where a later export takes back
    CAST(p.row_count AS BIGINT) AS row_count, -- 由多少行而来 | rows that it comes from
    CAST(p.first_row_no AS BIGINT) AS first_row_no, -- 其中最前一行 | first of these rows in the file
    CAST(p.last_row_no AS BIGINT) AS last_row_no -- 其中最后一行 | last of these rows in the file
FROM place AS p
INNER JOIN core.report_week AS w ON w.week_id = p.week_id
