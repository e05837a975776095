"""Which figure a person's words mean; that its rows add up is law 4."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.present.trace import TraceError
from pipeline.present.trace.figure import choose

FILE = """
CREATE SCHEMA charts; CREATE SCHEMA docs;
CREATE TABLE charts.item (week_id VARCHAR, kind VARCHAR, measure VARCHAR, kind_label VARCHAR, measure_label VARCHAR,
    value BIGINT, value_ytd BIGINT, flag VARCHAR);
INSERT INTO charts.item VALUES
    ('2023-15', 'permit', 'accepted', '行政许可', '受理', 3, 30, NULL),
    ('2023-15', 'permit', 'completed', '行政许可', '办结', 2, 20, NULL),
    ('2023-15', 'other', 'completed', '其它9类行权事项', '办结', 5, 50, '超出'),
    ('2023-15', 'all', 'completed', '行政', '办结', 7, 70, NULL);
CREATE TABLE charts.office (week_id VARCHAR, office_id VARCHAR, office_name VARCHAR, accepted BIGINT,
    completed BIGINT, completed_ytd BIGINT, previous_completed BIGINT, note VARCHAR);
INSERT INTO charts.office VALUES
    ('2023-15', 'a', '公安厅', 3, 2, 20, 1, '好'), ('2023-15', 'b', '水利厅', 1, 1, 1, 0, '');
CREATE TABLE charts.once (week_id VARCHAR, sessions BIGINT);
INSERT INTO charts.once VALUES ('2023-15', 5);
CREATE TABLE charts.measure (week_id VARCHAR, metric VARCHAR, split VARCHAR, member VARCHAR, metric_label VARCHAR,
    split_label VARCHAR, member_label VARCHAR, value BIGINT);
INSERT INTO charts.measure
SELECT '2023-15', m.metric, s.split, s.member, m.label, s.split_label, s.member_label, 1
FROM (VALUES ('ones', '一件事办件'), ('one_time', '一件事时长')) AS m (metric, label),
    (VALUES ('ALL', 'ALL', '全部', '全部'), ('channel', '窗口', '渠道', '窗口'), ('channel', '网上', '渠道', '网上'))
    AS s (split, member, split_label, member_label);
CREATE TABLE docs."table" AS
SELECT 'charts' AS schema_name, unnest(['item', 'office', 'once', 'measure']) AS table_name;
CREATE TABLE docs."column" (schema_name VARCHAR, table_name VARCHAR, column_name VARCHAR, position INTEGER,
    data_type VARCHAR, label_zh VARCHAR, unit VARCHAR);
INSERT INTO docs."column" SELECT schema_name, table_name, column_name, column_index, data_type, column_name, NULL
FROM duckdb_columns() WHERE schema_name = 'charts';
UPDATE docs."column" SET label_zh = '本期办结（件）', unit = '件' WHERE column_name = 'completed';
UPDATE docs."column" SET label_zh = '累计办结（件），分子' WHERE column_name = 'completed_ytd';
UPDATE docs."column" SET label_zh = '部门代号' WHERE column_name = 'office_id';
CREATE TABLE docs."key" (schema_name VARCHAR, table_name VARCHAR, column_name VARCHAR, position INTEGER);
INSERT INTO docs."key" VALUES ('charts', 'item', 'week_id', 1), ('charts', 'item', 'kind', 2),
    ('charts', 'item', 'measure', 3), ('charts', 'office', 'week_id', 1), ('charts', 'office', 'office_id', 2),
    ('charts', 'once', 'week_id', 1), ('charts', 'measure', 'week_id', 1), ('charts', 'measure', 'metric', 2),
    ('charts', 'measure', 'split', 3), ('charts', 'measure', 'member', 4);
CREATE TABLE docs.figure_basis AS SELECT table_name, column_name FROM docs."column"
WHERE column_name IN ('value', 'value_ytd', 'flag', 'accepted', 'completed', 'completed_ytd', 'previous_completed',
    'note', 'sessions');
"""


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(FILE)
        yield connection


@pytest.mark.parametrize(
    ("table", "words", "keys", "columns"),
    [
        ("charts.item", ["其它9类", "办结"], {"kind": "other", "measure": "completed"}, ["value", "value_ytd"]),
        ("item", ["permit", "completed"], {"kind": "permit", "measure": "completed"}, ["value", "value_ytd"]),
        ("charts.item", ["行政", "办结"], {"kind": "all", "measure": "completed"}, ["value", "value_ytd"]),
        ("charts.item.value_ytd", ["9类"], {"kind": "other", "measure": "completed"}, ["value_ytd"]),
        ("charts.item", ["其它", "flag"], {"kind": "other", "measure": "completed"}, ["flag"]),
        ("charts.office", ["公安厅"], {"office_id": "a"}, ["accepted", "completed", "completed_ytd"]),
        ("charts.office", ["公安", "累计办结"], {"office_id": "a"}, ["completed_ytd"]),
        ("charts.office", ["b", "办结"], {"office_id": "b"}, ["completed", "completed_ytd"]),
        ("once", [], {}, ["sessions"]),
    ],
)
def test_labels_parts_of_labels_and_codes_name_a_row_and_its_columns(
    con: duckdb.DuckDBPyConnection, table: str, words: list[str], keys: dict[str, str], columns: list[str]
):
    chosen = choose(con, table, "2023-15", words)
    assert (chosen.keys, [one.name for one in chosen.columns]) == (keys, columns)


@pytest.mark.parametrize(
    ("words", "split", "member"),
    [(["一件事办件"], "ALL", "ALL"), (["ones"], "ALL", "ALL"), (["一件事办件", "网上"], "channel", "网上")],
)
def test_of_a_measure_and_its_parts_the_whole_is_meant_unless_a_part_is_said(
    con: duckdb.DuckDBPyConnection, words: list[str], split: str, member: str
):
    assert choose(con, "charts.measure", "2023-15", words).keys == {"metric": "ones", "split": split, "member": member}


@pytest.mark.parametrize("words", [["一件事"], ["一件事办件", "渠道"]], ids=["two measures", "two members"])
def test_where_no_whole_is_among_the_rows_another_word_is_asked_for(con: duckdb.DuckDBPyConnection, words: list[str]):
    with pytest.raises(TraceError, match="请再加一个词"):
        choose(con, "charts.measure", "2023-15", words)


def test_a_figure_is_called_as_people_call_it(con: duckdb.DuckDBPyConnection):
    chosen = choose(con, "charts.office", "2023-15", ["公安", "累计"])
    assert chosen.words == {"部门": "公安厅"}
    assert [one.label for one in chosen.columns] == ["累计办结"]


@pytest.mark.parametrize(
    ("table", "week", "words", "says"),
    [
        ("charts.nothing", "2023-15", [], "没有图表 charts.nothing；有的图表：charts.item"),
        ("charts.item", "2024-15", [], "没有 2024-15 期；有的期：2023-15 至 2023-15"),
        (
            "charts.item",
            "2023-15",
            ["没有的"],
            "找不到“没有的”；可选的有：行政 办结；其它9类行权事项 办结；行政许可 受理",
        ),
        ("charts.item", "2023-15", ["行政许可"], "请再加一个词：行政许可 受理；行政许可 办结"),
        ("charts.item.value.more", "2023-15", [], "没有图表"),
    ],
)
def test_what_cannot_be_found_says_what_there_is(
    con: duckdb.DuckDBPyConnection, table: str, week: str, words: list[str], says: str
):
    with pytest.raises(TraceError, match=says):
        choose(con, table, week, words)
