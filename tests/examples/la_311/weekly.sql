-- Events per reporting week, and since 1 January of the week's year.
-- grain: source, event, week_id
SELECT
    source,
    event,
    week_id,
    count(*) AS events,
    sum(count(*)) OVER (PARTITION BY source, event, left(week_id, 4) ORDER BY week_id) AS events_ytd
FROM event
JOIN calendar_day USING (day)
GROUP BY source, event, week_id
