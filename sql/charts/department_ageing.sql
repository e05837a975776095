-- 各部门在办件的时长：按工作日分段
-- Age of the open cases of each department in working days
-- grain: hall_id, week_id, department_id, age_band
-- materialized: table
SELECT
    a.week_id, -- 期 | week
    a.department_id, -- 部门代号 | department
    a.age_band, -- 时长段代号 | band of age
    coalesce(d.department_name, '部门不明') AS department_name, -- 部门名称 | name of the department
    CASE a.age_band WHEN '0-5' THEN '5 个工作日以内' WHEN '61+' THEN '60 个工作日以上'
        ELSE replace(a.age_band, '-', '—') || ' 个工作日' END AS age_band_label, -- 时长段名称 | label of the band
    a.cases, -- 在办（件） | open cases
    a.min_days AS sort_order, -- 排序，段的下限 | order, the lower end of the band
    a.hall_id -- 大厅的区划代码 | hall, by its region code
FROM marts.open_case_age AS a
LEFT JOIN core.department AS d ON d.hall_id = a.hall_id AND d.department_id = a.department_id
WHERE a.department_id <> 'ALL' AND a.power_group = 'ALL'
