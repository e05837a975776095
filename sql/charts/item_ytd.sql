-- 事项受理办结：三组的本期与累计，办结超出受理的说明其中往年结转多少
-- Items accepted and completed by group; where completed exceeds accepted, how much was carried over
-- grain: hall_id, week_id, power_group, measure
-- materialized: table
WITH measured AS (
    SELECT
        g.hall_id, g.week_id, g.power_group, g.power_group_label, 'accepted' AS measure, g.accepted AS value,
        g.accepted_ytd AS value_ytd, NULL AS excess, NULL AS carried_over, 2 * g.sort_order - 1 AS sort_order
    FROM marts.group_balance AS g
    UNION ALL
    SELECT
        g.hall_id, g.week_id, g.power_group, g.power_group_label, 'completed', g.completed, g.completed_ytd,
        greatest(g.completed_ytd - g.accepted_ytd, 0), g.carried_over_ytd, 2 * g.sort_order
    FROM marts.group_balance AS g
)
SELECT
    v.week_id, -- 期 | week
    v.power_group, -- 组代号 | group
    v.measure, -- 项目：accepted 受理、completed 办结 | accepted or completed
    v.power_group_label, -- 组名称 | label of the group
    CASE v.measure WHEN 'accepted' THEN '受理' ELSE '办结' END AS measure_label, -- 项目名称 | label
    '件' AS unit, -- 单位 | unit
    CASE WHEN w.has_case_detail THEN v.value END AS value, -- 本期数，办件明细未报送为空 | value of the week, null without its case detail
    CASE WHEN w.has_case_detail_to_date THEN v.value_ytd END AS value_ytd, -- 今年累计，今年还未报送为空 | year to date, null before the first report of the year
    CAST(v.excess AS BIGINT) AS excess_over_accepted, -- 累计办结超出累计受理（件） | completed in excess of accepted
    CAST(v.carried_over AS BIGINT) AS carried_over, -- 累计办结中往年受理的（件） | completed that were accepted in earlier years
    CASE WHEN NOT w.has_case_detail THEN '未报送' WHEN v.excess > 0 THEN '办结超出受理' END AS flag, -- 提示 | flag
    CAST(v.sort_order AS BIGINT) AS sort_order, -- 排序 | order
    v.hall_id -- 大厅的区划代码 | hall, by its region code
FROM measured AS v
INNER JOIN core.week_in_use AS w ON w.hall_id = v.hall_id AND w.week_id = v.week_id
