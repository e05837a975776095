-- 综窗每天每窗口的办件数；同一天同一窗口报过多次的，以最晚导出的为准
-- Counts of each general window and day; where a day was reported again, the latest export counts
-- grain: hall_id, report_date, window_name
-- materialized: table
SELECT
    s.hall_id, -- 大厅的区划代码 | hall, by its region code
    s.report_date, -- 日期 | day
    s.window_name, -- 窗口名称 | window
    coalesce(d.week_id, 'UNKNOWN') AS week_id, -- 该日所属的期 | week that the day belongs to
    s.week_id AS delivered_week_id, -- 报送的期 | week that reported it
    s.consulted, -- 咨询（人次） | consultations, persons
    s.accepted, -- 受理（件） | accepted, cases
    s.issued, -- 颁发（件） | issued, cases
    s.transferred, -- 流转（件） | transferred, cases
    s.delivery_id, -- 交付文件编号 | delivery
    s.sheet, -- 表名 | sheet
    s.row_no, -- 文件中的行号 | row in the file
    s.as_of -- 导出时间（北京时间） | exported, Beijing time
FROM staging.window_weekly AS s
LEFT JOIN core.calendar_day AS d ON d.day = s.report_date
QUALIFY row_number() OVER (
    PARTITION BY s.hall_id, s.report_date, s.window_name
    ORDER BY s.as_of DESC, s.week_id DESC, s.delivery_id DESC, s.sheet DESC, s.row_no DESC
) = 1
