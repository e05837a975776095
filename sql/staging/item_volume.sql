-- 事项受理办结统计：有效交付文件中的各行
-- Reported volumes of the deliveries that count
-- grain: hall_id, delivery_id, sheet, row_no
-- materialized: view
SELECT
    d.hall_id, -- 大厅的区划代码 | hall, by its region code
    r.delivery_id, -- 交付文件编号 | delivery
    r.sheet, -- 表名 | sheet
    r.row_no, -- 文件中的行号 | row in the file
    d.week_id, -- 报送的期 | week reported
    d.as_of, -- 导出时间（北京时间） | exported, Beijing time
    r.department, -- 部门名称，照原文 | department as written
    r.power_type, -- 事项类型名称，无业务的部门写“无业务” | power type, label; a word of its own where a department had no cases
    r.accepted_week, -- 本周受理（件） | accepted in the week, cases
    r.accepted_ytd, -- 累计受理（件） | accepted in the year to date, cases
    r.completed_week, -- 本周办结（件） | completed in the week, cases
    r.completed_ytd, -- 累计办结（件） | completed in the year to date, cases
    r.completion_rate_pct, -- 印出的办结率（%） | completion rate as printed, per cent
    r.accepted_share_pct -- 印出的占受理总数比重（%） | share of all accepted as printed, per cent
FROM raw.item_volume AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
