"""The whole way at full scale: every figure and sentence of the printed weekly comes out of records, nothing else."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.settings import PROJECT_ROOT, Settings

SEED = PROJECT_ROOT.parent / "shared" / "weekly-2023-15.figures.csv"
SEED_TEXT = SEED.with_name("weekly-2023-15.md")
WEEK = "2023-15"
WINDOW = {"咨询": (2380, 11209), "受理": (319, 2841), "颁发": (4475, 34446), "流转": (5250, 80237)}
ITEMS = {
    ("行政许可", "受理"): 141039, ("行政许可", "办结"): 139562,
    ("公共服务", "受理"): 2147603, ("公共服务", "办结"): 2032567,
    ("其它9类行权事项", "受理"): 12745, ("其它9类行权事项", "办结"): 12969,
}  # fmt: skip
STATUS = {"进驻": 45, "已授权": 42, "未授权": 3}
TRAINING = {"人数": 14, "主项": 14, "次数": 5}
HEADING = (
    "窗口工作周报",
    "2023年第15期（总第435期）",
    "四川省政府政务服务和公共资源交易服务中心\t2023年4月28日",
    "政务服务工作",
    "（4月17日—4月21日）",
)
SENTENCES = (
    "本周，共计咨询2380人次、受理319件、颁发4475件、流转5250件；"
    "今年以来，累计咨询11209人次、受理2841件、颁发34446件、流转80237件。",
    "已进驻省政务服务大厅的省级部门（单位）共45个。已授权无差别综合窗口的42个，未授权无差别综合窗口的3个：住房城乡建设厅、"
    "成都海关、省贸促会。其中，住房城乡建设厅、省贸促会已主动对接并积极推进相关工作。",
    "6.组织司法厅、交通运输厅、省广电局业务骨干对14名综合窗口工作人员进行14个主项的业务培训5次。",
    "据四川一体化政务服务平台数据统计，今年以来，省本级行政许可事项受理141039件，办结139562件；公共服务事项受理2147603件，"
    "办结2032567件，其它9类行权事项受理12745件，累计办结12969件。",
    "（六）大厅防控情况。大厅人员管控到位，物业对大厅各点位消杀落实到位，大厅运行保障有序。",
    "（共印94份）",
)
# What the seed's own conversion put there: the log of activities, which is the source, has the Chinese word.
DIFFERENCES = [("办理流程", "and", "和")]
# Floors in which a figure of the report would mean that it was not counted.
COUNTING = ("pipeline", "assets", "sql", "expectations", "zhoubao")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    from assets.runs import materialize_weeks
    from pipeline.reporting_calendar import load_calendar
    from pipeline.sample import write_sample

    settings = Settings(home=tmp_path_factory.mktemp("full"))
    write_sample(settings.inbox, calendar=load_calendar())
    report = materialize_weeks(settings, "2023-01", WEEK)
    assert report.is_success, report.gate_message or report.failures
    return settings


@pytest.fixture(scope="module")
def published(home: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.published / "metrics.duckdb"), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def printed(home: Settings) -> list[str]:
    """The paragraphs of the weekly that the run wrote."""
    from pipeline.present.weekly.document import texts_of

    return texts_of((home.published / "weekly" / WEEK / "r1" / "weekly.docx").read_bytes())


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return con.execute(query, [WEEK]).fetchall()


@pytest.mark.slow
def test_the_four_window_counters(published: duckdb.DuckDBPyConnection) -> None:
    found = rows(published, "SELECT measure_label, value, value_ytd FROM charts.window_weekly WHERE week_id = ?")
    assert {label: (week, ytd) for label, week, ytd in found} == WINDOW


@pytest.mark.slow
def test_accepted_and_completed_of_the_three_groups(published: duckdb.DuckDBPyConnection) -> None:
    found = rows(published, "SELECT power_group_label, measure_label, value_ytd FROM charts.item_ytd WHERE week_id = ?")
    assert {(group, measure): ytd for group, measure, ytd in found} == ITEMS


@pytest.mark.slow
def test_the_carry_over_explains_the_excess(published: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        published,
        "SELECT excess_over_accepted, carried_over >= excess_over_accepted, flag FROM charts.item_ytd "
        "WHERE week_id = ? AND power_group = 'other_nine' AND measure = 'completed'",
    )
    assert found == [(224, True, "办结超出受理")]


@pytest.mark.slow
def test_departments_and_the_three_names(published: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        published, "SELECT status, departments, department_names FROM charts.authorization_status WHERE week_id = ?"
    )
    counts = {status: departments for status, departments, _ in found}
    assert counts == {"stationed": 45, "authorized": 42, "not_authorized": 3}
    assert (
        next(names for status, _, names in found if status == "not_authorized") == "住房城乡建设厅、成都海关、省贸促会"
    )


@pytest.mark.slow
def test_the_training_line_and_the_issue_number(published: duckdb.DuckDBPyConnection) -> None:
    training = "SELECT trainees, main_items, sessions, department_names FROM charts.training_weekly WHERE week_id = ?"
    assert rows(published, training) == [(14, 14, 5, "司法厅、交通运输厅、省广电局")]
    assert rows(published, "SELECT issue_no, total_issue_no FROM charts.report_week WHERE week_id = ?") == [(15, 435)]


@pytest.mark.slow
def test_no_case_and_no_person_is_in_the_published_file(published: duckdb.DuckDBPyConnection) -> None:
    columns = published.execute("SELECT DISTINCT column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
    assert not {"case_no", "trainee", "applicant_name"} & {name for (name,) in columns}


@pytest.mark.slow
def test_heading_date_and_statistical_sentences_come_out_to_the_character(printed: list[str]) -> None:
    assert tuple(printed[: len(HEADING)]) == HEADING
    assert [sentence for sentence in SENTENCES if sentence not in printed] == []


@pytest.mark.slow
def test_the_whole_weekly_is_the_seed_but_for_a_word_that_its_conversion_changed(printed: list[str]) -> None:
    if not SEED_TEXT.exists():
        pytest.skip("the seed report is not beside the project")
    assert differences(SEED_TEXT.read_text(encoding="utf-8"), "".join(printed)) == DIFFERENCES


def differences(seed: str, text: str) -> list[tuple[str, str, str]]:
    """What differs, blanks and Markdown aside: the four characters before it, the seed's words, and ours."""
    old = re.sub(r"\s+", "", re.sub(r"^#+ |\*\*|^---$", "", seed, flags=re.MULTILINE))
    new = re.sub(r"\s+", "", text)
    return [
        (old[max(i - 4, 0) : i], old[i:j], new[k:m])
        for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if kind != "equal"
    ]


