-- 大厅巡查：每期每个项目的结论；有问题的取问题最多的一天，否则取最后一天
-- Inspections by week and item: the conclusion of the worst day, or of the last one where nothing was found
-- grain: hall_id, week_id, inspection_item
-- materialized: table
WITH ranked AS (
    SELECT
        i.hall_id, i.week_id, i.inspection_item, i.conclusion, i.note,
        sum(coalesce(i.issues, 0)) OVER (PARTITION BY i.hall_id, i.week_id, i.inspection_item) AS issues,
        min(i.row_no) OVER (PARTITION BY i.hall_id, i.week_id, i.inspection_item) AS first_row_no,
        row_number() OVER (
            PARTITION BY i.hall_id, i.week_id, i.inspection_item
            ORDER BY coalesce(i.issues, 0) DESC, i.inspected_on DESC, i.row_no DESC
        ) AS place
    FROM core.inspection AS i
)
SELECT
    r.week_id, -- 期 | week
    r.inspection_item, -- 巡查项目 | item inspected
    r.conclusion, -- 结论 | conclusion
    r.note, -- 情况说明 | note
    CAST(r.issues AS BIGINT) AS issues, -- 发现问题数（个） | issues found
    CAST(row_number() OVER (PARTITION BY r.hall_id, r.week_id ORDER BY r.first_row_no, r.inspection_item) AS BIGINT) AS sort_order, -- 排序，按记录次序 | order of the record
    r.hall_id -- 大厅的区划代码 | hall, by its region code
FROM ranked AS r
WHERE r.place = 1
