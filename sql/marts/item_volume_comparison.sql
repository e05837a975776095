-- 部门报送数与办件明细当时所知的计数之比较；部门整期未报为空
-- Reported volumes beside the cases counted as they were known at that week; null where a department reported nothing
-- grain: hall_id, week_id, department_id, power_type, measure
-- materialized: table
WITH flow AS (
    SELECT hall_id, export_week_id, event_week_id, event, department_id, power_type, sum(cases) AS cases
    FROM core.case_flow
    GROUP BY ALL
),
counted AS (
    SELECT
        w.hall_id, w.week_id, f.department_id, f.power_type, m.measure,
        sum(CASE WHEN right(m.measure, 4) = '_ytd' OR f.event_week_id = w.week_id THEN f.cases ELSE 0 END) AS counted
    FROM core.week_in_use AS w
    INNER JOIN flow AS f
        ON f.hall_id = w.hall_id AND f.export_week_id <= w.week_id AND f.event_week_id <= w.week_id
    INNER JOIN core.report_week AS e ON e.week_id = f.event_week_id AND e.year = w.year
    INNER JOIN (
        VALUES ('accepted', 'accepted_week'), ('accepted', 'accepted_ytd'), ('completed', 'completed_week'),
        ('completed', 'completed_ytd')
    ) AS m (event, measure) ON m.event = f.event
    GROUP BY ALL
),
reported AS (
    SELECT hall_id, week_id, department_id, power_type, 'accepted_week' AS measure, accepted_week AS reported FROM core.item_volume
    UNION ALL
    SELECT hall_id, week_id, department_id, power_type, 'accepted_ytd', accepted_ytd FROM core.item_volume
    UNION ALL
    SELECT hall_id, week_id, department_id, power_type, 'completed_week', completed_week FROM core.item_volume
    UNION ALL
    SELECT hall_id, week_id, department_id, power_type, 'completed_ytd', completed_ytd FROM core.item_volume
),
place AS (
    SELECT c.hall_id, c.week_id, c.department_id, c.power_type, c.measure
    FROM counted AS c
    INNER JOIN (SELECT DISTINCT hall_id, week_id FROM core.item_volume) AS v ON v.hall_id = c.hall_id AND v.week_id = c.week_id
    UNION
    SELECT hall_id, week_id, department_id, power_type, measure FROM reported WHERE power_type <> 'NONE'
),
spoken AS (SELECT DISTINCT hall_id, week_id, department_id FROM core.item_volume),
compared AS (
    SELECT
        p.hall_id, p.week_id, p.department_id, p.power_type, p.measure, coalesce(c.counted, 0) AS counted,
        CASE WHEN s.department_id IS NOT NULL THEN coalesce(r.reported, 0) END AS reported
    FROM place AS p
    LEFT JOIN counted AS c
        ON c.hall_id = p.hall_id AND c.week_id = p.week_id AND c.department_id = p.department_id AND c.power_type = p.power_type
        AND c.measure = p.measure
    LEFT JOIN reported AS r
        ON r.hall_id = p.hall_id AND r.week_id = p.week_id AND r.department_id = p.department_id AND r.power_type = p.power_type
        AND r.measure = p.measure
    LEFT JOIN spoken AS s ON s.hall_id = p.hall_id AND s.week_id = p.week_id AND s.department_id = p.department_id
)
SELECT
    c.hall_id, -- 大厅的区划代码 | hall, by its region code
    c.week_id, -- 期 | week
    c.department_id, -- 部门代号 | department
    c.power_type, -- 事项类型代码 | power type
    c.measure, -- 项目：受理或办结，本周或累计 | accepted or completed, week or year to date
    CAST(c.reported AS BIGINT) AS reported, -- 部门报送（件） | as reported
    CAST(c.counted AS BIGINT) AS counted, -- 按该期所知逐件数出（件） | counted from the cases known at that week
    CAST(c.reported - c.counted AS BIGINT) AS difference, -- 报送减逐件数（件） | reported less counted
    coalesce(d.is_on_platform, FALSE) AND w.week_id IS NOT NULL AS is_comparable -- 部门在平台办件且本期有办件明细，才可对照 | on the platform, and its cases of the week are here
FROM compared AS c
LEFT JOIN core.department AS d ON d.hall_id = c.hall_id AND d.department_id = c.department_id
LEFT JOIN (SELECT DISTINCT hall_id, week_id FROM ledger.current_delivery WHERE source = 'case_detail') AS w
    ON w.hall_id = c.hall_id AND w.week_id = c.week_id
