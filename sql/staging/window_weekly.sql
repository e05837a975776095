-- 综窗办件周报：有效交付文件中的各行
-- Counts of the general windows of the deliveries that count
-- grain: hall_id, delivery_id, sheet, row_no
-- materialized: view
SELECT
    d.hall_id, -- 大厅的区划代码 | hall, by its region code
    r.delivery_id, -- 交付文件编号 | delivery
    r.sheet, -- 表名 | sheet
    r.row_no, -- 文件中的行号 | row in the file
    d.week_id, -- 报送的期 | week reported
    d.as_of, -- 导出时间（北京时间） | exported, Beijing time
    r.report_date, -- 日期 | day
    coalesce(r.window_name_folded, r.window_name) AS window_name, -- 窗口名称 | window
    r.consulted, -- 咨询（人次） | consultations, persons
    r.accepted, -- 受理（件） | accepted, cases
    r.issued, -- 颁发（件） | issued, cases
    r.transferred -- 流转（件） | transferred, cases
FROM raw.window_weekly AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
