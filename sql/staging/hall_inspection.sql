-- 大厅巡查记录：有效交付文件中的各行
-- Inspections of the hall of the deliveries that count
-- grain: hall_id, delivery_id, sheet, row_no
-- materialized: view
SELECT
    d.hall_id, -- 大厅的区划代码 | hall, by its region code
    r.delivery_id, -- 交付文件编号 | delivery
    r.sheet, -- 表名 | sheet
    r.row_no, -- 文件中的行号 | row in the file
    d.week_id, -- 报送的期 | week reported
    d.as_of, -- 导出时间（北京时间） | exported, Beijing time
    r.inspected_on, -- 巡查日期 | day of inspection
    coalesce(r.inspection_item_folded, r.inspection_item) AS inspection_item, -- 巡查项目 | item inspected
    r.conclusion, -- 巡查结论 | conclusion
    r.issues, -- 发现问题数（个） | issues found
    r.note -- 情况说明 | note
FROM raw.hall_inspection AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
