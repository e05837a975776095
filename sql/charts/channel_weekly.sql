-- 办理形式：各期从窗口、网上、移动端等受理与办结多少，占多少
-- Channels: cases accepted and completed at windows, on the net, on phones and so on, and their share
-- grain: hall_id, week_id, channel
-- materialized: table
WITH counted AS (
    SELECT
        p.hall_id, p.week_id, p.channel, CASE WHEN w.has_case_detail THEN p.accepted END AS accepted, p.accepted_ytd,
        CASE WHEN w.has_case_detail THEN p.completed END AS completed, p.completed_ytd,
        sum(CASE WHEN w.has_case_detail THEN p.accepted END) OVER (PARTITION BY p.hall_id, p.week_id) AS accepted_total,
        sum(p.accepted_ytd) OVER (PARTITION BY p.hall_id, p.week_id) AS accepted_total_ytd
    FROM marts.case_position AS p
    INNER JOIN core.week_in_use AS w ON w.hall_id = p.hall_id AND w.week_id = p.week_id
    WHERE p.channel <> 'ALL'
)
SELECT
    c.week_id, -- 期 | week
    c.channel, -- 办理形式代码 | channel
    coalesce(n.channel_label, '形式不明') AS channel_label, -- 办理形式名称 | label
    c.channel IN ('2', '3') AS is_online, -- 是否网办：电脑网上或移动端 | on the net or on a phone
    c.accepted, -- 本期受理（件），份额的分子，办件明细未报送为空 | accepted in the week: the share's numerator; null without its case detail
    c.accepted_ytd, -- 累计受理（件） | accepted, year to date
    c.completed, -- 本期办结（件） | completed in the week
    c.completed_ytd, -- 累计办结（件） | completed, year to date
    CAST(c.accepted_total AS BIGINT) AS accepted_total, -- 本期受理合计（件），份额的分母 | accepted through all channels: the denominator
    CAST(c.accepted_total_ytd AS BIGINT) AS accepted_total_ytd, -- 累计受理合计（件） | the same, year to date
    CAST(
        CASE WHEN c.accepted_total > 0 THEN CAST(
            (20000 * c.accepted + c.accepted_total) // (2 * c.accepted_total) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS share_pct, -- 占本期受理（%），四舍五入 | share of the week's cases, per cent, half up
    CAST(
        CASE WHEN c.accepted_total_ytd > 0 THEN CAST(
            (20000 * c.accepted_ytd + c.accepted_total_ytd) // (2 * c.accepted_total_ytd) AS DECIMAL(18, 2)
        ) * 0.01 END AS DECIMAL(18, 2)
    ) AS share_pct_ytd, -- 占累计受理（%），四舍五入 | share, year to date, per cent, half up
    CAST(dense_rank() OVER (PARTITION BY c.hall_id ORDER BY c.channel) AS BIGINT) AS sort_order, -- 排序，按代码 | order, by code
    c.hall_id -- 大厅的区划代码 | hall, by its region code
FROM counted AS c
LEFT JOIN core.channel AS n ON n.channel = c.channel
