-- 办件平衡表：上年结转 + 受理 = 结束 + 期末在办，按部门和事项类型
-- Balance of cases: opening + accepted = closed + closing, per department and power type
-- grain: hall_id, week_id, department_id, power_type
-- materialized: table
SELECT
    p.hall_id, -- 大厅的区划代码 | hall, by its region code
    p.week_id, -- 期 | week
    p.department_id, -- 部门代号，ALL 为全部 | department, or ALL
    p.power_type, -- 事项类型代码，ALL 为全部 | power type, or ALL
    p.opening, -- 上年结转：1 月 1 日在办（件） | open on 1 January
    p.opening_week, -- 本期之初在办（件） | open at the start of the week
    p.accepted, -- 本期受理（件） | accepted in the week
    p.accepted_ytd, -- 累计受理（件） | accepted, year to date
    p.completed, -- 本期办结（件） | completed in the week, flow
    p.completed_ytd, -- 累计办结（件） | completed, year to date
    p.completed_cohort, -- 本期办结中当年受理的（件） | of them accepted this year
    p.completed_cohort_ytd, -- 累计办结中当年受理的（件） | cohort, year to date
    p.carried_over, -- 本期办结中往年受理的（件） | of them accepted in earlier years
    p.carried_over_ytd, -- 累计办结中往年受理的（件） | the same, year to date
    p.closed, -- 本期结束，含作废、删除（件） | closed with any result in the week
    p.closed_ytd, -- 累计结束（件） | closed, year to date
    p.closing -- 期末在办（件） | open at the end of the week
FROM marts.case_position AS p
WHERE p.channel = 'ALL'
