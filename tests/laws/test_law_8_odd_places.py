"""Law 8: what names a person in places where nobody looks for it stays in the archive, whatever the form."""

from __future__ import annotations

import logging
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from pipeline.common.log import close_log, log_to_file
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.notice.events import run_events
from pipeline.notice.known import known_of, write_known
from pipeline.notice.message import message_of
from pipeline.present.sender.send_back import send_back
from pipeline.present.site import build_site
from pipeline.present.site.pages.quality import write_review_pages
from pipeline.present.steward.workbook import write_reviews
from pipeline.present.weekly import write_released_weeklies
from pipeline.privacy.masking import mask_line
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import Settings
from pipeline.warehouse.reference import load_reference
from tests.hall import Hall
from tests.laws.home_scan import texts_of_home
from tests.unit.ingest.inbox.deliveries import case, case_file

# Made up; the last digits of the identity numbers are their check digits.
SECRET_DIGITS = (
    "510105198703030024", "510105198712120115", "51010519870909008", "510105870412123", "510105198704121231",
    "13950000003", "13950000004", "13950000005", "13950000006", "13950000007", "13950000009", "13950000011",
    "13950000012", "13950000013", "13950000014", "13950000015", "02886661234", "6222021234567890123",
)  # fmt: skip
SECRET_WORDS = ("plantedmail77@example.org", "欧阳乙鸾", "欧阳丙鹭", "王甲鹭")
ACTIVITIES = (
    (1, "2023-04-17", "推进情况", "省药监局", "群众欧阳乙鸾（身份证510105198703030024）来电13950000003咨询"),
    (
        2,
        "2023-04-17",
        "推进情况",
        "省药监局",
        "电话+86-13950000004，139 5000 0005，139-5000-0006，１３９５００００００７",
    ),
    (3, "2023-04-17", "推进情况", "省药监局", "旧证510105870412123，错校验510105198704121231，座机028-86661234"),
    (4, "2023-04-17", "推进情况", "省药监局", "邮箱plantedmail77@example.org，卡号6222021234567890123"),
    (5, "2023-04-17", "推进情况", "510105198712120115", "部门栏里是证号"),
    (6, "13950000009", "电话13950000012", "省药监局", "日期栏里是手机号"),
    ("13950000013", "2023-04-17", None, "省药监局", "序号栏里是手机号"),
)
RUN_OF_DIGITS = re.compile(r"\d(?:[^\w\n]{0,3}\d){10,}")  # as long as a number of a person


def write_odd_exports(inbox: Path) -> None:
    """A workbook and a text with persons in cells, above the table, in the names of sheet and file."""
    inbox.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "动态13950000011"
    sheet.append(["省政务服务大厅窗口动态（2023年第15期）"])
    sheet.append(["填报单位：综合窗口    填报人：欧阳丙鹭  电话：13950000014"])
    sheet.append(["导出时间：2023-04-24 10:05:09"])
    sheet.append(["序号", "日期", "类别", "报送单位", "内容", "是否采用"])
    for row in ACTIVITIES:
        sheet.append([*row, "是"])
    book.save(inbox / "窗口动态_王甲鹭_139-5000-0015_第15期.xlsx")
    rows = [
        case("510000-20230417-000001", name="变更登记139 5000 0003"),
        case("510000-20230417-000002", department="13950000004"),
        case("13950000005", department="无此厅"),
        case("510000-20230417-000003", channel="窗口13950000006"),
        case("510000-20230417-000004", accepted="13950000007"),
    ]
    (inbox / "办件明细13950000009.csv").write_bytes(case_file(*rows).encode("gb18030"))
    (inbox / "王甲鹭13950000003.bin").write_bytes(b"\x00\x01nothing")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    hall = Hall(tmp_path_factory.mktemp("odd"))
    write_odd_exports(hall.settings.inbox)
    log_to_file(hall.settings.log_path, mask_line)
    try:
        with hall.open() as con:
            report = hall.load(con)
            for event in report.events:
                logging.getLogger("pipeline.tests").info("%s %s", event.file_name, event.message)
            assert sorted(event.outcome for event in report.events) == ["loaded", "loaded", "refused"]
    finally:
        close_log()
    yield hall