def test_the_sentences_that_are_expected_are_those_of_the_seed_report() -> None:
    if not SEED_TEXT.exists():
        pytest.skip("the seed report is not beside the project")
    seed = re.sub(r"\s+|\*\*|#", "", SEED_TEXT.read_text(encoding="utf-8"))
    assert [line for line in (*HEADING, *SENTENCES) if re.sub(r"\s", "", line) not in seed] == []


def test_the_expected_figures_are_those_of_the_seed_report() -> None:
    if not SEED.exists():
        pytest.skip("the seed report is not beside the project")
    with SEED.open(encoding="utf-8", newline="") as file:
        seed = list(csv.DictReader(file))
    assert len(seed) == 16
    for row in seed:
        section, dimension, measure = row["section"], row["dimension"], row["measure"]
        numbers = tuple(int(row[column]) for column in ("week", "ytd") if row[column])
        expected = {
            "综窗": lambda measure=measure: WINDOW[measure],
            "事项": lambda dimension=dimension, measure=measure: (ITEMS[dimension, measure],),
            "授权": lambda measure=measure: (STATUS[measure],),
            "培训": lambda measure=measure: (TRAINING[measure],),
        }[section]()
        assert numbers == expected


def test_no_figure_of_the_report_stands_where_figures_are_counted() -> None:
    figures = {str(number) for pair in WINDOW.values() for number in pair} | {str(number) for number in ITEMS.values()}
    pattern = re.compile(rf"(?<![\d.])({'|'.join(sorted(figures))})(?![\d.])")
    files = [
        path
        for folder in COUNTING
        for path in (PROJECT_ROOT / folder).rglob("*")
        if path.suffix in (".py", ".sql", ".yaml", ".csv")
        and Path("pipeline/sample") not in path.relative_to(PROJECT_ROOT).parents
    ]
    assert len(files) > 100
    found = [
        f"{path.name}: {match.group()}"
        for path in files
        for match in pattern.finditer(path.read_text("utf-8").replace(",", ""))
    ]
    assert found == []
