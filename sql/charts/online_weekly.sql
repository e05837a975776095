-- 网办率：从电脑网上和移动端受理的占全部受理
-- Share of cases accepted on the net or on a phone
-- grain: hall_id, week_id
-- materialized: table
WITH counted AS (
    SELECT
        c.hall_id, c.week_id, sum(c.accepted) AS accepted, sum(c.accepted_ytd) AS accepted_ytd,
        sum(CASE WHEN c.is_online THEN c.accepted ELSE 0 * c.accepted END) AS online_accepted,
        coalesce(sum(c.accepted_ytd) FILTER (WHERE c.is_online), 0) AS online_accepted_ytd
    FROM charts.channel_weekly AS c
    GROUP BY c.hall_id, c.week_id
)
SELECT
    c.week_id, -- 期 | week
    CAST(c.online_accepted AS BIGINT) AS online_accepted, -- 本期网办受理（件），分子 | accepted on the net: numerator
    CAST(c.online_accepted_ytd AS BIGINT) AS online_accepted_ytd, -- 累计网办受理（件） | the same, year to date
    CAST(c.accepted AS BIGINT) AS accepted, -- 本期受理（件），分母 | accepted: denominator
    CAST(c.accepted_ytd AS BIGINT) AS accepted_ytd, -- 累计受理（件） | the same, year to date
    CAST(
        CASE WHEN c.accepted > 0 THEN CAST(
            (20000 * c.online_accepted + c.accepted) // (2 * c.accepted) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS online_rate, -- 本期网办率（%），四舍五入 | per cent, half up
    CAST(
        CASE WHEN c.accepted_ytd > 0 THEN CAST(
            (20000 * c.online_accepted_ytd + c.accepted_ytd) // (2 * c.accepted_ytd) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS online_rate_ytd, -- 累计网办率（%），四舍五入 | per cent, year to date, half up
    c.hall_id -- 大厅的区划代码 | hall, by its region code
FROM counted AS c
