-- 在办件的时长：三组和全部，按工作日分段；没有在办的段为零
-- Age of open cases in working days, for the three groups and in total; a band without cases is zero
-- grain: hall_id, week_id, power_group, age_band
-- materialized: table
WITH grouped AS (
    SELECT h.hall_id, p.power_group, p.power_group_label, min(p.sort_order) AS sort_order
    FROM core.power_type AS p
    CROSS JOIN core.hall AS h
    GROUP BY ALL
    UNION ALL
    SELECT DISTINCT hall_id, power_group, '全部', 0 FROM marts.open_case_age WHERE power_group = 'ALL'
),
band AS (
    SELECT b.age_band, b.age_band_label, b.sort_order
    FROM (
        VALUES ('0-5', '5 个工作日以内', 1), ('6-10', '6—10 个工作日', 2), ('11-20', '11—20 个工作日', 3),
        ('21-30', '21—30 个工作日', 4), ('31-60', '31—60 个工作日', 5), ('61+', '60 个工作日以上', 6)
    ) AS b (age_band, age_band_label, sort_order)
)
SELECT
    w.week_id, -- 期 | week
    g.power_group, -- 组代号，ALL 为全部 | group, or ALL
    b.age_band, -- 时长段代号 | band of age
    g.power_group_label, -- 组名称 | label of the group
    b.age_band_label, -- 时长段名称 | label of the band
    coalesce(a.cases, 0) AS cases, -- 在办（件） | open cases
    CAST(100 * g.sort_order + b.sort_order AS BIGINT) AS sort_order, -- 排序 | order
    w.hall_id -- 大厅的区划代码 | hall, by its region code
FROM core.week_in_use AS w
INNER JOIN grouped AS g ON g.hall_id = w.hall_id
CROSS JOIN band AS b
LEFT JOIN marts.open_case_age AS a
    ON a.hall_id = w.hall_id AND a.week_id = w.week_id AND a.department_id = 'ALL' AND a.power_group = g.power_group
    AND a.age_band = b.age_band
