"""A draft is tried on its own file: what it would lose is mended or said, and what it says is what a load does."""

from __future__ import annotations

from pathlib import Path

import duckdb
import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, example, given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from pipeline.contracts import Contract, FieldType
from pipeline.ingest.authoring.contract_check import check_contracts
from pipeline.ingest.authoring.draft import Draft, draft_contract
from pipeline.ingest.authoring.draft_trial import DraftTrial
from pipeline.ingest.authoring.looking.trial_load import LENT_WEEK, Problem, Trial
from pipeline.ingest.inbox.loader import make_loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.reporting_calendar import load_calendar
from pipeline.settings import PROJECT_ROOT, Settings
from tests.unit.ingest.authoring.unknown_exports import text_file, workbook
from zhoubao.app import app

TITLE: list[object] = ["登记表（2023年第15期）"]


def contract_of(draft: Draft) -> Contract:
    return Contract.model_validate(yaml.safe_load(draft.text))


def account(path: Path, settings: Settings, draft: Draft) -> dict[str, int]:
    contract = contract_of(draft)
    with duckdb.connect() as con:
        loader = make_loader(con, settings, load_calendar(), {contract.name: contract})
        path.rename(settings.inbox / f"{LENT_WEEK} {path.name}")
        load_inbox(loader)
        return dict(con.execute("SELECT disposition, sum(row_count) FROM ledger.row_account GROUP BY 1").fetchall())


def test_a_column_whose_cells_do_not_fit_its_type_becomes_text_and_the_draft_says_so(
    tmp_path: Path, settings: Settings
) -> None:
    days = [f"2023-04-{day:02d}" for day in range(1, 31)]
    days[17] = "待定"
    path = text_file(tmp_path, "单号,受理日期", *(f"A{number},{day}" for number, day in enumerate(days)))
    draft = draft_contract(path, settings)
    (_, accepted) = contract_of(draft).fields
    assert accepted.type is FieldType.STRING
    assert draft.is_whole
    assert any("“受理日期”由日期改为文字，1 行不合（第 19 行“待定”起）" in sentence for sentence in draft.sentences)
    assert "# 试装：载入 30 行，隔离 0 行\n" in draft.text
    assert account(path, settings, draft)["loaded"] == 30


def test_a_day_with_a_time_among_days_makes_a_moment_of_the_column(tmp_path: Path, settings: Settings) -> None:
    rows: list[list[object]] = [["单号", "受理日期"]]
    rows += [[f"A{day}", f"2023-04-{day:02d}"] for day in range(1, 30)]
    draft = draft_contract(workbook(tmp_path, [TITLE, *rows, ["A30", "2023-04-30 09:05:00"]]), settings)
    assert draft.is_whole
    assert contract_of(draft).fields[1].type is FieldType.DATETIME


def test_a_required_value_that_only_the_loader_finds_missing_is_required_no_more(
    tmp_path: Path, settings: Settings
) -> None:
    path = text_file(tmp_path, "单号,数量", "A1,1", "暂无,2", "A3,3")
    draft = draft_contract(path, settings)
    assert not contract_of(draft).fields[0].constraints.required
    assert any("“单号”不再必填" in sentence for sentence in draft.sentences)
    assert account(path, settings, draft)["loaded"] == 3


def test_rows_that_a_form_numbered_beforehand_are_no_rows_of_a_draft(tmp_path: Path, settings: Settings) -> None:
    rows: list[list[object]] = [TITLE, ["序号", "债权种类", "数额（万元）", "是否公示"]]
    rows += [[1, "合同", 10.5, "公示"], [2, "其他", 20, "公示"], [3, "合同", 7, "不公示"]]
    rows += [[number, None, None, None] for number in range(4, 31)]
    draft = draft_contract(workbook(tmp_path, rows), settings)
    assert draft.rows_seen == 3
    assert not any(field.fill_down for field in contract_of(draft).fields)
    assert "有 27 行只有事先印好的序号，不是数据" in draft.sentences


def test_a_file_that_names_no_week_is_tried_with_a_lent_one_and_that_is_said(
    tmp_path: Path, settings: Settings
) -> None:
    draft = draft_contract(text_file(tmp_path, "部门,受理累计", "甲局,41034", "乙局,35010"), settings)
    assert draft.is_whole
    assert any(sentence.startswith("文件没有写明是哪一期") for sentence in draft.sentences)


def test_a_draft_whose_file_is_refused_is_not_presented_as_done(tmp_path: Path, settings: Settings) -> None:
    path = workbook(tmp_path, [["登记表（1999年第15期）"], ["单号", "数量"], ["A1", 1], ["A2", 2]])
    draft = draft_contract(path, settings)
    assert (draft.is_refused, draft.is_whole) == (True, False)
    assert "# 试装没有成功，草稿还不能用：" in draft.text
    result = CliRunner().invoke(
        app, ["contract", "draft", str(path), "--out", str(tmp_path / "x.yaml")], env={"ZHOUBAO_HOME": str(tmp_path)}
    )
    assert result.exit_code == 1
    assert "草稿还不能用" in result.output
    assert "已起草" not in result.output


