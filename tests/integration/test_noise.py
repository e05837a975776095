"""Noise is measured: a clean sample shows what the published figures carry, each defect its finding and no more."""

from __future__ import annotations

import codecs
import shutil
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import openpyxl
import pytest

from pipeline.quality.contract_checks.suites import hall_suites
from pipeline.sample.defects import DEFECTS
from pipeline.sample.writer import DEFAULT_SEED
from pipeline.settings import load_settings
from tests.hall import SCALE, WEEKS, Hall, copied
from tests.noise import CARRIED, differences, expected_of, findings_at, findings_in, findings_of, latin
from tests.ready_homes import ReadyHomes

# The weeks of a clean sample are like one another but for what the published figures themselves carry.
CLEAN = ("charts.item_ytd/completed_within_accepted 2023-01", "marts.volume_band/volume_in_band 2023-15")


def test_a_clean_sample_shows_only_what_the_published_figures_carry(ready_homes: ReadyHomes, tmp_path: Path) -> None:
    found = findings_at(ready_homes.copy(tmp_path, "checked", defects="none"))
    assert [f"{one.table}/{one.check} {one.week_id}" for one in found] == list(CLEAN)


def test_all_defects_together_are_found_each_once_and_nothing_else(ready_homes: ReadyHomes, tmp_path: Path) -> None:
    found = findings_at(ready_homes.copy(tmp_path, "checked", defects="all"))
    assert differences(found, expected_of(DEFECTS)) == ([], [])
    assert {(one.table, one.check) for one in found} >= CARRIED
    assert [one.evidence for one in found if latin(one.evidence)] == []


# Nine halls, each defect in four of them, and no two defects in the same four (there are 126 ways to choose): for any
# two there is a hall that has the one without the other. A hall for each defect would take an hour.
HALLS = 9
# Each hall has a sample of its own: what a defect causes is the same whatever the seed and the scale draw around it.
SAMPLES = ((DEFAULT_SEED, SCALE), (7, SCALE), (20231231, 0.004), (99, 0.01))
HALLS_OF_DEFECTS = dict(zip(DEFECTS, combinations(range(HALLS), 4), strict=False))


@pytest.mark.slow
@pytest.mark.parametrize("hall", range(HALLS))
def test_a_defect_causes_what_it_says_without_the_help_of_any_other(hall: int, tmp_path: Path) -> None:
    planted = [defect for defect, halls in HALLS_OF_DEFECTS.items() if hall in halls]
    seed, scale = SAMPLES[hall % len(SAMPLES)]
    found = findings_of(tmp_path, [defect.defect_id for defect in planted], scale, seed)
    assert differences(found, expected_of(planted)) == ([], [])


def test_every_defect_has_halls_of_its_own() -> None:
    assert set(HALLS_OF_DEFECTS) == set(DEFECTS)


def without(*names: str) -> Callable[[Path], None]:
    def leave_out(inbox: Path) -> None:
        for path in [path for name in names for path in inbox.glob(name)]:
            path.unlink()

    return leave_out


def one_cell_wrong(inbox: Path) -> None:
    """A count that was changed after the subtotals, the total and the year to date had been written."""
    path = inbox / "综窗办件周报_2023-12.xlsx"
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["C6"].value = int(book.worksheets[0]["C6"].value) + 100
    book.save(path)


def text_of(path: Path) -> tuple[str, str]:
    """The text of a sample's CSV, and its encoding."""
    content = path.read_bytes()
    encoding = "utf-8-sig" if content.startswith(codecs.BOM_UTF8) else "gb18030"
    return content.decode(encoding), encoding


def one_department_misspelt(inbox: Path) -> None:
    """公安厅 is written 公按厅 in all exports of a week: cases, reported volumes and the register."""
    path = inbox / "办件明细_2023-10.csv"
    text, encoding = text_of(path)
    path.write_bytes(text.replace("公安厅", "公按厅").encode(encoding))
    for path in inbox.glob("[!~]*_2023-10.xlsx"):
        book = openpyxl.load_workbook(path)
        for cell in [cell for sheet in book for row in sheet.iter_rows() for cell in row]:
            if cell.value == "公安厅":
                cell.value = "公按厅"
        book.save(path)


