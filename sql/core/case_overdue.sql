-- 各期期末过了承诺时限仍未办结的办件，及已超过的工作日数；只供检查
-- Cases open at the end of a week although their deadline has passed, with the working days since; read by checks alone
-- grain: hall_id, week_id, case_no
-- materialized: table
WITH standing AS (
    SELECT l.* FROM core.case_late AS l
    WHERE NOT EXISTS (
        SELECT 1 FROM core.case_version AS n
        WHERE n.prev_week_id IS NOT NULL AND n.prev_week_id = l.week_id AND n.hall_id = l.hall_id AND n.case_no = l.case_no
    )
),
ranked_day AS (
    SELECT day, sum(CASE WHEN is_working_day THEN 1 ELSE 0 END) OVER (ORDER BY day) AS working_days_so_far
    FROM core.calendar_day
)
SELECT
    s.hall_id, -- 大厅的区划代码 | hall, by its region code
    w.week_id, -- 期 | week
    s.case_no, -- 办件编号 | case number
    s.department_id, -- 部门代号 | department
    s.power_type, -- 事项类型代码 | power type
    s.item_code, -- 实施编码 | item code
    s.due_on, -- 承诺办结日期 | promised day of completion
    CAST(e.working_days_so_far - d.working_days_so_far AS BIGINT) AS working_days_late, -- 期末已超过的工作日数 | working days late at the end of the week
    s.delivery_id, -- 交付文件编号 | delivery
    s.sheet, -- 表名 | sheet
    s.row_no -- 文件中的行号 | row in the file
FROM standing AS s
INNER JOIN core.week_in_use AS w
    ON w.hall_id = s.hall_id AND s.accepted_week_id <= w.week_id AND coalesce(s.closed_week_id > w.week_id, TRUE)
    AND s.due_on < w.coverage_end
INNER JOIN ranked_day AS d ON d.day = s.due_on
INNER JOIN ranked_day AS e ON e.day = w.coverage_end
WHERE e.working_days_so_far > d.working_days_so_far
