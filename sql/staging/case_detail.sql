-- 办件明细：有效交付文件中的各行，按约定定型
-- Case records of the deliveries that count, typed by contract
-- grain: hall_id, delivery_id, sheet, row_no
-- materialized: view
SELECT
    d.hall_id, -- 大厅的区划代码 | hall, by its region code
    r.delivery_id, -- 交付文件编号 | delivery
    r.sheet, -- 表名 | sheet
    r.row_no, -- 文件中的行号 | row in the file
    d.week_id, -- 报送的期 | week reported
    d.as_of, -- 导出时间（北京时间） | exported, Beijing time
    coalesce(r.case_no_folded, r.case_no) AS case_no, -- 办件编号 | case number
    r.item_code, -- 实施编码 | item code
    r.item_name, -- 事项名称 | item name
    r.power_type, -- 事项类型名称 | power type, label
    r.department, -- 受理部门名称，照原文 | department as written
    r.case_kind, -- 办件类型名称 | kind of case, label
    r.channel, -- 办理形式名称 | channel, label
    r.applicant_type, -- 申请人类型名称 | type of applicant, label
    r.applied_at, -- 申请时间（北京时间） | applied, Beijing time
    r.accepted_at, -- 受理时间（北京时间） | accepted, Beijing time
    r.due_at, -- 承诺办结时间（北京时间） | promised completion, Beijing time
    r.completed_at, -- 办结时间（北京时间），空为未办结 | closed, Beijing time; null while open
    r.result, -- 办结结果名称 | result, label
    r.satisfaction, -- 满意度名称 | satisfaction, label
    r.change_mark, -- 数据状态：I 新增、U 更新、D 删除 | I inserted, U updated, D deleted
    r.updated_at -- 更新时间（北京时间） | updated, Beijing time
FROM raw.case_detail AS r
INNER JOIN ledger.current_delivery AS d ON d.delivery_id = r.delivery_id
