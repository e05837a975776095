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
