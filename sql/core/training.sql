-- 各期的业务培训，取不晚于该期的最近一次台账中落在该期的场次
-- Training of each week: the sessions of the latest log up to it that lie in its days
-- grain: hall_id, week_id, session_no, main_item, trainee
-- materialized: table
WITH latest AS (
    SELECT w.hall_id, w.week_id, w.coverage_start, w.coverage_end, max(s.week_id) AS snapshot_week_id
    FROM core.week_in_use AS w
    INNER JOIN ledger.current_delivery AS s
        ON s.hall_id = w.hall_id AND s.source = 'training_log' AND s.week_id <= w.week_id
    GROUP BY ALL
)
SELECT
    l.hall_id, -- 大厅的区划代码 | hall, by its region code
    l.week_id, -- 期 | week
    s.session_no, -- 场次编号 | session
    s.main_item, -- 培训主项 | main item taught
    s.trainee, -- 参训人员的摘要 | digest of the trainee
    s.trained_on, -- 培训日期 | day of training
    coalesce(a.department_id, 'UNKNOWN') AS department_id, -- 授课部门代号 | teaching department
    coalesce(n.department_name, s.department) AS department_name, -- 授课部门名称 | name of the department
    s.trainee_kind, -- 人员类别 | kind of trainee
    l.snapshot_week_id, -- 所用台账的期 | week of the log used
    s.delivery_id, -- 交付文件编号 | delivery
    s.sheet, -- 表名 | sheet
    s.row_no, -- 文件中的行号 | row in the file
    s.as_of -- 导出时间（北京时间） | exported, Beijing time
FROM latest AS l
INNER JOIN staging.training_log AS s
    ON s.hall_id = l.hall_id AND s.week_id = l.snapshot_week_id
    AND s.trained_on BETWEEN l.coverage_start AND l.coverage_end
LEFT JOIN core.department_alias AS a
    ON a.hall_id = s.hall_id AND a.alias = s.department AND s.trained_on BETWEEN a.valid_from AND a.valid_to
LEFT JOIN core.department AS n ON n.hall_id = a.hall_id AND n.department_id = a.department_id
QUALIFY row_number() OVER (
    PARTITION BY l.hall_id, l.week_id, s.session_no, s.main_item, s.trainee
    ORDER BY s.as_of DESC, s.delivery_id DESC, s.sheet DESC, s.row_no DESC
) = 1
