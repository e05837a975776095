-- 发布是否按时：首次发布的日子与应发布的日子
-- Whether issues came out on time: the day of the first release beside the day that it was due
-- grain: week_id
-- materialized: table
WITH released AS (
    SELECT
        week_id, CAST(arg_min(released_at, revision) AS DATE) AS released_on,
        CAST(max(released_at) AS DATE) AS last_released_on, count(*) AS releases
    FROM release.issue
    GROUP BY week_id
),
due AS (
    SELECT
        r.week_id, r.released_on, r.last_released_on, r.releases, w.period_end,
        -- The hall's published_after_days takes the place of the number.
        w.period_end + CAST(7 /* published_after_days */ AS INTEGER) AS due_on
    FROM released AS r
    INNER JOIN core.report_week AS w ON w.week_id = r.week_id
)
SELECT
    week_id, -- 期 | week
    period_end, -- 刊印的截止日 | last day printed
    due_on, -- 应发布的日子 | day on which it was due
    released_on, -- 首次发布的日子 | day of the first release
    CAST(date_diff('day', period_end, released_on) AS BIGINT) AS days_after_end, -- 截止后第几天发布（天） | days from the end to the release
    CAST(greatest(date_diff('day', due_on, released_on), 0) AS BIGINT) AS days_late, -- 迟了几天（天），按时为零 | days late, zero where in time
    released_on <= due_on AS is_on_time, -- 是否按时 | in time or not
    releases, -- 共发布几次（次），含修订 | releases, revisions included
    last_released_on -- 最近一次发布的日子 | day of the last release
FROM due
