-- 窗口动态：每期采用的各条
-- Activities adopted for each week
-- grain: hall_id, week_id, seq
-- materialized: table
SELECT
    a.week_id, -- 期 | week
    a.seq, -- 序号 | sequence number
    a.occurred_on, -- 日期，可空 | day, may be null
    a.category, -- 类别 | category
    a.department, -- 报送单位 | reporting department
    a.content, -- 内容 | text
    a.hall_id -- 大厅的区划代码 | hall, by its region code
FROM core.activity AS a
WHERE a.is_adopted
