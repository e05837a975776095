-- 未在承诺时限内办结的办件：每份导出中的各行，含仍在办的；是否逾期由读它的表按期判断
-- Cases not completed by their deadline, open ones included: rows of each export; which of them are late in a week, its
-- reader says
-- grain: hall_id, week_id, case_no
-- materialized: incremental
-- lookback: true
WITH late AS (
    SELECT s.delivery_id, s.sheet, s.row_no, s.item_code, CAST(s.due_at AS DATE) AS due_on
    FROM staging.case_detail AS s
    WHERE s.week_id IN (SELECT week_id FROM run.week) AND s.due_at >= s.accepted_at
        AND (s.completed_at IS NULL OR (s.completed_at > s.due_at AND s.completed_at <= s.as_of))
)
SELECT
    v.hall_id, -- 大厅的区划代码 | hall, by its region code
    v.week_id, -- 导出的期 | week of the export
    v.case_no, -- 办件编号 | case number
    v.department_id, -- 部门代号 | department
    v.power_type, -- 事项类型代码 | power type
    v.accepted_week_id, -- 受理的期 | week of acceptance
    v.closed_week_id, -- 结束的期，空为在办 | week of closing, null while open
    l.item_code, -- 实施编码 | item code
    l.due_on, -- 承诺办结日期 | promised day of completion
    l.delivery_id, -- 交付文件编号 | delivery
    l.sheet, -- 表名 | sheet
    l.row_no -- 文件中的行号 | row in the file
FROM late AS l
INNER JOIN core.case_version AS v ON v.delivery_id = l.delivery_id AND v.sheet = l.sheet AND v.row_no = l.row_no
WHERE v.week_id IN (SELECT week_id FROM run.week) AND NOT v.is_withdrawn
