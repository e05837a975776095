"""Law 8: nothing personal that came with a file is found anywhere but in the archive."""

from __future__ import annotations

import csv
import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.notice.events import run_events
from pipeline.notice.message import message_of
from pipeline.present.sender.send_back import send_back
from pipeline.present.site import build_site
from pipeline.present.site.pages.quality import write_review_pages
from pipeline.present.steward.answers import write_answers
from pipeline.present.steward.layout import HEADER_ROW, NAMES
from pipeline.present.steward.workbook import write_review, write_reviews
from pipeline.privacy.case_numbers import CASE_NUMBER
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from tests.hall import WEEKS, Hall
from tests.ready_homes import ReadyHomes

PERSONAL = ("申请人姓名", "证件号码", "联系电话", "联系地址")


@pytest.fixture(scope="module")
def secrets(sample_hall: Hall) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {label: set() for label in PERSONAL}
    for path in sample_hall.settings.inbox.glob("*.csv"):
        lines = path.read_bytes().decode("gb18030").splitlines()[2:]
        for row in csv.DictReader(lines):
            for label in PERSONAL:
                found[label].add(row[label] or "")
    return {label: {value for value in values if len(value) > 3} for label, values in found.items()}


def texts_of(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    columns = con.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal "
        "AND (data_type LIKE '%VARCHAR%' OR data_type LIKE 'MAP%')"
    ).fetchall()
    for schema, table, column in columns:
        where = f"{schema}.{table}.{column}"
        for (value,) in con.execute(f'SELECT DISTINCT CAST("{column}" AS VARCHAR) FROM {schema}."{table}"').fetchall():
            if value:
                yield where, value


def test_no_table_holds_what_the_personal_columns_held(built_hall: Hall, secrets: dict[str, set[str]]) -> None:
    exact = set().union(*secrets.values())
    numbers = secrets["证件号码"] | secrets["联系电话"]
    assert len(exact) > 1000, "the sample must hold personal values for this test to be able to fail"
    seen = 0
    with built_hall.open() as con:
        for where, value in texts_of(con):
            seen += 1
            assert value not in exact, f"{where} holds a personal value"
            digits = "".join(char if char.isalnum() else " " for char in value).split()
            assert not numbers.intersection(digits), f"{where} holds a personal number"
    assert seen > 1000


def test_no_file_outside_the_archive_holds_a_personal_number(
    built_hall: Hall, secrets: dict[str, set[str]], tmp_path: Path
) -> None:
    some = [value.encode() for value in sorted(secrets["证件号码"])[:200] + sorted(secrets["联系电话"])[:200]]
    home = built_hall.settings.home
    files = [path for path in home.rglob("*") if path.is_file() and built_hall.settings.archive not in path.parents]
    assert any(path.name == "warehouse.duckdb" for path in files)
    for path in files:
        content = path.read_bytes()
        assert not any(value in content for value in some), f"{path.name} holds a personal number"
    assert not list(built_hall.settings.work.iterdir())


def test_a_person_is_counted_by_a_digest_that_needs_the_key(built_hall: Hall) -> None:
    with built_hall.open() as con:
        digests = con.execute("SELECT DISTINCT trainee FROM raw.training_log").fetchall()
    assert len(digests) > 5
    assert all(len(value) == 32 and set(value) <= set("0123456789abcdef") for (value,) in digests)


# How the sample's persons can be told from everything else; see pipeline/sample/identity.py.
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
PERSON = re.compile(rf"519900(19|20)\d{{9}}[\dX]|\b154\d{{8}}\b|样例市|四川样例\d|[{SURNAMES}]样.")


def persons_in(text: str) -> list[str]:
    return [found.group() for found in PERSON.finditer(text)]


