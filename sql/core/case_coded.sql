-- 办件明细换成代码与期：名称换部门代号、标签换代码、日期换期
-- Case records in codes and weeks: names to departments, labels to codes, days to weeks
-- grain: hall_id, delivery_id, sheet, row_no
-- materialized: view
SELECT
    s.hall_id, -- 大厅的区划代码 | hall, by its region code
    s.delivery_id, -- 交付文件编号 | delivery
    s.sheet, -- 表名 | sheet
    s.row_no, -- 文件中的行号 | row in the file
    s.week_id, -- 导出的期 | week of the export
    s.as_of, -- 导出时间（北京时间） | exported, Beijing time
    s.updated_at, -- 更新时间（北京时间） | updated, Beijing time
    s.case_no, -- 办件编号 | case number
    s.item_code, -- 实施编码 | item code
    coalesce(a.department_id, 'UNKNOWN') AS department_id, -- 部门代号，按受理日的名称 | department, by its name on that day
    coalesce(p.power_type, 'UNKNOWN') AS power_type, -- 事项类型代码 | power type
    coalesce(c.channel, 'UNKNOWN') AS channel, -- 办理形式代码 | channel
    coalesce(k.case_kind, 'UNKNOWN') AS case_kind, -- 办件类型代码 | kind of case
    coalesce(accepted.week_id, 'UNKNOWN') AS accepted_week_id, -- 受理的期 | week of acceptance
    CASE WHEN s.completed_at IS NOT NULL THEN coalesce(closed.week_id, 'UNKNOWN') END AS closed_week_id, -- 结束的期，空为在办 | week of closing, null while open
    CAST(s.accepted_at AS DATE) AS accepted_on, -- 受理日期 | day of acceptance
    CASE WHEN k.case_kind = '2' THEN CAST(s.due_at AS DATE) END AS due_on, -- 承诺件的承诺办结日期，其余为空 | day promised, where the kind of case has a promised limit
    CASE WHEN k.case_kind = '2' AND coalesce(r.is_counted_completed, TRUE)
        THEN CAST(s.completed_at AS DATE) <= CAST(s.due_at AS DATE) END AS is_on_time, -- 承诺件是否按时办结，未办结或无期限为空 | completed by the day promised; null while open or without one
    s.completed_at IS NOT NULL AND coalesce(r.is_counted_completed, TRUE) AS is_completed, -- 是否计为办结 | counts as completed
    coalesce(s.change_mark = 'D', FALSE) AS is_withdrawn -- 是否已删除 | withdrawn by the source
FROM staging.case_detail AS s
LEFT JOIN core.department_alias AS a
    ON a.hall_id = s.hall_id AND a.alias = s.department AND CAST(s.accepted_at AS DATE) BETWEEN a.valid_from AND a.valid_to
LEFT JOIN core.power_type AS p ON p.power_type_label = s.power_type
LEFT JOIN core.channel AS c ON c.channel_label = s.channel
LEFT JOIN core.case_kind AS k ON k.case_kind_label = s.case_kind
LEFT JOIN core.case_result AS r ON r.result_label = s.result
LEFT JOIN core.calendar_day AS accepted ON accepted.day = CAST(s.accepted_at AS DATE)
LEFT JOIN core.calendar_day AS closed ON closed.day = CAST(s.completed_at AS DATE)
