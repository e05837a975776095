"""A look at a file: what it is, which contract, which rows, what is wrong; nothing changes, no person is shown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from pipeline.contracts import Contract
from pipeline.ingest.authoring.inspect import inspect_file
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import PROJECT_ROOT, Settings
from tests.unit.ingest.authoring.known_exports import (
    SECRETS,
    TRAININGS,
    case,
    case_file,
    look,
    shown_by,
    training_sheet,
    volume_file,
)
from zhoubao.app import app


def test_a_sheet_is_told_with_its_contract_week_headers_and_kinds_of_rows(tmp_path: Path, settings: Settings) -> None:
    found = look(volume_file(tmp_path), settings)
    assert (found.container, found.source, found.week_id, found.is_loadable) == (
        "xlsx",
        "item_volume",
        "2023-15",
        True,
    )
    assert [row.kind for row in found.sheets[0].picture] == [
        "title", "title", "header", "header", "data", "data", "total", "note",
    ]  # fmt: skip
    headers = {line.written: (line.name, line.remark) for line in found.headers}
    assert headers["部门"][0] == "department"
    assert headers["办结/累计"][0] == "completed_ytd"
    assert headers["序号"] == ("", "不需要的列")


def test_a_monthly_is_told_with_its_month_and_the_issue_that_shows_it(tmp_path: Path, settings: Settings) -> None:
    monthly = Contract.model_validate(
        {
            "name": "rating",
            "title": "好差评月报",
            "version": 1,
            "delivery": {"kind": "weekly", "period": "month"},
            "titleWords": ["好差评"],
            "primaryKey": ["district"],
            "fields": [
                {"name": "district", "title": "区县", "constraints": {"required": True}},
                {"name": "rated", "title": "评价", "type": "integer", "unit": "件"},
            ],
        }
    )
    path = tmp_path / "好差评.csv"
    path.write_text("好差评月报（2023年5月）\n区县,评价\n东区,3\n", encoding="utf-8")
    found = inspect_file(path, settings, load_calendar(), {"rating": monthly})
    assert found.remark == "统计的是2023年5月，放在 2023-22 期"


def test_the_contract_that_fits_comes_first_and_says_why(tmp_path: Path, settings: Settings) -> None:
    first, second = look(volume_file(tmp_path), settings).candidates[:2]
    assert first.name == "item_volume"
    assert first.reasons == ("8 列中有 6 列", "标题有“受理办结统计”")
    assert second.matched < first.matched


def test_a_control_total_that_differs_is_told_with_both_numbers(tmp_path: Path, settings: Settings) -> None:
    assert look(volume_file(tmp_path), settings).totals == ()
    (line,) = look(volume_file(tmp_path, total=16), settings).totals
    assert (line.label, line.column, line.printed, line.computed, line.difference) == (
        "合计",
        "受理/本周",
        "16",
        "15",
        "1",
    )


@pytest.mark.parametrize(("owner", "is_said"), [("公安厅", False), ("火星厅", True)])
def test_a_total_that_lacks_only_rows_in_quarantine_is_told_so(tmp_path: Path, owner: str, is_said: bool) -> None:
    shown = CliRunner().invoke(app, ["inspect", str(volume_file(tmp_path, total=16, owner=owner))]).output
    assert "与逐行相加不符的合计" in shown
    assert ("逐行相加不含被隔离的 2 行" in shown) == is_said


def test_what_would_be_quarantined_is_counted_with_its_reason(tmp_path: Path, settings: Settings) -> None:
    rows = [case(1), case(2, "省住建厅"), case(3, "省住建厅"), case(4, accepted="昨天")]
    found = look(case_file(tmp_path, *rows), settings)
    assert (found.encoding, found.source) == ("gb18030", "case_detail")
    assert sum(rows for what, _, rows in found.account if what == "loaded") == 1
    department = next(one for one in found.problems if one.column == "受理部门")
    assert (department.cells, department.example, department.lost_rows) == (2, "省住建厅", 2)
    assert "住房城乡建设厅" in department.message


def test_a_drifted_header_is_refused_with_the_nearest_contract_and_the_line(tmp_path: Path, settings: Settings) -> None:
    found = look(volume_file(tmp_path, department="部门称谓"), settings)
    assert not found.is_loadable
    assert "部门称谓]" in found.verdict
    assert found.candidates[0].name == "item_volume"
    assert any(line.remark == "合同中没有" for line in found.headers)


def test_personal_columns_are_named_but_their_cells_are_never_shown(tmp_path: Path) -> None:
    code, output = shown_by(case_file(tmp_path, case(1), case(2, "省住建厅"), case(3) + ",多出的一格"))
    assert code == 0
    assert "［不入库］" in output
    assert "申请人姓名" in output
    assert not any(secret in output for secret in SECRETS)


def test_without_a_contract_persons_are_guessed_and_hidden(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("编组,姓名,备用\n甲,王小明,13900001111\n乙,李小红,13900002222\n填表人：赵大山,,\n", "utf-8")
    code, output = shown_by(path)
    assert code == 1
    assert "contract draft" in output
    assert "甲" in output
    assert not any(secret in output for secret in ("王小明", "李小红", "13900001111", "赵大山"))


def test_those_who_signed_are_not_shown_in_whatever_cells_they_stand(tmp_path: Path) -> None:
    path = training_sheet(
        tmp_path,
        ["业务培训台账（2023年第15期）"],
        ["填报人：王小明　联系人及电话：李小红 028-86601234"],
        TRAININGS,
        ["2023-04-17", "P1", "司法厅", "公证", "张三丰", "G001", "综窗"],
        ["制表人", "赵铁柱", "审核：周大福", "负责人", "钱多多"],
    )
    code, text = shown_by(path)
    assert code == 0
    names = ("王小明", "李小红", "86601234", "张三丰", "赵铁柱", "周大福", "钱多多")
    assert [name for name in names if name in text] == []


def test_nothing_is_written_and_a_running_load_is_no_hindrance(tmp_path: Path, settings: Settings) -> None:
    path = case_file(tmp_path, case(1))
    before = (path.stat().st_mtime_ns, path.read_bytes())
    settings.home.mkdir()
    with FileLock(settings.lock_path):
        assert look(path, settings).is_loadable
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert [one.name for one in settings.home.iterdir()] in ([], [settings.lock_path.name])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("binary", bytes(range(256)) * 20),
        ("zip", b"PK\x03\x04 cut off"),
        ("ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("text", "随便写的几句话。\n没有表格。\n".encode()),
        ("lost", b"??,??\n??,??\n"),
        ("quotes", b'a,"b\nc,d\n'),
    ],
)
def test_garbage_is_a_sentence_and_exit_code_one(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    code, output = shown_by(tmp_path / name)
    assert code == 1
    assert "会被拒收" in output
    assert "Traceback" not in output


def test_what_is_no_file_is_a_sentence_too(tmp_path: Path) -> None:
    assert "不存在" in shown_by(tmp_path / "nothing.xlsx")[1]
    assert "是文件夹" in shown_by(tmp_path)[1]


def test_looking_needs_neither_the_orchestrator_nor_the_checks(tmp_path: Path) -> None:
    path = case_file(tmp_path, case(1))
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom zhoubao.app import app\n"
        f"assert CliRunner().invoke(app, ['inspect', {str(path)!r}]).exit_code == 0\n"
        f"CliRunner().invoke(app, ['contract', 'draft', {str(path)!r}, '--out', {str(tmp_path)!r}])\n"
        "CliRunner().invoke(app, ['contract', 'check'])\n"
        "print([name for name in ('dagster', 'great_expectations') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT_ROOT, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
