-- 各区域各期的指标：大厅的数逐级加到县、市、省，旁边是报送的和应报送的大厅数；没有报送、与该厅发布不同的大厅不当作零
-- Metrics of regions by week: halls added up to counties, cities and the province, beside how many halls reported and
-- how many should have; one that did not, or differs from what it released, is no zero. Rates, ranks and medians do not add up and are not here
-- grain: region_level, region_id, week_id, metric
-- materialized: table
-- A hall counts for the regions of its code: 510104 for county 510104, city 510100 and province 510000. What belongs to
-- a city or the province itself has zeros there, 510000, and is in no county or city.
WITH placed AS (
    SELECT 'hall' AS region_level, hall_id AS region_id, hall_name AS region_name, hall_id, valid_from, valid_to
    FROM region.hall
    UNION ALL
    SELECT 'county', substr(hall_id, 1, 6), county_name, hall_id, valid_from, valid_to
    FROM region.hall
    WHERE substr(hall_id, 5, 2) <> '00'
    UNION ALL
    SELECT 'city', concat(substr(hall_id, 1, 4), '00'), city_name, hall_id, valid_from, valid_to
    FROM region.hall
    WHERE substr(hall_id, 3, 2) <> '00'
    UNION ALL
    SELECT 'province', concat(substr(hall_id, 1, 2), '0000'), province_name, hall_id, valid_from, valid_to
    FROM region.hall
),
expected AS (
    SELECT
        p.region_level, p.region_id, w.week_id, max(p.region_name) AS region_name, count(*) AS halls_expected
    FROM placed AS p
    INNER JOIN core.report_week AS w ON w.coverage_end BETWEEN p.valid_from AND p.valid_to
    WHERE w.week_id IN (SELECT week_id FROM marts.weekly_metric)
    GROUP BY p.region_level, p.region_id, w.week_id
),
added AS (
    SELECT
        p.region_level, p.region_id, v.week_id, v.metric, CAST(sum(v.value) AS BIGINT) AS value,
        CAST(sum(v.value_ytd) AS BIGINT) AS value_ytd, count(v.value) AS halls_reporting,
        count(v.value_ytd) AS halls_reporting_ytd
    FROM placed AS p
    -- What is not what its hall released is nobody's figure.
    INNER JOIN region.hall_week AS h ON h.hall_id = p.hall_id AND h.is_agreed
    INNER JOIN marts.weekly_metric AS v
        ON v.week_id = h.week_id AND v.hall_id = p.hall_id AND v.department_id = 'ALL' AND v.power_type = 'ALL' AND v.channel = 'ALL'
    INNER JOIN core.report_week AS w ON w.week_id = v.week_id AND w.coverage_end BETWEEN p.valid_from AND p.valid_to
    GROUP BY p.region_level, p.region_id, v.week_id, v.metric
),
metric_of_week AS (
    SELECT DISTINCT v.week_id, v.metric, m.label_zh, m.unit, m.basis
    FROM marts.weekly_metric AS v
    INNER JOIN core.metric AS m ON m.metric = v.metric AND m.basis <> 'rate'
)
SELECT
    e.region_level, -- 级别：hall 大厅、county 县、city 市、province 省 | hall, county, city or province
    e.region_id, -- 区划代码 | code of the region
    e.region_name, -- 名称，名单没有写的为空 | name, empty where the list of halls has none
    e.week_id, -- 期 | week
    m.metric, -- 指标代号 | metric
    m.label_zh, -- 指标名称 | label
    m.unit, -- 单位 | unit
    m.basis, -- 口径；distinct 在各厅内去重，各厅之间不去重，是各厅之和 | basis; distinct ones are distinct within a hall and added up over halls
    a.value, -- 本期数：报送的各厅之和，没有一个厅报送的为空 | sum over the halls that reported, null where none did
    a.value_ytd, -- 今年累计：同上 | year to date, likewise
    coalesce(a.halls_reporting, 0) AS halls_reporting, -- 本期数报送了的大厅数 | halls in the value
    coalesce(a.halls_reporting_ytd, 0) AS halls_reporting_ytd, -- 今年累计报送了的大厅数 | halls in the year to date
    e.halls_expected -- 应报送的大厅数 | halls that should have reported
FROM expected AS e
INNER JOIN metric_of_week AS m ON m.week_id = e.week_id
LEFT JOIN added AS a
    ON a.region_level = e.region_level AND a.region_id = e.region_id AND a.week_id = e.week_id AND a.metric = m.metric
