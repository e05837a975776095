-- One row an event: a request is accepted when it is created, and completed when it is closed.
-- A request that was cancelled or referred elsewhere has a closing time too, but nobody completed it.
-- grain: source, request_no, event
SELECT source, request_no, 'accepted' AS event, CAST(created_at AS DATE) AS day
FROM request
UNION ALL
SELECT source, request_no, 'completed' AS event, CAST(closed_at AS DATE) AS day
FROM request
WHERE closed_at IS NOT NULL AND coalesce(status, 'Closed') = 'Closed'
