-- 问题多久有答复、多久办结：每个要人处理的问题一行
-- How long findings wait for an answer and until they are settled: a row for each that somebody has to settle
-- grain: week_id, finding_id
-- materialized: table
WITH event AS (
    SELECT
        finding_id, event_no, happened_at, to_status IN ('open', 'expired', 'sent_back', 'postponed') AS is_waiting
    FROM quality.finding_event
),
-- What a rule explains from the first day on waits for nobody.
appeared AS (
    SELECT
        finding_id, min(happened_at) AS appeared_at, max(event_no) AS last_event,
        max(CASE WHEN is_waiting THEN event_no END) AS last_waiting
    FROM event
    GROUP BY finding_id
    HAVING max(CASE WHEN is_waiting THEN event_no END) IS NOT NULL
),
-- A finding that came up again is settled when it was settled for the last time.
settled AS (
    SELECT a.finding_id, min(e.happened_at) AS settled_at
    FROM appeared AS a
    INNER JOIN event AS e ON e.finding_id = a.finding_id AND e.event_no > a.last_waiting
    GROUP BY a.finding_id
),
answered AS (
    SELECT finding_id, min(decided_at) AS answered_at
    FROM quality.decision
    WHERE kind <> 'withdraw'
    GROUP BY finding_id
)
SELECT
    f.first_seen AS week_id, -- 问题首次出现的期 | week in which the finding appeared
    f.finding_id, -- 问题编号 | finding
    coalesce(f.owner_department, f.owner) AS department, -- 责任单位；问题没有指明单位的，为谁处理 | department that answers, else whoever settles it
    f.severity, -- critical 停止发布、warning 随期发布 | critical or warning
    r.dimension, -- 质量维度（GB/T 36344） | dimension of quality, GB/T 36344
    CAST(a.appeared_at AS DATE) AS appeared_on, -- 出现的日子 | day on which it appeared
    CAST(n.answered_at AS DATE) AS answered_on, -- 第一次答复的日子，没有答复为空 | day of the first decision, null without one
    CAST(s.settled_at AS DATE) AS settled_on, -- 办结的日子，没有办结为空 | day on which it was settled, null while it is open
    s.settled_at IS NULL AS is_open, -- 是否仍未办结 | still open or not
    CAST(CASE WHEN n.answered_at IS NOT NULL THEN
        greatest(date_diff('day', CAST(a.appeared_at AS DATE), CAST(n.answered_at AS DATE)), 0)
    END AS BIGINT) AS days_to_answer, -- 出现到答复（天） | days to the first decision
    CAST(CASE WHEN s.settled_at IS NOT NULL THEN
        greatest(date_diff('day', CAST(a.appeared_at AS DATE), CAST(s.settled_at AS DATE)), 0)
    END AS BIGINT) AS days_to_settle -- 出现到办结（天） | days until it was settled
FROM quality.finding AS f
INNER JOIN appeared AS a ON a.finding_id = f.finding_id
LEFT JOIN answered AS n ON n.finding_id = f.finding_id
LEFT JOIN settled AS s ON s.finding_id = f.finding_id
LEFT JOIN quality.check_rule AS r ON r.table_name = f.table_name AND r.check_name = f.check_name
