"""Which finding belongs to which printed figure."""

from __future__ import annotations

import duckdb

from pipeline.present.weekly.marks import noted
from pipeline.present.weekly.notes import Finding, Notes, week_notes

ACCEPTED = ("charts.window_weekly", {"measure": "accepted"})
ISSUED = ("charts.window_weekly", {"measure": "issued"})


def test_a_finding_concerns_the_figures_whose_keys_it_does_not_contradict() -> None:
    finding = Finding("charts.window_weekly", ({"measure": "accepted", "week_id": "2023-15"},), "偏高。")
    assert finding.concerns(ACCEPTED)
    assert not finding.concerns(ISSUED)
    assert not finding.concerns(("charts.item_ytd", {"measure": "accepted"}))
    assert Finding("charts.window_weekly", (), "全表。").concerns(ISSUED)


def test_each_finding_is_noted_once_and_notes_are_numbered_in_the_order_of_print() -> None:
    high = Finding("charts.window_weekly", ({"measure": "issued"},), "偏高。")
    notes = Notes([high])
    assert notes.mark("319", ACCEPTED) == "319"
    assert notes.mark("4475", ISSUED) == noted("4475", 0)
    assert notes.mark("34446", ISSUED) == "34446"
    assert notes.texts == ["偏高。"]


QUALITY = """
CREATE SCHEMA quality;
CREATE TABLE quality.finding (finding_id VARCHAR, title VARCHAR, status VARCHAR, until DATE);
CREATE TABLE quality.finding_week (finding_id VARCHAR, week_id VARCHAR, table_name VARCHAR, check_name VARCHAR,
    keys VARCHAR, evidence VARCHAR, explanation VARCHAR);
INSERT INTO quality.finding VALUES
    ('f1', '办结不超过受理', 'explained', NULL), ('f2', '数量在常值之内', 'open', NULL),
    ('f3', '部门齐全', 'waived', '2023-05-31'), ('f4', '别的期次', 'open', NULL);
INSERT INTO quality.finding_week VALUES
    ('f2', '2023-15', 'charts.window_weekly', 'band', 'no json', NULL, NULL),
    ('f1', '2023-15', 'charts.item_ytd', 'cap', '[{"power_group": "other"}, 7]', '办结超出\n受理 60 件', '上年结转'),
    ('f3', '2023-15', 'charts.item_ytd', 'all', '{"a": 1}', '缺少一个部门。', NULL),
    ('f4', '2023-14', 'charts.item_ytd', 'cap', '[]', '上期', NULL);
"""


def test_the_notes_of_an_issue_are_its_findings_in_the_order_of_tables_and_checks():
    with duckdb.connect() as con:
        con.execute(QUALITY)
        notes = week_notes(con, "2023-15")
    assert [(one.table, one.keys, one.words) for one in notes.findings] == [
        ("charts.item_ytd", (), "缺少一个部门。（已接受至2023年5月31日）"),
        ("charts.item_ytd", ({"power_group": "other"},), "办结超出 受理 60 件。已解释：上年结转。"),
        ("charts.window_weekly", (), "数量在常值之内。（待处理）"),
    ]
    assert notes.texts == []


def test_the_last_decision_that_stands_gives_a_note_its_reason_and_its_day():
    with duckdb.connect() as con:
        con.execute(QUALITY)
        con.execute("""
            CREATE TABLE quality.decision (decision_id VARCHAR, finding_id VARCHAR, kind VARCHAR, reason VARCHAR,
                until DATE, decided_at TIMESTAMP);
            INSERT INTO quality.decision VALUES
                ('2', 'f2', 'accept', '展会期间集中', '2023-06-30', '2023-04-25 09:00:00'),
                ('1', 'f2', 'accept', '旧理由', NULL, '2023-04-24 09:00:00'),
                ('3', 'f1', 'accept', '收回的理由', NULL, '2023-04-24 09:00:00'),
                ('4', 'f1', 'withdraw', '收回', NULL, '2023-04-25 09:00:00'),
                ('5', NULL, 'accept', '无主', NULL, '2023-04-25 09:00:00')
        """)
        words = [one.words for one in week_notes(con, "2023-15").findings]
    assert words[1:] == [
        "办结超出 受理 60 件。已解释：上年结转。",
        "数量在常值之内。待处理至2023年6月30日：展会期间集中。",
    ]


def test_a_file_without_findings_has_no_notes():
    with duckdb.connect() as con:
        assert week_notes(con, "2023-15").findings == []
        con.execute("CREATE SCHEMA quality; CREATE TABLE quality.finding (finding_id VARCHAR)")
        assert week_notes(con, "2023-15").findings == []
