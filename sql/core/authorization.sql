-- 各期的部门进驻与授权状态，取不晚于该期的最近一次台账
-- Departments in the hall and their authorisation at each week, by the latest register up to it
-- grain: hall_id, week_id, department_id
-- materialized: table
WITH latest AS (
    SELECT w.hall_id, w.week_id, w.coverage_end, max(s.week_id) AS snapshot_week_id
    FROM core.week_in_use AS w
    INNER JOIN staging.department_register AS s ON s.hall_id = w.hall_id AND s.week_id <= w.week_id
    GROUP BY ALL
)
SELECT
    l.hall_id, -- 大厅的区划代码 | hall, by its region code
    l.week_id, -- 期 | week
    coalesce(a.department_id, 'UNKNOWN') AS department_id, -- 部门代号 | department
    coalesce(n.department_name, s.department) AS department_name, -- 部门名称 | name
    s.authorization_status, -- 授权状态，照原文 | authorised or not, as written
    coalesce(s.stationed_on <= l.coverage_end, FALSE) AS is_stationed, -- 是否已进驻 | in the hall
    coalesce(s.authorization_status = '已授权', FALSE) AS is_authorized, -- 是否已授权综窗 | authorised
    s.stationed_on, -- 进驻日期 | day of moving in
    s.authorized_on, -- 授权日期 | day of authorisation
    s.remark, -- 对接情况 | remark
    s.row_no AS register_order, -- 台账中的次序 | order in the register
    l.snapshot_week_id, -- 所用台账的期 | week of the register used
    s.delivery_id, -- 交付文件编号 | delivery
    s.sheet, -- 表名 | sheet
    s.row_no, -- 文件中的行号 | row in the file
    s.as_of -- 导出时间（北京时间） | exported, Beijing time
FROM latest AS l
INNER JOIN staging.department_register AS s ON s.hall_id = l.hall_id AND s.week_id = l.snapshot_week_id
LEFT JOIN core.department_alias AS a
    ON a.hall_id = l.hall_id AND a.alias = s.department AND l.coverage_end BETWEEN a.valid_from AND a.valid_to
LEFT JOIN core.department AS n ON n.hall_id = a.hall_id AND n.department_id = a.department_id
WHERE s.stationed_on IS NULL OR s.stationed_on <= l.coverage_end
QUALIFY row_number() OVER (
    PARTITION BY l.hall_id, l.week_id, coalesce(a.department_id, 'UNKNOWN')
    ORDER BY s.as_of DESC, s.delivery_id DESC, s.sheet DESC, s.row_no DESC
) = 1
