-- 修订三角：改动过的数字，首次发布时是多少，以后每次发布是多少
-- Revision triangle: of figures that moved, what was released first and with each revision
-- grain: week_id, metric, keys, part, revision
-- materialized: table
WITH revised_week AS (
    SELECT week_id, min(revision) AS first_revision, count(*) AS releases
    FROM release.issue
    GROUP BY week_id
    HAVING count(*) > 1
),
number AS (
    SELECT
        f.week_id, f.metric, f.keys, 'week' AS part, f.revision, w.first_revision, w.releases, f.value AS number
    FROM release.figure AS f
    INNER JOIN revised_week AS w ON w.week_id = f.week_id
    WHERE f.value IS NOT NULL
    UNION ALL
    SELECT
        f.week_id, f.metric, f.keys, 'ytd' AS part, f.revision, w.first_revision, w.releases, f.value_ytd AS number
    FROM release.figure AS f
    INNER JOIN revised_week AS w ON w.week_id = f.week_id
    WHERE f.value_ytd IS NOT NULL
),
moved AS (
    SELECT week_id, metric, keys, part, max(CASE WHEN revision = first_revision THEN number END) AS first_number
    FROM number
    GROUP BY week_id, metric, keys, part
    -- What was added or taken away is not there in every release.
    HAVING count(DISTINCT number) > 1 OR count(*) < max(releases)
)
SELECT
    n.week_id, -- 期 | week
    n.metric, -- 图表表名.列名 | chart table and column
    n.keys, -- 行的键（JSON） | key of the row, as JSON
    n.part, -- week 本期、ytd 累计 | week or year to date
    CAST(n.revision AS BIGINT) AS revision, -- 第几次发布 | number of the release
    n.number AS value, -- 这次发布的数 | figure as released then
    m.first_number AS first_value, -- 首次发布的数，首次没有为空 | figure as first released, null where it was not there
    n.number - m.first_number AS difference -- 与首次发布之差 | difference from the first release
FROM number AS n
INNER JOIN moved AS m ON m.week_id = n.week_id AND m.metric = n.metric AND m.keys = n.keys AND m.part = n.part
