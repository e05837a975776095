-- 大厅巡查：每天每个项目一行
-- Inspections of the hall: one row per day and item
-- grain: hall_id, week_id, inspected_on, inspection_item
-- materialized: table
SELECT
    s.hall_id, -- 大厅的区划代码 | hall, by its region code
    s.week_id, -- 报送的期 | week reported
    s.inspected_on, -- 巡查日期 | day of inspection
    s.inspection_item, -- 巡查项目 | item inspected
    s.conclusion, -- 巡查结论 | conclusion
    s.issues, -- 发现问题数（个） | issues found
    s.note, -- 情况说明 | note
    s.delivery_id, -- 交付文件编号 | delivery
    s.sheet, -- 表名 | sheet
    s.row_no, -- 文件中的行号 | row in the file
    s.as_of -- 导出时间（北京时间） | exported, Beijing time
FROM staging.hall_inspection AS s
QUALIFY row_number() OVER (
    PARTITION BY s.hall_id, s.week_id, s.inspected_on, s.inspection_item
    ORDER BY s.as_of DESC, s.delivery_id DESC, s.sheet DESC, s.row_no DESC
) = 1
