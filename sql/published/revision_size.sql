-- 修订的多少：每次发布与首次发布相比，多少数改了、平均改了多少
-- How much revisions move: each release beside the first, figures that moved and their mean absolute revision
-- grain: week_id, revision, metric, part
-- materialized: table
WITH number AS (
    SELECT week_id, revision, metric, keys, 'week' AS part, value AS number FROM release.figure WHERE value IS NOT NULL
    UNION ALL
    SELECT week_id, revision, metric, keys, 'ytd' AS part, value_ytd AS number
    FROM release.figure
    WHERE value_ytd IS NOT NULL
),
release_of AS (
    SELECT week_id, revision, min(revision) OVER (PARTITION BY week_id) AS first_revision
    FROM (SELECT DISTINCT week_id, revision FROM release.figure) AS r
),
pair AS (
    SELECT r.week_id, r.revision, n.metric, n.keys, n.part, n.number, CAST(NULL AS DECIMAL(38, 6)) AS first_number
    FROM release_of AS r
    INNER JOIN number AS n ON n.week_id = r.week_id AND n.revision = r.revision
    WHERE r.revision > r.first_revision
    UNION ALL
    SELECT r.week_id, r.revision, n.metric, n.keys, n.part, CAST(NULL AS DECIMAL(38, 6)) AS number, n.number AS first_number
    FROM release_of AS r
    INNER JOIN number AS n ON n.week_id = r.week_id AND n.revision = r.first_revision
    WHERE r.revision > r.first_revision
),
compared AS (
    SELECT week_id, revision, metric, keys, part, max(number) AS number, max(first_number) AS first_number
    FROM pair
    GROUP BY week_id, revision, metric, keys, part
),
-- Sums in millionths, as whole numbers: a quotient of decimals would be a double.
measured AS (
    SELECT
        week_id, revision, metric, part, count(*) AS figures,
        count(*) FILTER (WHERE number IS DISTINCT FROM first_number) AS figures_revised,
        count(number - first_number) AS figures_compared,
        CAST(sum(abs(number - first_number)) * 1000000 AS HUGEINT) AS moved,
        CAST(sum(abs(first_number)) FILTER (WHERE number IS NOT NULL) * 1000000 AS HUGEINT) AS printed_first
    FROM compared
    GROUP BY week_id, revision, metric, part
),
-- All figures of a release together: of different units, so that their sizes say nothing.
whole AS (
    SELECT
        week_id, revision, 'ALL' AS metric, 'ALL' AS part, sum(figures) AS figures, sum(figures_revised) AS figures_revised,
        CAST(NULL AS BIGINT) AS figures_compared, CAST(NULL AS HUGEINT) AS moved, CAST(NULL AS HUGEINT) AS printed_first
    FROM measured
    GROUP BY week_id, revision
    UNION ALL
    SELECT r.week_id, r.revision, 'ALL', 'ALL', count(*), 0, NULL, NULL, NULL
    FROM release_of AS r
    INNER JOIN number AS n ON n.week_id = r.week_id AND n.revision = r.revision
    WHERE r.revision = r.first_revision
    GROUP BY r.week_id, r.revision
),
every AS (
    SELECT * FROM measured
    UNION ALL
    SELECT * FROM whole
)
SELECT
    week_id, -- 期 | week
    CAST(revision AS BIGINT) AS revision, -- 第几次发布，与首次发布比较 | release that is compared with the first
    metric, -- 图表表名.列名，ALL 为全部 | chart table and column, ALL for all
    part, -- week 本期、ytd 累计、ALL 全部 | week, year to date, or all
    CAST(figures AS BIGINT) AS figures, -- 数字（个），修订率的分母 | figures: denominator
    CAST(figures_revised AS BIGINT) AS figures_revised, -- 其中与首次发布不同（个），含新增与去掉的 | of them other than first released, added and removed ones included
    CAST(
        CASE WHEN figures > 0 THEN CAST(
            (20000 * CAST(figures_revised AS BIGINT) + CAST(figures AS BIGINT)) // (2 * CAST(figures AS BIGINT)) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS revised_pct, -- 修订率（%），四舍五入 | share of figures revised, half up
    CAST(
        CASE WHEN figures_compared > 0 THEN CAST(
            (2 * moved + 10000 * figures_compared) // (20000 * figures_compared) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS mean_absolute_revision, -- 平均绝对修订：改动的绝对值之和 ÷ 两次都有的数字 | mean absolute revision, in the unit of the figure
    CAST(
        CASE WHEN printed_first > 0 THEN CAST(
            (20000 * moved + printed_first) // (2 * printed_first) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS relative_revision_pct -- 相对修订（%）：改动的绝对值之和 ÷ 首次发布的绝对值之和 | sum of absolute revisions over the sum first released
FROM every
