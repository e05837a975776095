"""What the published file holds of each week, as a digest."""

from __future__ import annotations

import duckdb

from pipeline.present.site.digests import week_digests

TABLES = """
CREATE SCHEMA charts; CREATE SCHEMA docs;
CREATE TABLE charts.toy AS SELECT unnest(['2023-01', '2023-02']) AS week_id, unnest([1, 2]) AS n;
CREATE TABLE docs.source AS SELECT 'toy_log' AS source, '玩具' AS title;
"""


def test_a_change_of_a_week_is_seen_in_its_digest_alone_and_a_list_in_all():
    with duckdb.connect() as con:
        con.execute(TABLES)
        before = week_digests(con)
        con.execute("UPDATE charts.toy SET n = 3 WHERE week_id = '2023-02'")
        changed = week_digests(con)
        con.execute("UPDATE docs.source SET title = '玩具台账'")
        renamed = week_digests(con)
    assert before["2023-01"] == changed["2023-01"] and before["2023-02"] != changed["2023-02"]
    assert {week for week in renamed if renamed[week] != changed[week]} == {"2023-01", "2023-02"}


QUALITY = """
CREATE SCHEMA quality; CREATE SCHEMA marts;
CREATE TABLE quality.finding AS SELECT 'f' AS finding_id, 'open' AS status, 'warning' AS severity, '本周 9' AS title,
    '甲' AS owner, '核对' AS action, NULL AS until, NULL AS decision_id;
CREATE TABLE quality.finding_week AS
    SELECT 'f' AS finding_id, unnest(['2023-01', '2023-02']) AS week_id, unnest(['本周 7', '本周 9']) AS evidence;
CREATE TABLE marts.weekly_metric AS
    SELECT '2023-01' AS week_id, 'ALL' AS department_id, 'ALL' AS power_type, 'ALL' AS channel, 5 AS value;
"""


def digests_after(statement: str) -> tuple[dict[str, str], dict[str, str]]:
    with duckdb.connect() as con:
        con.execute(TABLES + QUALITY)
        before = week_digests(con)
        con.execute(statement)
        return before, week_digests(con)


def test_what_a_finding_says_of_a_later_week_and_rows_of_nothing_change_no_page_of_an_earlier_week():
    before, after = digests_after("UPDATE quality.finding SET title = '本周 12'")
    assert before == after
    before, after = digests_after("INSERT INTO marts.weekly_metric VALUES ('2023-01', 'new', '01', 'ALL', 0)")
    assert before == after


def test_what_pages_show_of_a_week_changes_its_digest():
    before, after = digests_after("UPDATE marts.weekly_metric SET value = 6")
    assert before["2023-01"] != after["2023-01"] and before["2023-02"] == after["2023-02"]
    before, after = digests_after("UPDATE quality.finding_week SET evidence = '【待核实】' WHERE week_id = '2023-01'")
    assert before["2023-01"] != after["2023-01"]
    before, after = digests_after("UPDATE quality.finding SET status = 'waived'")
    assert all(before[week] != after[week] for week in before)