@pytest.fixture(scope="module")
def desk_hall(ready_homes: ReadyHomes, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """A hall with every planted defect, its findings sent back and corrected by a steward, released and published."""
    hall = ready_homes.copy(tmp_path_factory.mktemp("desk"), "checked", defects="all")
    with hall.open() as con:
        for week in ("2023-04", "2023-10"):
            fill_in(write_review(con, hall.settings, week), hall.settings.inbox / f"处理单_{week}.xlsx")
        hall.load(con)
        answered = hall.decide(con)
        assert {one.outcome for taken in answered for one in taken.answers} >= {"applied"}
        for taken in answered:
            write_answers(con, hall.settings, taken)
        hall.build(con)
        hall.check(con)
        write_reviews(con, hall.settings, WEEKS)
        write_review_pages(con, hall.settings, WEEKS)
        assert send_back(con, hall.settings, WEEKS, hall.contracts)
        freeze(con, hall.settings, WEEKS)
        publish(con, hall.settings)
    build_site(hall.settings)
    return hall


def fill_in(path: Path, target: Path) -> None:
    """Send back every finding of a workbook."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        if sheet.cell(HEADER_ROW, 1).value != NAMES[0]:
            continue
        for row in range(HEADER_ROW + 1, sheet.max_row + 1):
            for name, value in (("处理意见", "退回"), ("理由", "请核对后重报"), ("处理人", "数据专员")):
                sheet.cell(row, NAMES.index(name) + 1).value = value
    book.save(target)


def texts_of_files(folder: Path) -> Iterator[tuple[str, str]]:
    """The text of every file that a person opens: pages, tables of text, and what stands inside a workbook."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".csv", ".json", ".txt", ".md"):
            yield path.name, path.read_text("utf-8-sig")
        elif path.suffix in (".xlsx", ".docx"):
            with zipfile.ZipFile(path) as parts:
                for name in parts.namelist():
                    if name.endswith(".xml"):
                        yield f"{path.name}/{name}", html.unescape(parts.read(name).decode("utf-8"))


def cases_delivered(hall: Hall) -> str:
    """A file of cases as it came: the archive names files by what is in them."""
    found = (path.read_bytes() for path in sorted(hall.settings.archive.rglob("*")) if path.is_file())
    texts = (content.decode("gb18030") for content in found if not content.startswith(b"PK"))
    return next(text for text in texts if PERSONAL[0] in text)


def test_the_markers_are_in_the_files_that_came(desk_hall: Hall) -> None:
    text = cases_delivered(desk_hall)
    assert any(one[1:2] == "样" for one in persons_in(text))
    assert any(one.startswith("519900") for one in persons_in(text))
    assert any(one.startswith("154") for one in persons_in(text))


def test_no_evidence_place_decision_or_word_of_the_desk_names_a_person(desk_hall: Hall) -> None:
    with desk_hall.open() as con:
        texts = [
            (where, text) for where, text in texts_of(con) if where.startswith(("quality.", "ledger.", "release."))
        ]
        assert any(where == "quality.finding.places" for where, _ in texts)
        assert [(where, text) for where, text in texts if persons_in(text)] == []


def test_no_workbook_answer_page_or_copy_of_the_steward_names_a_person(desk_hall: Hall) -> None:
    texts = list(texts_of_files(desk_hall.settings.review))
    kinds = {
        kind: [where for where, _ in texts if kind in where]
        for kind in ("findings.xlsx", "退回", "问题行.csv", ".html")
    }
    assert all(kinds.values()), kinds
    assert [(where, found) for where, text in texts if (found := persons_in(text))] == []


def test_nothing_published_names_a_person_or_a_case(desk_hall: Hall) -> None:
    published = desk_hall.settings.published
    pages = list(texts_of_files(published))
    with duckdb.connect(str(published / "metrics.duckdb"), read_only=True) as con:
        tables = list(texts_of(con))
    assert len(pages) > 20
    assert any(where == "quality.finding_week.evidence" for where, _ in tables)
    assert [(where, found) for where, text in [*pages, *tables] if (found := persons_in(text))] == []
    assert [where for where, text in [*pages, *tables] if re.search(CASE_NUMBER, text)] == []


def test_no_message_names_a_person_or_a_case(desk_hall: Hall) -> None:
    with desk_hall.open() as con:
        events = run_events(con, WEEKS)
    assert events
    texts = [message_of([event]).body for event in events]
    assert [text for text in texts if persons_in(text) or re.search(CASE_NUMBER, text)] == []
