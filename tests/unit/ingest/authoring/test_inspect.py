"""A look at a file: what it is, which contract, which rows, what is wrong; nothing changes, no person is shown."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from filelock import FileLock
from typer.testing import CliRunner

from pipeline.contracts import load_contracts
from pipeline.ingest.authoring import inspect as module
from pipeline.ingest.authoring.inspect import Inspection, inspect_file
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import PROJECT_ROOT, Settings
from zhoubao.cli import app

HEADER = (
    "办件编号,实施编码,事项名称,事项类型,受理部门,办件类型,办理形式,申请人类型,申请人姓名,证件号码,联系电话,联系地址,"
    "申请时间,受理时间,承诺办结时间,办结时间,办结结果,满意度,数据状态,更新时间"
)
SECRETS = ("王小明", "510101199001011234", "13900001111", "人民南路一号")


def case(number: int, department: str = "公安厅", accepted: str = "2023-04-17 09:05:00") -> str:
    return (
        f"A{number},5101,企业设立登记,行政许可,{department},承诺件,窗口,自然人,{','.join(SECRETS)},"
        f"{accepted},{accepted},2023-05-01 00:00:00,,,,I,2023-04-17 09:05:00"
    )


def case_file(folder: Path, *rows: str, name: str = "办件.csv", encoding: str = "gb18030") -> Path:
    above = ["省本级办件明细（2023年第15期）", "统计时间：2023-04-15 至 2023-04-21,导出时间：2023-04-24 09:12:33"]
    path = folder / name
    path.write_bytes("\r\n".join([*above, HEADER, *rows, ""]).encode(encoding))
    return path


def volume_file(folder: Path, department: str = "部门", total: int = 15, owner: str = "公安厅") -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["省本级政务服务事项受理办结统计表（2023年第15期）"],
        ["统计时间：2023-04-15 至 2023-04-21 单位：件"],
        ["序号", department, "事项类型", "受理", None, "办结", None],
        [None, None, None, "本周", "累计", "本周", "累计"],
        [1, owner, "行政许可", 10, "1,234", 9, 1200],
        [None, None, "公共服务", 5, 6, 7, 8],
        [None, "合计", None, total, 1240, 16, 1208],
        ["注：本表为测试。"],
    ):
        book.active.append(row)
    path = folder / "统计.xlsx"
    book.save(path)
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def look(path: Path, settings: Settings) -> Inspection:
    return inspect_file(path, settings, load_calendar(), load_contracts(settings.contracts_dir))


def shown_by(path: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["inspect", str(path)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


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


def test_a_line_whose_cells_have_shifted_is_not_shown(tmp_path: Path, settings: Settings) -> None:
    shifted = case(2).replace("企业设立登记", "企业,设立,登记")
    found = look(case_file(tmp_path, case(1), shifted), settings)
    assert found.sheets[0].picture[-1].cells == (module.MISALIGNED,)


def test_without_a_contract_persons_are_guessed_and_hidden(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("编组,姓名,备用\n甲,王小明,13900001111\n乙,李小红,13900002222\n填表人：赵大山,,\n", "utf-8")
    code, output = shown_by(path)
    assert code == 1
    assert "contract draft" in output
    assert "甲" in output
    assert not any(secret in output for secret in ("王小明", "李小红", "13900001111", "赵大山"))


def training_sheet(folder: Path, *rows: Sequence[object]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    path = folder / "台账.xlsx"
    book.save(path)
    return path


TRAININGS = ("培训日期", "场次编号", "授课部门", "培训主项", "参训人员", "工号", "人员类别")


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


def test_a_second_table_hides_its_own_personal_columns(tmp_path: Path, settings: Settings) -> None:
    turned = ("参训人员", "工号", "培训日期", "场次编号", "授课部门", "培训主项", "人员类别")
    path = training_sheet(
        tmp_path,
        ["业务培训台账（2023年第15期）"],
        TRAININGS,
        ["2023-04-17", "P1", "司法厅", "公证", "王小明", "G001", "综窗"],
        [],
        ["业务培训台账（续）"],
        turned,
        ["李小红", "G002", "2023-04-18", "P2", "公安厅", "户籍", "综窗"],
    )
    (sheet,) = look(path, settings).sheets
    last = sheet.picture[-1].cells
    assert last[:2] == ("［不入库］", "［只存摘要］")
    assert last[3:6] == ("P2", "公安厅", "户籍")


def test_nothing_is_written_and_a_running_load_is_no_hindrance(tmp_path: Path, settings: Settings) -> None:
    path = case_file(tmp_path, case(1))
    before = (path.stat().st_mtime_ns, path.read_bytes())
    settings.home.mkdir()
    with FileLock(settings.lock_path):
        assert look(path, settings).is_loadable
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert [one.name for one in settings.home.iterdir()] in ([], [settings.lock_path.name])


def test_the_private_copy_is_removed(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr(module.tempfile, "tempdir", str(copies))
    look(case_file(tmp_path, case(1)), settings)
    assert list(copies.iterdir()) == []


def test_of_a_large_text_file_the_head_is_typed_and_the_lines_are_counted(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HEAD_BYTES", 3_000)
    path = case_file(tmp_path, *(case(number) for number in range(100)))
    monkeypatch.setattr(module, "_WHOLE_SECONDS", 600.0)
    assert sum(rows for what, _, rows in look(path, settings).account if what == "loaded") == 100
    monkeypatch.setattr(module, "_WHOLE_SECONDS", 0.0)
    found = look(path, settings)
    loaded = sum(rows for what, _, rows in found.account if what == "loaded")
    assert 5 < loaded < 20
    assert found.is_loadable
    assert found.lines == 103
    assert found.seen_bytes is not None
    assert found.seen_bytes <= 3_000


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
        "import sys\nfrom typer.testing import CliRunner\nfrom zhoubao.cli import app\n"
        f"assert CliRunner().invoke(app, ['inspect', {str(path)!r}]).exit_code == 0\n"
        f"CliRunner().invoke(app, ['contract', 'draft', {str(path)!r}, '--out', {str(tmp_path)!r}])\n"
        "CliRunner().invoke(app, ['contract', 'check'])\n"
        "print([name for name in ('dagster', 'great_expectations') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT_ROOT, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_without_a_header_only_short_numbers_are_shown(tmp_path: Path, settings: Settings) -> None:
    book = openpyxl.Workbook()
    for row in ([None, "2005", 2006], ["王小明", 12.5, 13900001111]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    (sheet,) = look(tmp_path / "a.xlsx", settings).sheets
    assert sheet.picture[1].cells == (module.UNNAMED, "12.5", module.UNNAMED)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_a_head_is_cut_at_the_end_of_a_line_in_every_width_of_characters(encoding: str) -> None:
    lines = "办件编号,事项名称\n甲〇一,企业设立登记\n"
    head = lines.encode(encoding) + "乙".encode("utf-8" if encoding == "utf-8" else "utf-16-le")
    assert module._end_of_line(head) == len(lines.encode(encoding))
