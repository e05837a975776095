-- 事项目录：有效交付文件中的各行
-- Item catalogue of the deliveries that count
-- grain: hall_id, delivery_id, sheet, row_no
-- materialized: view
SELECT
    d.hall_id, -- 大厅的区划代码 | hall, by its region code
    r.delivery_id, -- 交付文件编号 | delivery
    r.sheet, -- 表名 | sheet
    r.row_no, -- 文件中的行号 | row in the file
    d.week_id, -- 报送的期 | week reported
    d.as_of, -- 导出时间（北京时间） | exported, Beijing time
    coalesce(r.item_code_folded, r.item_code) AS item_code, -- 实施编码 | item code
    r.item_name, -- 事项名称 | item name
    r.power_type, -- 事项类型名称 | power type, label
    r.department, -- 实施部门名称，照原文 | department as written
    r.case_kind, -- 办件类型名称 | kind of case, label
    r.legal_days, -- 法定时限（工作日） | legal limit, working days
    r.promised_days -- 承诺时限（工作日） | promised limit, working days
FROM raw.item_catalogue AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
