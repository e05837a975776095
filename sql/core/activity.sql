-- 窗口动态：每条一行
-- Activities of the windows: one row each
-- grain: hall_id, week_id, seq
-- materialized: table
SELECT
    s.hall_id, -- 大厅的区划代码 | hall, by its region code
    s.week_id, -- 报送的期 | week reported
    s.seq, -- 序号 | sequence number
    s.occurred_on, -- 日期，可空 | day, may be null
    s.category, -- 类别 | category
    s.department, -- 报送单位，照原文 | reporting department as written
    coalesce(a.department_id, 'UNKNOWN') AS department_id, -- 报送单位代号 | reporting department
    s.content, -- 内容 | text
    coalesce(s.is_adopted, true) AS is_adopted, -- 是否采用，未填为采用 | adopted; a blank counts as adopted
    s.delivery_id, -- 交付文件编号 | delivery
    s.sheet, -- 表名 | sheet
    s.row_no, -- 文件中的行号 | row in the file
    s.as_of -- 导出时间（北京时间） | exported, Beijing time
FROM staging.activity_log AS s
INNER JOIN core.report_week AS w ON w.week_id = s.week_id
LEFT JOIN core.department_alias AS a
    ON a.hall_id = s.hall_id AND a.alias = s.department
    AND coalesce(s.occurred_on, w.coverage_end) BETWEEN a.valid_from AND a.valid_to
QUALIFY row_number() OVER (
    PARTITION BY s.hall_id, s.week_id, s.seq ORDER BY s.as_of DESC, s.delivery_id DESC, s.sheet DESC, s.row_no DESC
) = 1
