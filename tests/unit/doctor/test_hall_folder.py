"""What is wrong with a hall's folder, each in a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.doctor.hall_folder import hall_folder, problems_of_hall
from pipeline.hall.facts import ExportWords, PowerGroup, WeeklySettings
from pipeline.hall.skeleton import write_skeleton
from pipeline.present.weekly.template import TEMPLATE
from pipeline.settings import PROJECT_ROOT, Settings, load_settings

DEPARTMENTS = "department_id,department_name,department_kind,sort_order,is_on_platform\n"
ALIASES = "alias,department_id,valid_from,valid_to,reason\n"


@pytest.fixture
def hall(tmp_path: Path) -> Path:
    folder = tmp_path / "hall"
    write_skeleton(folder)
    (folder / "reference" / "department.csv").write_text(f"{DEPARTMENTS}zhujian,市住建局,组成部门,1,true\n", "utf-8")
    (folder / "reference" / "department_alias.csv").write_text(
        f"{ALIASES}市住建局,zhujian,2015-01-01,,现行名称\n", "utf-8"
    )
    return folder


def problems(hall: Path, **settings: object) -> str:
    return "\n".join(problems_of_hall(Settings(home=hall.parent / "home", hall=hall, **settings)))


def test_a_hall_that_is_well_made_has_no_problem(hall: Path) -> None:
    assert problems(hall) == ""
    assert hall_folder(Settings(home=hall.parent, hall=hall, hall_name="示例")).level == "ok"


def test_the_halls_of_the_program_are_well_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hall_folder(Settings()).level == "ok"
    monkeypatch.setenv("ZHOUBAO_HALL", str(PROJECT_ROOT / "halls" / "shilishi"))
    assert hall_folder(load_settings(home=tmp_path)).level == "ok"


def test_exports_to_try_the_hall_with_are_no_stray_files(hall: Path) -> None:
    (hall / "sample").mkdir()
    (hall / "sample" / "热线_2024-01.csv").write_text("甲,乙\n1,2\n", "utf-8")
    assert problems(hall) == ""


def test_what_is_not_written_yet_is_a_warning(tmp_path: Path) -> None:
    write_skeleton(tmp_path / "hall")
    outcome = hall_folder(Settings(home=tmp_path, hall=tmp_path / "hall"))
    assert outcome.level == "warning"
    assert "hall.toml 的 name、部门名录 reference/department.csv" in outcome.sentence
    assert hall_folder(Settings(home=tmp_path, hall=None)).level == "warning"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("reference/department.csv", f"{DEPARTMENTS}a,市住建局,,1,true\na,市教育局,,2,true\n", "部门代号“a”出现了几次"),
        (
            "reference/department.csv",
            f"{DEPARTMENTS}a,市住建局,,1,true\nb,市住建局,,2,true\n",
            "名称“市住建局”出现了几次",
        ),
        ("reference/department.csv", f"{DEPARTMENTS}a,市教育局,,1,true\n", "“市教育局”的名称还没有写进"),
        ("reference/department_alias.csv", f"{ALIASES}市住建局,zhujan,,,\n", "“市住建局”指向的部门 zhujan 不在名录中"),
        (
            "reference/department_alias.csv",
            f"{ALIASES}市住建局,zhujian,2015-01-01,,\n市住建局,jiaotong,2020-01-01,,\n",
            "“市住建局”在同一时期指向两个部门",
        ),
        (
            "reference/department.csv",
            f"{DEPARTMENTS}zhujian,市住建局,,第1,true\n",
            "department.csv 第 2 行的 sort_order 是“第1”，应为整数",
        ),
        (
            "reference/department.csv",
            f"{DEPARTMENTS}zhujian,市住建局,,1,是\n",
            "is_on_platform 是“是”，应为 true 或 false",
        ),
        ("reference/department_alias.csv", f"{ALIASES}市住建局,zhujian,2015/1/1,,\n", "应为日期，如 2015-01-01"),
        (
            "reference/department_alias.csv",
            f"{ALIASES}市住建局,zhujian,2020-01-01,2015-01-01,\n",
            "第 2 行的起始日期 valid_from 晚于截止日期 valid_to",
        ),
        ("reference/channel.csv", "code,name\n1,窗口\n", "reference/channel.csv 的表头应为 code,label"),
        ("reference/channel.csv", "code,label\n1\n", "第 2 行有 1 列"),
        ("contract/x.yaml", "name: x\n", "contract/x.yaml 不会用到"),
        ("sql/item.sql", "SELECT 1", "sql/item.sql 不会用到"),
        ("sql/mart/item.sql", "SELECT 1", "sql/mart/item.sql 不会用到"),
        ("sql/core/item.sql", "SELECT 1", "sql/core/item.sql：文件开头应有中文说明"),
        ("expectations/core.nothing.yaml", "name: core.nothing\n", "core.nothing.yaml"),
        ("weekly.docx", "no document", "不是可读的 Word 文档"),
    ],
)
def test_each_problem_is_a_sentence_with_its_place(hall: Path, name: str, text: str, says: str) -> None:
    path = hall / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    assert says in problems(hall)
    outcome = hall_folder(Settings(home=hall.parent, hall=hall))
    assert (outcome.level, says in outcome.sentence) == ("fault", True)


@pytest.mark.parametrize("name", ["reference/department.csv", "contracts/x.yaml", "sql/core/x.sql"])
def test_a_file_of_another_encoding_is_named_with_what_to_do(hall: Path, name: str) -> None:
    path = hall / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("部门,受理\n".encode("gb18030"))
    outcome = hall_folder(Settings(home=hall.parent, hall=hall))
    assert outcome.level == "fault"
    assert f"{path.name} 不是 UTF-8 文本" in outcome.sentence


def test_a_model_in_the_place_of_one_of_the_program_keeps_its_columns_and_its_grain(hall: Path) -> None:
    shipped = Settings(hall=None).models.path_of("core/channel.sql")
    assert shipped is not None
    path = hall / "sql" / "core" / "channel.sql"
    path.parent.mkdir(parents=True)
    shutil.copy(shipped, path)
    assert problems(hall) == ""
    path.write_text(
        "-- 办理形式\n-- Channels\n-- grain: code\n-- materialized: table\n"
        "SELECT code -- 代码 | code\nFROM raw.ref_channel\n",
        "utf-8",
    )
    assert "sql/core/channel.sql 代替了自带的同名模型，却没有列 channel" in problems(hall)
    assert "grain 应与它相同：channel" in problems(hall)


def test_a_contract_in_the_place_of_one_of_the_program_keeps_the_fields_that_its_sql_reads(hall: Path) -> None:
    shipped = Settings(hall=None).contracts.path_of("hall_inspection.yaml")
    staging = Settings(hall=None).models.path_of("staging/hall_inspection.sql")
    assert shipped is not None
    assert staging is not None
    lines = shipped.read_text("utf-8").splitlines()
    path = hall / "contracts" / "hall_inspection.yaml"
    path.write_text("\n".join(lines), "utf-8")
    assert problems(hall) == ""
    path.write_text("\n".join(lines[:-1]), "utf-8")
    assert "contracts/hall_inspection.yaml 代替了自带的同名合同，却没有字段" in problems(hall)
    own = hall / "sql" / "staging" / "hall_inspection.sql"
    own.parent.mkdir(parents=True)
    shutil.copy(staging, own)
    assert problems(hall) == ""


def test_a_suite_of_a_table_that_does_not_exist_is_named(hall: Path) -> None:
    shipped = Settings(hall=None).expectations.path_of("core.activity.yaml")
    assert shipped is not None
    text = shipped.read_text("utf-8")
    (hall / "expectations" / "core.activity.yaml").write_text(text, "utf-8")
    assert problems(hall) == ""
    other = hall / "expectations" / "core.activities.yaml"
    other.write_text(text.replace("name: core.activity\n", "name: core.activities\n"), "utf-8")
    assert "expectations/core.activities.yaml 检查的表 core.activities 不存在" in problems(hall)


def test_words_of_hall_toml_that_fit_nothing_are_named(hall: Path) -> None:
    assert "没有这种报表：case_details" in problems(hall, exports={"case_details": ExportWords(required="none")})
    group = PowerGroup(code="all", label="全部", types=("行政许诺",))
    assert "没有这种事项类型：行政许诺" in problems(hall, power_groups=(group,))


def test_a_template_is_read_and_its_fields_are_known(hall: Path) -> None:
    from docx import Document

    shutil.copy(TEMPLATE, hall / "weekly.docx")
    assert problems(hall) == ""
    document = Document(str(TEMPLATE))
    document.add_paragraph("{{ 热线.受理 }}")
    document.save(str(hall / "weekly.docx"))
    assert "用了不存在的字段：热线。可用的有 标题" in problems(hall)
    document.add_paragraph("{% if 培训 %}")
    document.save(str(hall / "weekly.docx"))
    assert "写法有误" in problems(hall)
    assert "nothing.docx 不存在" in problems(hall, weekly=WeeklySettings(template=hall / "nothing.docx"))
