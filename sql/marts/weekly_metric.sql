-- 各期指标：本期与今年累计，注明口径和依据的导出时间
-- Metrics by week: the week and the year to date, with basis and the export they rest on. A week without its case detail
-- has no count of cases: null, not zero
-- grain: hall_id, week_id, metric, department_id, power_type, channel
-- materialized: table
WITH measured AS (
    SELECT
        p.hall_id, p.week_id, m.metric, p.department_id, p.power_type, p.channel,
        CASE m.metric
            WHEN 'case_accepted' THEN p.accepted
            WHEN 'case_completed' THEN p.completed
            WHEN 'case_completed_cohort' THEN p.completed_cohort
            WHEN 'case_carried_over_completed' THEN p.carried_over
            WHEN 'case_closed' THEN p.closed
            WHEN 'case_opening' THEN p.opening_week
            WHEN 'case_closing' THEN p.closing
        END AS value,
        CASE m.metric
            WHEN 'case_accepted' THEN p.accepted_ytd
            WHEN 'case_completed' THEN p.completed_ytd
            WHEN 'case_completed_cohort' THEN p.completed_cohort_ytd
            WHEN 'case_carried_over_completed' THEN p.carried_over_ytd
            WHEN 'case_closed' THEN p.closed_ytd
            WHEN 'case_opening' THEN p.opening
            WHEN 'case_closing' THEN p.closing
        END AS value_ytd
    FROM marts.case_position AS p
    INNER JOIN core.metric AS m ON m.source = 'case_detail' AND NOT m.is_declared
    UNION ALL
    SELECT h.hall_id, h.week_id, h.metric, 'ALL', 'ALL', 'ALL', h.value, h.value_ytd
    FROM marts.hall_position AS h
    UNION ALL
    SELECT
        d.hall_id, d.week_id, d.metric, CASE WHEN d.split = 'department_id' THEN d.member ELSE 'ALL' END, 'ALL', 'ALL',
        CAST(floor(d.value) AS BIGINT), CAST(floor(d.value_ytd) AS BIGINT)
    FROM marts.measure_value AS d
    WHERE d.is_whole AND d.split IN ('ALL', 'department_id')
)
SELECT
    v.hall_id, -- 大厅的区划代码 | hall, by its region code
    v.week_id, -- 期 | week
    v.metric, -- 指标代号 | metric
    v.department_id, -- 部门代号，ALL 为不分 | department, or ALL
    v.power_type, -- 事项类型代码，ALL 为不分 | power type, or ALL
    v.channel, -- 办理形式代码，ALL 为不分 | channel, or ALL
    CASE WHEN w.has_case_detail OR v.value <> 0 OR m.source <> 'case_detail' OR m.is_declared OR m.basis = 'stock' THEN v.value END AS value, -- 本期数，未报送为空；期初在办为本期之初，时点指标为期末 | value of the week, null where not reported; stocks at its end, opening at its start
    CASE WHEN w.has_case_detail_to_date OR v.value_ytd <> 0 OR m.source <> 'case_detail' OR m.is_declared OR m.basis = 'stock' THEN v.value_ytd END AS value_ytd, -- 今年累计，今年还未报送为空；期初在办为 1 月 1 日，去重的指标没有 | year to date, null before the first report of the year; opening as on 1 January
    m.unit, -- 单位 | unit
    a.as_of, -- 依据的最晚导出时间（北京时间） | latest export it rests on, Beijing time
    m.basis -- 口径：flow 发生、cohort 同期受理、stock 时点、distinct 去重 | flow, cohort, stock or distinct
FROM measured AS v
INNER JOIN core.metric AS m ON m.metric = v.metric
INNER JOIN core.week_in_use AS w ON w.hall_id = v.hall_id AND w.week_id = v.week_id
LEFT JOIN core.source_as_of AS a ON a.hall_id = v.hall_id AND a.week_id = v.week_id AND a.source = m.source
