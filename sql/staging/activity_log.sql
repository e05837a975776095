-- 窗口动态：有效交付文件中的各行
-- Activities of the deliveries that count
-- grain: hall_id, delivery_id, sheet, row_no
-- materialized: view
SELECT
    d.hall_id, -- 大厅的区划代码 | hall, by its region code
    r.delivery_id, -- 交付文件编号 | delivery
    r.sheet, -- 表名 | sheet
    r.row_no, -- 文件中的行号 | row in the file
    d.week_id, -- 报送的期 | week reported
    d.as_of, -- 导出时间（北京时间） | exported, Beijing time
    r.seq, -- 序号 | sequence number
    r.occurred_on, -- 日期，可空 | day, may be null
    r.category, -- 类别 | category
    r.department, -- 报送单位，照原文 | reporting department as written
    r.content, -- 内容 | text
    r.is_adopted -- 是否采用，可空 | adopted or not, may be null
FROM raw.activity_log AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