def one_case_reversed(inbox: Path) -> None:
    """The first case of a file that was completed in its week is said to be completed a month before."""
    path = inbox / "办件明细_2023-05.csv"
    text, encoding = text_of(path)
    lines = text.split("\n")
    header = next(line for line in lines if "办结时间" in line).split(",")
    completed, accepted = header.index("办结时间"), header.index("受理时间")
    at, cells = next(
        (at, cells)
        for at, cells in enumerate(line.split(",") for line in lines)
        if len(cells) == len(header)
        and cells[completed].startswith("2023-02")
        and cells[accepted].startswith("2023-02")
    )
    lines[at] = ",".join([*cells[:completed], "2023-01-10 09:00:00", *cells[completed + 1 :]])
    path.write_bytes("\n".join(lines).encode(encoding))


# One cause, however much follows from it: what happens, the weeks of the run, and how its only findings began.
Cause = tuple[Callable[[Path], None], Sequence[str], Sequence[str]]
CAUSES: dict[str, Cause] = {
    "one cell": (one_cell_wrong, WEEKS, ["「小计」的咨询印为"]),
    "one case": (one_case_reversed, WEEKS, ["办件 510000-2023"]),
    "one name": (one_department_misspelt, WEEKS[:12], ["在 2023-10 期受理", "台账_2023-10"]),
    "an earlier week of the windows": (without("综窗办件周报_2023-05.xlsx"), WEEKS, ["缺少 2023-05 的综窗办件周报"]),
    "a week of the cases": (without("办件明细_2023-12.csv"), WEEKS, ["缺少 2023-12 的办件明细"]),
}  # fmt: skip
# All files that these causes change or leave out, and no others.
TOUCHED = ("综窗*_2023-05.*", "综窗*_2023-12.*", "办件明细_2023-05.*", "办件明细_2023-12.*", "*_2023-10.*")
CAUSES_OF_THE_BEGINNING: dict[str, Cause] = {
    "the first week of the windows": (without("综窗*_2023-01.xlsx"), WEEKS[:1], ["缺少 2023-01 的综窗办件周报"]),
    "the windows of the whole year": (without("综窗*.xlsx"), WEEKS[:6], ["缺少 2023-01 的综窗办件周报"]),
    "a late start": (
        without("[!事]*_2023-0?*", "事项受*_2023-0?*"),
        WEEKS[9:],
        [f"缺少 2023-01 至 2023-09（共 9 期）的{label}" for label in ("事项受理办结统计", "办件明细", "综窗办件周报")],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def clean(ready_homes: ReadyHomes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inbox of a clean sample."""
    return ready_homes.copy(tmp_path_factory.mktemp("clean"), "written", defects="none").settings.inbox


@pytest.fixture(scope="module")
def untouched(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has loaded the files that no cause touches; in which order files come makes no difference (law 7)."""
    hall = Hall(tmp_path_factory.mktemp("untouched"))
    shutil.copytree(clean, hall.settings.inbox)
    without(*TOUCHED)(hall.settings.inbox)
    with hall.open() as con:
        hall.load(con)
    return hall.settings.home


def assert_told_once(cause: Cause, hall: Hall) -> None:
    """Changes the files in the inbox, loads and checks: each sentence is told, and none besides."""
    change, weeks, words = cause
    change(hall.settings.inbox)
    found = [one for one in findings_in(hall, weeks) if (one.table, one.check) not in CARRIED]
    assert len(found) == len(words), [one.evidence for one in found]
    assert all(word in one.evidence for one, word in zip(found, words, strict=True)), found


@pytest.mark.parametrize("cause", CAUSES)
def test_what_follows_from_one_cause_is_not_told_again(
    cause: str, clean: Path, untouched: Path, tmp_path: Path
) -> None:
    hall = Hall(copied(untouched, tmp_path / "home"))
    hall.settings.inbox.mkdir(exist_ok=True)
    for path in [path for pattern in TOUCHED for path in clean.glob(pattern)]:
        shutil.copy(path, hall.settings.inbox)
    assert_told_once(CAUSES[cause], hall)


@pytest.mark.parametrize("cause", CAUSES_OF_THE_BEGINNING)
def test_nor_is_what_follows_from_files_that_are_missing_at_the_beginning(
    cause: str, clean: Path, tmp_path: Path
) -> None:
    hall = Hall(tmp_path)
    _, weeks, _ = CAUSES_OF_THE_BEGINNING[cause]
    hall.settings.inbox.mkdir(parents=True)
    for path in clean.iterdir():
        is_later = path.stem.split("_")[-1] > weeks[-1]
        if not is_later:
            shutil.copy(path, hall.settings.inbox)
    assert_told_once(CAUSES_OF_THE_BEGINNING[cause], hall)


# The contract stops these at the door, where quarantine.cell tells; the check is the second line behind it.
AT_THE_DOOR = {
    "core.case_version/power_type_known": "an unknown 事项类型 quarantines its row",
    "staging.activity_log/key_unique": "rows of one key are set aside or quarantined",
    "staging.case_detail/change_mark_known": "another mark than I, U, D quarantines its row",
    "staging.department_register/authorization_status_known": "another status quarantines its row",
    "staging.department_register/key_unique": "rows of one key are set aside or quarantined",
    "staging.hall_inspection/key_unique": "rows of one key are set aside or quarantined",
    "staging.item_catalogue/key_unique": "rows of one key are set aside or quarantined",
    "staging.item_volume/key_unique": "rows of one key are set aside or quarantined",
    "staging.window_weekly/key_unique": "rows of one key are set aside or quarantined",
}
NOT_PLANTED = {
    "ledger.item_volume_line/not_copied": "would take the place of a week: tests/integration/test_gross_errors.py",
    "ledger.item_volume_line/filled_accepted_week": "as the defect in completed_week, of another column",
    "ledger.item_volume_line/filled_accepted_ytd": "as the defect in completed_week, of another column",
    "ledger.item_volume_line/filled_completed_ytd": "as the defect in completed_week, of another column",
    "ledger.item_volume_line/total_of_accepted_share_pct": "a total of the year that is wrong: its example breaks it",
    "ledger.window_weekly_line/filled_consulted": "as the defect in accepted, of another column",
    "ledger.window_weekly_line/filled_issued": "as the defect in accepted, of another column",
    "ledger.window_weekly_line/filled_transferred": "as the defect in accepted, of another column",
    "ledger.control_total/printed_total_rounded": "totals of the sample are exact: its example breaks it",
    "ledger.control_total/printed_ytd_near_weeks": "a slip of a digit: its example breaks it",
    "ledger.delivery/most_cells_read": "a column written anew: tests/integration/test_gross_errors.py",
    "marts.department_band/department_volume_in_proportion": "needs departments of size: its example breaks it",
    "marts.volume_band/volume_in_proportion": "a digit too many: tests/integration/test_gross_errors.py",
    "staging.window_weekly/week_not_copied": "would take the place of a week: tests/integration/test_gross_errors.py",
    "charts.authorization_status/authorized_and_not_are_stationed": "its parts are counted from the same rows",
    "core.report_week/calendar_announced": "the calendar of 2023 is announced; no delivery changes that",
    "ledger.delivery/export_time_is_past": "an export of next year: tests/unit/ingest/inbox/test_succession.py",
    "ledger.delivery/more_loaded_than_set_aside": "a file exported twice over: tests/unit/ingest/inbox",
    "core.report_week/month_records_delivered": "the sample has no monthly export: its example breaks it",
    "core.report_week/no_month_missing": "the sample has no monthly export: its example breaks it",
    "ledger.delivery/most_rows_loaded": "a fifth of a file in quarantine: tests/unit/ingest/inbox",
    "ledger.delivery/one_file_is_the_whole": "an export in two parts: tests/unit/ingest/inbox/test_succession.py",
    "ledger.delivery/reexport_keeps_rows": "a later export with few rows: its example breaks it",
    "ledger.item_volume_line/rate_of_nothing_completion_rate_pct": "a rate of nothing: its example breaks it",
    "ledger.delivery/undated_is_not_overtaken": "an earlier export after an undated one: its example breaks it",
    "marts.case_balance/closing_not_negative": "a case closes only where it was accepted",
    "marts.item_volume_comparison/reported_ytd_equals_counted": "a wrong year to date breaks ytd_continues as well",
    "marts.weekly_metric/ytd_never_falls": "a week would need more withdrawals than acceptances",
    "quarantine.cell/no_personal_data_left": "needs a mask that fails: tests/unit/ingest/inbox/test_personal_left.py",
    "quality.correction/correction_still_applies": "needs a steward's correction: test_stewards_walk.py",
    "quality.correction/correction_still_needed": "needs a steward's correction: test_stewards_walk.py",
}


def test_every_check_has_a_defect_or_a_reason_why_none_is_planted() -> None:
    caused = {f"{one.table}/{one.check}" for one in expected_of(DEFECTS)} | {f"{one}/{two}" for one, two in CARRIED}
    suites = hall_suites(load_settings())
    checks = {f"{suite.table}/{check.name}": check.meta.owner for suite in suites for check in suite.expectations}
    # What 平台维护 owns are sums inside the warehouse, which no delivered file can break; its example breaks it.
    silent = {name for name, owner in checks.items() if owner != "平台维护" and name not in caused}
    assert silent == AT_THE_DOOR.keys() | NOT_PLANTED.keys()
