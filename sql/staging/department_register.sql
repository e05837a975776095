-- 进驻及授权台账：有效交付文件中的各行
-- Register of departments of the deliveries that count
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
    r.credit_code, -- 统一社会信用代码 | credit code
    r.stationed_on, -- 进驻日期 | day of moving in
    r.authorization_status, -- 授权状态：已授权或未授权 | authorised or not
    r.authorized_on, -- 授权日期 | day of authorisation
    r.remark -- 对接情况 | remark
FROM raw.department_register AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
