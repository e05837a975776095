-- 办件的各个版本：每期导出中一件一行，并带上它的上一版本；已被更晚的补报盖过的行不列
-- Versions of cases: one row per exported week and case, beside the version before it; a row that a later re-export
-- of an earlier week had already overtaken is left out
-- grain: hall_id, week_id, case_no
-- materialized: incremental
-- lookback: true
WITH repeated AS (
    SELECT hall_id, case_no FROM staging.case_detail WHERE week_id <= (SELECT max(week_id) FROM run.week)
        AND case_no IN (SELECT case_no FROM staging.case_detail WHERE week_id >= (SELECT min(week_id) FROM run.week))
    GROUP BY hall_id, case_no HAVING count(*) > 1
),
ranked AS (
    SELECT c.*, row_number() OVER (
        PARTITION BY c.hall_id, c.case_no, c.week_id
        ORDER BY c.as_of DESC, c.updated_at DESC NULLS LAST, c.delivery_id DESC, c.sheet DESC, c.row_no DESC
    ) AS place
    FROM core.case_coded AS c INNER JOIN repeated AS r ON r.hall_id = c.hall_id AND r.case_no = c.case_no
    WHERE c.week_id <= (SELECT max(week_id) FROM run.week)
),
dated AS (
    SELECT r.*, max(r.as_of) OVER earlier AS as_of_before FROM ranked AS r WHERE r.place = 1
    WINDOW earlier AS (PARTITION BY r.hall_id, r.case_no ORDER BY r.week_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
chained AS (
    SELECT
        d.hall_id, d.delivery_id, d.sheet, d.row_no, d.week_id, d.as_of, d.case_no, d.department_id,
        d.power_type, d.channel, d.case_kind, d.accepted_week_id, d.closed_week_id, d.is_completed, d.is_withdrawn,
        d.item_code, d.accepted_on, d.due_on, d.is_on_time,
        lag(d.week_id) OVER v AS prev_week_id, lag(d.department_id) OVER v AS prev_department_id,
        lag(d.power_type) OVER v AS prev_power_type, lag(d.channel) OVER v AS prev_channel,
        lag(d.case_kind) OVER v AS prev_case_kind, lag(d.accepted_week_id) OVER v AS prev_accepted_week_id,
        lag(d.closed_week_id) OVER v AS prev_closed_week_id, lag(d.is_completed) OVER v AS prev_is_completed,
        lag(d.is_withdrawn) OVER v AS prev_is_withdrawn, lag(d.item_code) OVER v AS prev_item_code,
        lag(d.accepted_on) OVER v AS prev_accepted_on, lag(d.due_on) OVER v AS prev_due_on,
        lag(d.is_on_time) OVER v AS prev_is_on_time
    FROM dated AS d WHERE d.as_of >= coalesce(d.as_of_before, d.as_of)
    WINDOW v AS (PARTITION BY d.hall_id, d.case_no ORDER BY d.week_id)
),
version AS (
    SELECT * FROM chained
    UNION ALL
    SELECT
        c.hall_id, c.delivery_id, c.sheet, c.row_no, c.week_id, c.as_of, c.case_no, c.department_id,
        c.power_type, c.channel, c.case_kind, c.accepted_week_id, c.closed_week_id, c.is_completed, c.is_withdrawn,
        c.item_code, c.accepted_on, c.due_on, c.is_on_time, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM core.case_coded AS c ANTI JOIN repeated AS r ON r.hall_id = c.hall_id AND r.case_no = c.case_no
)
SELECT
    v.hall_id, -- 大厅的区划代码 | hall, by its region code
    v.week_id, -- 导出的期 | week of the export
    v.case_no, -- 办件编号 | case number
    v.delivery_id, -- 交付文件编号 | delivery
    v.sheet, -- 表名 | sheet
    v.row_no, -- 文件中的行号 | row in the file
    v.as_of, -- 导出时间（北京时间） | exported, Beijing time
    v.department_id, -- 部门代号 | department
    v.power_type, -- 事项类型代码 | power type
    v.channel, -- 办理形式代码 | channel
    v.case_kind, -- 办件类型代码 | kind of case
    v.accepted_week_id, -- 受理的期 | week of acceptance
    v.closed_week_id, -- 结束的期，空为在办 | week of closing, null while open
    v.is_completed, -- 是否计为办结 | counts as completed
    v.is_withdrawn, -- 是否已删除 | withdrawn by the source
    v.item_code, -- 实施编码 | item code
    v.accepted_on, -- 受理日期 | day of acceptance
    v.due_on, -- 承诺件的承诺办结日期 | day promised
    v.is_on_time, -- 承诺件是否按时办结 | completed by the day promised
    v.prev_week_id, -- 上一版本导出的期，空为首次出现 | export of the version before, null when first seen
    v.prev_department_id, -- 上一版本的部门 | department before
    v.prev_power_type, -- 上一版本的事项类型 | power type before
    v.prev_channel, -- 上一版本的办理形式 | channel before
    v.prev_case_kind, -- 上一版本的办件类型 | kind of case before
    v.prev_accepted_week_id, -- 上一版本的受理期 | week of acceptance before
    v.prev_closed_week_id, -- 上一版本的结束期 | week of closing before
    v.prev_is_completed, -- 上一版本是否计为办结 | counted as completed before
    v.prev_is_withdrawn, -- 上一版本是否已删除 | withdrawn before
    v.prev_item_code, -- 上一版本的实施编码 | item code before
    v.prev_accepted_on, -- 上一版本的受理日期 | day of acceptance before
    v.prev_due_on, -- 上一版本的承诺办结日期 | day promised before
    v.prev_is_on_time -- 上一版本是否按时办结 | completed on time before
FROM version AS v
WHERE v.week_id IN (SELECT week_id FROM run.week)
