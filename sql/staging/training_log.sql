-- 业务培训台账：有效交付文件中的各行
-- Training log of the deliveries that count
-- grain: hall_id, delivery_id, sheet, row_no
-- materialized: view
SELECT
    d.hall_id, -- 大厅的区划代码 | hall, by its region code
    r.delivery_id, -- 交付文件编号 | delivery
    r.sheet, -- 表名 | sheet
    r.row_no, -- 文件中的行号 | row in the file
    d.week_id, -- 报送的期 | week reported
    d.as_of, -- 导出时间（北京时间） | exported, Beijing time
    r.trained_on, -- 培训日期 | day of training
    coalesce(r.session_no_folded, r.session_no) AS session_no, -- 场次编号 | session
    r.department, -- 授课部门名称，照原文 | teaching department as written
    coalesce(r.main_item_folded, r.main_item) AS main_item, -- 培训主项 | main item taught
    r.trainee, -- 参训人员的摘要，无法还原 | digest of the trainee, irreversible
    r.trainee_kind -- 人员类别 | kind of trainee
FROM raw.training_log AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
