-- 事项目录：每次快照中一个实施编码一行
-- Items: one row per snapshot and item code
-- grain: hall_id, week_id, item_code
-- materialized: table
SELECT
    s.hall_id, -- 大厅的区划代码 | hall, by its region code
    s.week_id, -- 快照的期 | week of the snapshot
    s.item_code, -- 实施编码 | item code
    s.item_name, -- 事项名称 | item name
    coalesce(p.power_type, 'UNKNOWN') AS power_type, -- 事项类型代码 | power type
    coalesce(a.department_id, 'UNKNOWN') AS department_id, -- 实施部门代号 | department
    coalesce(k.case_kind, 'UNKNOWN') AS case_kind, -- 办件类型代码 | kind of case
    s.legal_days, -- 法定时限（工作日） | legal limit, working days
    s.promised_days, -- 承诺时限（工作日） | promised limit, working days
    s.delivery_id, -- 交付文件编号 | delivery
    s.sheet, -- 表名 | sheet
    s.row_no, -- 文件中的行号 | row in the file
    s.as_of -- 导出时间（北京时间） | exported, Beijing time
FROM staging.item_catalogue AS s
INNER JOIN core.report_week AS w ON w.week_id = s.week_id
LEFT JOIN core.power_type AS p ON p.power_type_label = s.power_type
LEFT JOIN core.department_alias AS a
    ON a.hall_id = s.hall_id AND a.alias = s.department AND w.coverage_end BETWEEN a.valid_from AND a.valid_to
LEFT JOIN core.case_kind AS k ON k.case_kind_label = s.case_kind
QUALIFY row_number() OVER (
    PARTITION BY s.hall_id, s.week_id, s.item_code ORDER BY s.as_of DESC, s.delivery_id DESC, s.sheet, s.row_no
) = 1
