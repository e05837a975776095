-- 三组的办件平衡：上年结转 + 受理 = 结束 + 期末在办，累计与本期
-- Balance of the three groups: opening + accepted = closed + closing, year to date and week
-- grain: hall_id, week_id, power_group
-- materialized: table
SELECT
    g.week_id, -- 期 | week
    g.power_group, -- 组代号 | group
    g.power_group_label, -- 组名称 | label of the group
    g.opening, -- 上年结转（件） | open on 1 January
    g.opening_week, -- 本期之初在办（件） | open at the start of the week
    CASE WHEN w.has_case_detail THEN g.accepted END AS accepted, -- 本期受理（件），办件明细未报送为空 | accepted in the week
    g.accepted_ytd, -- 累计受理（件） | accepted, year to date
    CASE WHEN w.has_case_detail THEN g.completed END AS completed, -- 本期办结（件），办件明细未报送为空 | completed in the week
    g.completed_ytd, -- 累计办结（件） | completed, year to date
    CASE WHEN w.has_case_detail THEN g.closed END AS closed, -- 本期结束，含作废、删除（件），办件明细未报送为空 | closed with any result in the week
    g.closed_ytd, -- 累计结束，含作废、删除（件） | closed with any result, year to date
    g.closing, -- 期末在办（件） | open at the end of the week
    g.sort_order, -- 排序 | order
    g.hall_id -- 大厅的区划代码 | hall, by its region code
FROM marts.group_balance AS g
INNER JOIN core.week_in_use AS w ON w.hall_id = g.hall_id AND w.week_id = g.week_id
