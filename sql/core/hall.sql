-- 大厅：一个大厅一行；单独一个大厅时就是本厅，全省时是报送的各厅
-- Halls: a row each. A hall alone has its own, a province those that hand over
-- grain: hall_id
-- materialized: table
SELECT
    hall_id, -- 大厅的区划代码 | hall, by its region code
    hall_name, -- 名称 | name
    first_week_id -- 首期：从这一期起应有报送 | the first week that is expected of it
FROM raw.ref_hall