def secrets_in(text: str) -> list[str]:
    """The planted numbers and names in a text, however they are written there."""
    found = [word for word in SECRET_WORDS if word in text]
    if any(char.isdigit() for char in text):
        for run in RUN_OF_DIGITS.findall(unicodedata.normalize("NFKC", text)):
            digits = "".join(filter(str.isdecimal, run))
            found += [secret for secret in SECRET_DIGITS if secret in digits]
    return found


@pytest.mark.slow
def test_the_scan_finds_what_is_in_the_archive(hall: Hall) -> None:
    found = {secret for _, text in texts_of_home(hall.settings.archive, hall.settings.work)
             for secret in secrets_in(text)}  # fmt: skip
    assert {"13950000003", "510105198703030024", "plantedmail77@example.org"} <= found


def leaks(hall: Hall) -> set[tuple[str, str]]:
    texts = texts_of_home(hall.settings.home, hall.settings.archive)
    return {(where, secret) for where, text in texts for secret in secrets_in(text)}


@pytest.mark.slow
def test_nothing_planted_is_in_a_table_log_or_name_outside_the_archive(hall: Hall) -> None:
    assert {leak for leak in leaks(hall) if leak[0] != "warehouse.duckdb"} == set()


@pytest.mark.slow
def test_nothing_planted_is_in_the_bytes_of_the_warehouse(hall: Hall) -> None:
    assert leaks(hall) == set()


@pytest.fixture
def ordinary_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes_of(settings: Settings) -> set[int]:
    """What others may do with the warehouse and its log."""
    return {path.stat().st_mode & 0o077 for path in settings.home.glob("warehouse.duckdb*")}


def run_whole(hall: Hall) -> set[int]:
    """All that a week goes through, on the odd exports beside the others of their week.

    Returns what others could do with the warehouse after each file.
    """
    hall.write_sample(scale=0.001)
    settings = hall.settings
    for path in settings.inbox.iterdir():
        is_of_week = "2023-15" in path.name or "事项目录" in path.name
        if not is_of_week or path.name.startswith(("办件明细", "窗口动态")):
            path.unlink()
    write_odd_exports(settings.inbox)
    modes: set[int] = set()
    week = ["2023-15"]
    log_to_file(settings.log_path, mask_line)
    try:
        with hall.open() as con:
            load_reference(con, settings, hall.calendar)
            loader = make_loader(con, settings, hall.calendar, hall.contracts)
            load_inbox(loader, None, lambda _event: modes.update(modes_of(settings)))
            hall.build(con, week)
            hall.check(con, week)
            write_reviews(con, settings, week)
            write_review_pages(con, settings, week)
            assert send_back(con, settings, week, hall.contracts)
            freeze(con, settings, week)
            publish(con, settings)
            modes |= modes_of(settings)
            write_known(settings, known_of(con))
            for event in run_events(con, week):
                logging.getLogger("pipeline.tests").info("%s", message_of([event]).body)
        build_site(settings)
        write_released_weeklies(settings, week)
    finally:
        close_log()
    return modes


@pytest.mark.slow
@pytest.mark.usefixtures("ordinary_mask")
def test_nothing_planted_leaves_the_archive_in_a_whole_week_and_readers_may_read_what_is_published(
    tmp_path: Path,
) -> None:
    hall = Hall(tmp_path / "home")
    assert run_whole(hall) == {0}
    assert leaks(hall) == set()
    published = hall.settings.published
    files = [path for path in published.rglob("*") if path.is_file()]
    kinds = {path.suffix for path in files}
    assert {".duckdb", ".csv", ".html", ".docx", ".parquet", ".json"} <= kinds
    private = {str(path.relative_to(published)) for path in files if path.stat().st_mode & 0o044 != 0o044}
    assert private == set()
    closed = {str(path) for path in published.rglob("*") if path.is_dir() and path.stat().st_mode & 0o055 != 0o055}
    assert closed == set()
    review = {path.suffix for path in hall.settings.review.rglob("*") if path.is_file()}
    assert {".xlsx", ".csv"} <= review


@pytest.mark.slow
def test_what_only_the_hall_needs_is_for_its_owner_alone(hall: Hall) -> None:
    settings = hall.settings
    for path in (settings.warehouse_path, settings.archive, settings.review, settings.log_path):
        assert path.stat().st_mode & 0o077 == 0, path.name