def test_the_command_names_its_sheet_and_drafts_from_another_one_by_name_or_number(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("{bold}记录 13900001111")
    assert first is not None
    first.title = "统计"
    for row in (TITLE, ["窗口", "受理"], ["综窗1", 10], ["综窗2", 20], ["综窗3", 5]):
        first.append(row)
    for row in (TITLE, ["投诉编号", "区县"], ["T1", "锦江区"], ["T2", "武侯区"]):
        second.append(row)
    book.save(tmp_path / "book.xlsx")

    def draft(out: str, *options: str) -> Result:
        words = ["contract", "draft", str(tmp_path / "book.xlsx"), "--out", str(tmp_path / out), *options]
        return CliRunner().invoke(app, words, env={"ZHOUBAO_HOME": str(tmp_path / "home"), "COLUMNS": "400"})

    plain = draft("a.yaml")
    assert plain.exit_code == 0
    assert "取自工作表 1“统计”（3 行 2 列）" in plain.output
    assert "另有表格的工作表：2“{bold}记录 ［已脱敏］”（2 行 2 列）" in plain.output
    assert "13900001111" not in plain.output + (tmp_path / "a.yaml").read_text("utf-8")
    assert draft("b.yaml", "--sheet", "2").exit_code == 0
    assert "title: 投诉编号" in (tmp_path / "b.yaml").read_text("utf-8")
    unknown = draft("c.yaml", "--sheet", "[red]没有")
    assert unknown.exit_code == 1
    assert "没有找到带表格的工作表“[red]没有”；有表格的是 1“统计”（3 行 2 列）、2“" in unknown.output
    assert not (tmp_path / "c.yaml").exists()


def trial_of(*account: tuple[str, str, int], problems: tuple[Problem, ...] = (), rows_seen: int = 10) -> DraftTrial:
    return DraftTrial(Trial((), account, problems, (), 0.0), rows_seen)


def test_what_is_lost_is_said_by_column_the_worst_first_with_its_first_place() -> None:
    problems = (
        Problem("甲", "m", 1, "x", 1, "a", "error_cell", "", 9),
        Problem("乙", "m", 4, "", 4, "b", "wrong_column_count", "表一", 5),
    )
    trial = trial_of(("loaded", "loaded", 5), ("quarantined", "error_cell", 5), problems=problems)
    assert not trial.is_whole
    assert list(trial.sentences()) == [
        "试装：载入 5 行，隔离 5 行（公式错误 5）",
        "“乙” 4 行隔离：列数与表头不同，首处在工作表“表一”第 5 行",
        "“甲” 1 行隔离：公式错误，首处在第 9 行“x”",
    ]


def test_rows_that_nobody_accounts_for_or_that_are_mostly_set_aside_are_said() -> None:
    fewer = trial_of(("loaded", "loaded", 4), ("set_aside", "title", 6))
    assert (fewer.missing_rows, fewer.is_whole) == (6, False)
    assert any("试装少了 6 行" in sentence for sentence in fewer.sentences())
    aside = trial_of(("loaded", "loaded", 4), ("set_aside", "superseded_in_file", 6))
    assert (aside.missing_rows, aside.is_whole) == (0, False)
    assert any("搁置的行比载入的还多" in sentence for sentence in aside.sentences())
    assert trial_of(("loaded", "loaded", 8), ("set_aside", "superseded_in_file", 2)).is_whole


CELLS = st.sampled_from(("1", "2.5", "待定", "2023-04-17", "4月", "暂无", "12%", "0012", "是", "√", "甲", "20230417"))


@example([("1", "1", "甲")])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12))
@tuned(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_draft_says_of_its_file_is_what_a_load_makes_of_it(
    tmp_path: Path, settings: Settings, rows: list[tuple[str, str, str]]
) -> None:
    path = text_file(tmp_path, "编号,受理日期,数量", *(",".join(row) for row in rows))
    draft = draft_contract(path, settings, "tried")
    home = settings.model_copy(update={"home": tmp_path / str(hash(tuple(rows)))})
    home.inbox.mkdir(parents=True, exist_ok=True)
    counts = account(path, home, draft)
    if draft.is_refused:
        assert counts == {}
        return
    assert draft.is_whole == (counts.get("loaded") in (len(set(rows)), len(rows)))
    assert f"试装：载入 {counts.get('loaded', 0)} 行，隔离 {counts.get('quarantined', 0)} 行" in draft.text


@pytest.mark.parametrize("name", ["day", "like", "left", "natural", "count_value"])
def test_a_contract_that_is_said_to_be_valid_has_a_table(tmp_path: Path, settings: Settings, name: str) -> None:
    text = (
        f"name: demo\ntitle: demo\nversion: 1\ndelivery: {{kind: weekly}}\nfields:\n  - {{name: {name}, title: 数}}\n"
    )
    (tmp_path / "demo.yaml").write_text(text, "utf-8")
    _, problems = check_contracts(tmp_path / "demo.yaml", PROJECT_ROOT / "pipeline" / "reference")
    contract = Contract.model_validate(yaml.safe_load(text))
    try:
        with duckdb.connect() as con:
            make_loader(con, settings, load_calendar(), {"demo": contract})
        is_made = True
    except duckdb.Error:
        is_made = False
    assert (problems == []) == is_made
    assert all(f"如 {name}_value" in problem for problem in problems)
