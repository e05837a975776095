-- 数据质量得分：按期、部门、维度，以行数加权
-- Scores of data quality by week, department and dimension, weighted by rows
-- grain: week_id, department_id, dimension
-- materialized: table
WITH dimension AS (
    SELECT DISTINCT unnest(['规范性', '完整性', '准确性', '一致性', '时效性', '可访问性']) AS dimension
),
counted AS (
    SELECT
        week_id, coalesce(department_id, 'ALL') AS department_id, coalesce(dimension, 'ALL') AS dimension,
        sum(rows_checked) AS rows_checked, sum(rows_held) AS rows_held
    FROM quality.checked_rows
    GROUP BY GROUPING SETS ((week_id, department_id, dimension), (week_id, department_id), (week_id, dimension), (week_id))
),
-- A dimension that nothing was checked of has no score, and says so.
whole AS (
    SELECT w.week_id, d.dimension
    FROM (SELECT DISTINCT week_id FROM quality.checked_rows) AS w CROSS JOIN dimension AS d
),
every AS (
    SELECT
        coalesce(c.week_id, w.week_id) AS week_id, coalesce(c.department_id, 'ALL') AS department_id,
        coalesce(c.dimension, w.dimension) AS dimension, CAST(coalesce(c.rows_checked, 0) AS BIGINT) AS rows_checked,
        CAST(coalesce(c.rows_held, 0) AS BIGINT) AS rows_held
    FROM counted AS c
    FULL JOIN whole AS w ON w.week_id = c.week_id AND w.dimension = c.dimension AND c.department_id = 'ALL'
)
SELECT
    e.week_id, -- 期 | week
    e.department_id, -- 部门代号，ALL 为全部（含不分部门的行） | department, ALL with the rows of none
    e.dimension, -- 维度（GB/T 36344），ALL 为各维度之行相加 | dimension, ALL is the rows of all dimensions together
    CASE WHEN e.department_id = 'ALL' THEN '全部部门' ELSE coalesce(d.department_name, e.department_id) END AS department_name, -- 部门名称 | department's name
    CASE WHEN e.dimension = 'ALL' THEN '全部维度' ELSE e.dimension END AS dimension_label, -- 维度名称 | label
    e.rows_checked, -- 检查的行（行），得分的分母 | rows checked: denominator
    e.rows_held, -- 其中有问题的行（行），每行只算一次 | of them held by a finding, each once
    CAST(
        CASE WHEN e.rows_checked > 0 THEN CAST(
            10000 * (e.rows_checked - e.rows_held) // e.rows_checked AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS score_pct, -- 得分（%）=（检查的行 − 有问题的行）÷ 检查的行，舍尾：有一行有问题就不到 100；没有查过为空 | share of rows that no finding holds, cut: 100 only without any
    CAST(CASE e.dimension
        WHEN 'ALL' THEN 0 WHEN '规范性' THEN 1 WHEN '完整性' THEN 2 WHEN '准确性' THEN 3 WHEN '一致性' THEN 4
        WHEN '时效性' THEN 5 ELSE 6
    END AS BIGINT) AS sort_order -- 排序 | order
FROM every AS e
LEFT JOIN core.department AS d ON d.department_id = e.department_id
-- Rows of no department are in ALL alone.
WHERE e.department_id <> 'UNKNOWN'
