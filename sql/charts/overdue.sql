-- 超期清单：期末超过承诺日仍在办的件数，按部门和事项；只有件数，没有办件编号
-- Overdue at the end of each week: open cases past the promised day by department and item, counts only
-- grain: hall_id, week_id, department_id, item_code
-- materialized: table
WITH standing AS (
    SELECT w.hall_id, w.week_id, w.coverage_end, f.department_id, f.item_code, f.due_on, sum(f.cases) AS cases
    FROM core.week_in_use AS w
    INNER JOIN core.overdue_flow AS f ON f.hall_id = w.hall_id AND f.event_week_id <= w.week_id
    GROUP BY ALL
    HAVING sum(f.cases) <> 0
),
named AS (
    SELECT i.hall_id, upper(i.item_code) AS item_key, i.item_name
    FROM core.item AS i
    QUALIFY row_number() OVER (
        PARTITION BY i.hall_id, upper(i.item_code) ORDER BY i.week_id DESC, i.item_code DESC
    ) = 1
)
SELECT
    s.week_id, -- 期 | week
    s.department_id, -- 部门代号 | department
    s.item_code, -- 实施编码 | item code
    coalesce(d.department_name, '部门不明') AS department_name, -- 部门名称 | name of the department
    coalesce(n.item_name, '目录中没有的事项') AS item_name, -- 事项名称，取自事项目录 | name of the item in the catalogue
    CAST(sum(s.cases) AS BIGINT) AS cases, -- 超期在办（件） | overdue open cases
    CAST(max(until.working_day_no - since.working_day_no) AS BIGINT) AS longest_working_days, -- 最长超期（工作日） | longest time past the promised day, working days
    s.hall_id -- 大厅的区划代码 | hall, by its region code
FROM standing AS s
INNER JOIN core.working_day AS until ON until.day = s.coverage_end
INNER JOIN core.working_day AS since ON since.day = s.due_on
LEFT JOIN core.department AS d ON d.hall_id = s.hall_id AND d.department_id = s.department_id
LEFT JOIN named AS n ON n.hall_id = s.hall_id AND n.item_key = upper(s.item_code)
GROUP BY s.hall_id, s.week_id, s.department_id, s.item_code, d.department_name, n.item_name
HAVING sum(s.cases) > 0
