"""The printed weekly of the tiny hall: sentences, form, notes, and what a template or the data may not do."""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import duckdb
import pytest
from docx import Document
from docx.shared import Length, Pt
from typer.testing import CliRunner

from pipeline.hall.facts import ExportWords, WeeklySettings
from pipeline.present.weekly import pdf, write_released_weeklies, write_weekly
from pipeline.present.weekly.content import chinese_number, weekly_content
from pipeline.present.weekly.document import TemplateError, texts_of
from pipeline.present.weekly.template import TEMPLATE, template_bytes
from pipeline.present.weekly.write import copy_of_template
from pipeline.release.freeze.issues import freeze
from pipeline.release.published.publish import publish
from pipeline.settings import PROJECT_ROOT, Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS
from zhoubao.app import app

HALL = WeeklySettings(issuer="某省政务服务中心", copies=7, report_to="领导", send_to="部门", issue_to="窗口", pdf=False)


def hall_of(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update={"weekly": HALL.model_copy(update=changes)})


@pytest.fixture
def hall(released: Settings) -> Settings:
    return hall_of(released)


def republish(con: duckdb.DuckDBPyConnection, settings: Settings, *statements: str) -> None:
    for statement in statements:
        con.execute(statement)
    freeze(con, settings, WEEKS, grains=GRAINS)
    publish(con, settings)


def texts(settings: Settings, folder: Path, week: str = "2023-03") -> list[str]:
    return texts_of((write_weekly(settings, week, folder).folder / "weekly.docx").read_bytes())


def part(docx: Path, name: str) -> str:
    with ZipFile(docx) as package:
        return package.read(name).decode() if name in package.namelist() else ""


def note_texts(docx: Path) -> list[str]:
    notes = re.findall(r'<w:footnote w:id="[1-9].*?</w:footnote>', part(docx, "word/footnotes.xml"), re.DOTALL)
    return [re.sub("<[^>]+>", "", note).strip() for note in notes]


def own_template(folder: Path, *lines: str) -> Path:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    path = folder / "own.docx"
    document.save(str(path))
    return path


def test_the_weekly_says_what_the_published_file_says(hall: Settings, tmp_path: Path):
    assert texts(hall, tmp_path / "out") == [
        "窗口工作周报",
        "2023年第3期（总第423期）",
        "某省政务服务中心\t2023年1月27日",
        "政务服务工作",
        "（1月16日—1月20日）",
        "一、综窗改革攻坚行动",
        "（一）省本级综窗办件情况",
        "本周，共计咨询2100人次、受理270件、颁发3600件、流转4500件；今年以来，累计咨询4200人次、受理540件、"
        "颁发7200件、流转9000件。",
        "（二）省级部门（单位）事项纳入及授权情况",
        "已进驻省政务服务大厅的省级部门（单位）共2个。已授权无差别综合窗口的1个，未授权无差别综合窗口的1个：成都海关。",
        "（三）推进情况",
        "1.召开专题会议。",
        "2.组织水利厅、成都海关业务骨干对8名综合窗口工作人员进行3个主项的业务培训2次。",
        "二、省级政务服务事项受理办理情况",
        "据四川一体化政务服务平台数据统计，今年以来，省本级行政许可事项受理15000件，办结14400件；公共服务事项受理210000件，"
        "办结204000件，其它9类行权事项受理1230件，累计办结1290件。",
        "三、窗口工作动态",
        "（一）优化营商环境工作开展情况",
        "1 月 17 日，成都海关窗口开展上门服务。",
        "（二）窗口服务效能提升工作情况",
        "【待填写：本期没有采用的“服务效能提升”动态，请补写或删去本节】",
        "（三）厅（局）长进大厅",
        "【待填写：本期没有采用的“厅（局）长进大厅”动态，请补写或删去本节】",
        "四、大厅巡查情况",
        "（一）按时到岗情况。总体情况良好。",
        "（二）着装情况。总体情况良好。",
        "报：领导。",
        "送：部门。",
        "发：窗口。",
        "（共印7份）",
    ]


def test_a_week_without_training_has_no_sentence_on_it(hall: Settings, tmp_path: Path):
    assert not any("业务培训" in text for text in texts(hall, tmp_path / "out", "2023-01"))


def test_chapters_of_exports_that_the_hall_does_not_have_are_left_out(
    hall: Settings, con: duckdb.DuckDBPyConnection, tmp_path: Path
):
    never = ExportWords(expected="never")
    absent = {name: never for name in ("window_weekly", "department_register", "training_log", "hall_inspection")}
    of_few = hall.model_copy(update={"exports": absent})
    republish(con, of_few)
    written = texts(of_few, tmp_path / "out")
    headings = [text for text in written if re.match("[一二三四五]、|（[一二三]）", text)]
    assert headings == [
        "一、综窗改革攻坚行动",
        "（一）推进情况",
        "二、省级政务服务事项受理办理情况",
        "三、窗口工作动态",
        "（一）优化营商环境工作开展情况",
        "（二）窗口服务效能提升工作情况",
        "（三）厅（局）长进大厅",
    ]


def test_departments_with_the_same_progress_share_a_clause(
    hall: Settings, con: duckdb.DuckDBPyConnection, tmp_path: Path
):
    con.execute(
        "CREATE TABLE charts.authorization_pending AS SELECT * FROM (VALUES ('2023-03', 'b', '乙厅', '已对接。', 2),"
        " ('2023-03', 'a', '甲厅', '已对接', 1), ('2023-03', 'c', '丙局', NULL, 3),"
        " ('2023-03', 'd', '丁局', '未回复', 4)) AS t (week_id, department_id, department_name, remark, sort_order)"
    )
    freeze(con, hall, WEEKS, grains={**GRAINS, "authorization_pending": ("week_id", "department_id")})
    publish(con, hall)
    assert any(text.endswith("其中，甲厅、乙厅已对接；丁局未回复。") for text in texts(hall, tmp_path / "out"))


def test_an_issue_found_on_the_round_is_counted_and_told(
    hall: Settings, con: duckdb.DuckDBPyConnection, tmp_path: Path
):
    republish(
        con, hall,
        "ALTER TABLE charts.inspection_weekly ADD COLUMN note VARCHAR",
        "UPDATE charts.inspection_weekly SET issues = 2, note = '两人未佩戴工作牌，已整改。' WHERE sort_order = 2",
    )  # fmt: skip
    assert "（二）着装情况。发现问题2个：两人未佩戴工作牌，已整改。" in texts(hall, tmp_path / "out")


def test_an_activity_of_an_unknown_category_is_not_lost(hall: Settings, con: duckdb.DuckDBPyConnection, tmp_path: Path):
    republish(con, hall, "INSERT INTO charts.activity VALUES ('2023-03', 3, '党建工作', '水利厅', '开展主题党日。')")
    found = texts(hall, tmp_path / "out")
    assert found[found.index("1.开展主题党日。") - 1].startswith("【待填写：类别“党建工作”没有对应的小节")


def test_what_is_missing_is_marked_and_highlighted(hall: Settings, con: duckdb.DuckDBPyConnection, tmp_path: Path):
    republish(con, hall, "UPDATE charts.window_weekly SET value = NULL WHERE measure = 'issued'")
    nameless = hall_of(hall, issuer="", copies=0).model_copy(update={"hall_name": ""})
    written = write_weekly(nameless, "2023-03", tmp_path / "out")
    document = Document(str(written.folder / "weekly.docx"))
    marked = [run.text for paragraph in document.paragraphs for run in paragraph.runs if run.font.highlight_color]
    assert marked[:2] == ["【待填写：编发单位】", "【待填写：综窗颁发本周数（未报送）】"]
    assert marked[-1] == "【待填写：印数】"
    assert written.fields_to_write == len(marked) == 5
    html = (written.folder / "weekly.html").read_text("utf-8")
    assert html.count("<mark>") == 5


def test_the_form_is_that_of_the_standard(hall: Settings, tmp_path: Path):
    path = write_weekly(hall, "2023-03", tmp_path / "out").folder / "weekly.docx"
    document = Document(str(path))
    page = document.sections[0]
    sizes = (page.page_width, page.page_height, page.top_margin, page.left_margin)
    assert [round(size.mm) for size in sizes] == [210, 297, 37, 28]
    width = page.page_width - page.left_margin - page.right_margin
    height = page.page_height - page.top_margin - page.bottom_margin
    assert (round(Length(width).mm), round(Length(height).mm)) == (156, 225)
    styles = part(path, "word/styles.xml")
    closer = min(int(twips) for twips in re.findall(r'<w:spacing w:val="(-?\d+)"/>', styles)) / 20
    assert (document.styles["Body Text"].font.size, width // Pt(16 + closer)) == (Pt(16), 28)
    assert height // document.styles["Body Text"].paragraph_format.line_spacing == 22
    fonts = dict(re.findall(r'<w:name w:val="([^"]+)"/>(?:(?!</w:style>).)*?w:eastAsia="([^"]+)"', styles, re.DOTALL))
    expected = {"Title": "方正小标宋简体", "heading 2": "黑体", "heading 3": "楷体_GB2312", "Body Text": "仿宋_GB2312"}
    assert expected.items() <= fonts.items()
    assert str(document.styles["Title"].font.color.rgb) == "C00000"
    with ZipFile(path) as package:
        assert not [name for name in package.namelist() if "font" in name.lower() and name != "word/fontTable.xml"]


def test_the_committed_template_is_what_its_module_writes():
    with ZipFile(BytesIO(template_bytes())) as made, ZipFile(TEMPLATE) as kept:
        assert made.namelist() == kept.namelist()
        changed = [name for name in made.namelist() if made.read(name) != kept.read(name)]
    assert changed == [], "run: python -m pipeline.present.weekly.template"


def test_every_field_is_explained_and_none_that_is_not_there(hall: Settings):
    table = re.findall(r"^\| (`.*?) \|", (PROJECT_ROOT / "docs" / "printed-weekly.md").read_text("utf-8"), re.M)
    explained = {name for cell in table for name in re.findall(r"`([^`]+)`", cell)}
    with duckdb.connect(str(hall.published / "metrics.duckdb"), read_only=True) as con:
        assert set(weekly_content(con, "2023-03", hall).fields) == explained


def test_a_figure_with_a_finding_has_a_footnote_with_its_words_and_the_decision(
    hall: Settings, con: duckdb.DuckDBPyConnection, tmp_path: Path
):
    republish(
        con, hall,
        "UPDATE quality.finding SET evidence = '咨询超出常值', status = 'waived' WHERE finding_id = 'f2'",
        "UPDATE quality.finding_week SET evidence = '咨询超出常值' WHERE finding_id = 'f2'",
        "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, until, decided_at) VALUES"
        " ('1', 'f2', 'accept', '旧理由', NULL, '2023-01-30 09:00:00'),"
        " ('2', 'f2', 'accept', '展会期间咨询集中', '2023-02-28', '2023-01-31 09:00:00')",
    )  # fmt: skip
    written = write_weekly(hall, "2023-03", tmp_path / "out")
    path = written.folder / "weekly.docx"
    first, second = note_texts(path)
    assert re.fullmatch(r"咨询超出常值。.+至2023年2月28日：展会期间咨询集中。", first)
    assert second == "办结超出受理 60 件。已解释：上年结转 60 件可以解释。"
    document = part(path, "word/document.xml")
    places = [
        re.sub("<[^>]+>", "", document[: found.start()])[-5:] for found in re.finditer("<w:footnoteReference", document)
    ]
    assert [re.sub(r"\D", "", place) for place in places] == ["2100", "1290"]
    assert (written.notes, written.findings_elsewhere) == (2, 0)


def test_a_withdrawn_decision_is_not_printed(hall: Settings, con: duckdb.DuckDBPyConnection, tmp_path: Path):
    republish(
        con, hall,
        "INSERT INTO quality.decision (decision_id, finding_id, kind, reason, decided_at) VALUES"
        " ('1', 'f1', 'accept', '理由', '2023-01-30'), ('2', 'f1', 'withdraw', '撤回', '2023-01-31')",
    )  # fmt: skip
    words = note_texts(write_weekly(hall, "2023-03", tmp_path / "out").folder / "weekly.docx")
    assert not any("理由" in note or "撤回" in note for note in words)


def test_a_finding_that_no_printed_figure_has_is_counted(
    hall: Settings, con: duckdb.DuckDBPyConnection, tmp_path: Path
):
    republish(con, hall, "UPDATE quality.finding_week SET table_name = 'core.item_volume' WHERE finding_id = 'f1'")
    written = write_weekly(hall, "2023-03", tmp_path / "out")
    assert (written.notes, written.findings_elsewhere) == (1, 1)


HOSTILE = [
    "</w:t></w:r><w:r><w:t>注入",
    "<script>alert(1)</script>",
    "{{ 综窗 }}{% for x in 巡查 %}{{ x }}{% endfor %}",
    "{# 注释 #}{{ ''.__class__ }}",
    "\ue0000\ue001私用字符\x00\x07",
    "一行\n两行\t制表\f换页",
    "& &amp; &lt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(hall: Settings, con: duckdb.DuckDBPyConnection, tmp_path: Path, text: str):
    con.execute("UPDATE charts.activity SET content = ?, category = '推进情况' WHERE seq = 2", [text])
    con.execute("UPDATE quality.finding_week SET evidence = ? WHERE finding_id = 'f2'", [text])
    republish(con, hall)
    written = write_weekly(hall, "2023-03", tmp_path / "out")
    expected = re.sub("[\ue000-\uf8ff\x00\x07]", "", re.sub(r"\s+", " ", text)).strip()
    assert f"2.{expected}" in texts_of((written.folder / "weekly.docx").read_bytes())
    html = (written.folder / "weekly.html").read_text("utf-8")
    assert "<script" not in html
    assert not re.search(r"<w:|\bon\w+=|javascript:", html.replace("&lt;w:", ""))
    assert written.notes == 2


def test_the_page_loads_nothing_and_names_every_note(hall: Settings, tmp_path: Path):
    html = (write_weekly(hall, "2023-03", tmp_path / "out").folder / "weekly.html").read_text("utf-8")
    assert "default-src 'none'" in html
    assert not re.search(r"src=|href=\"[^#]|url\(|@import|<link|<script", html)
    assert re.findall(r'href="#(note-\d+)"', html) == re.findall(r'<li id="(note-\d+)"', html) == ["note-1", "note-2"]
    assert "模拟数据（非真实统计）" in html


def test_a_template_of_the_hall_takes_the_place_of_ours(hall: Settings, tmp_path: Path):
    template = own_template(tmp_path, "第{{ 期号 }}期", "{%p for 项 in 巡查 %}", "{{ 项.项目 }}", "{%p endfor %}")
    document = Document(str(template))
    document.add_table(1, 2).rows[0].cells[1].text = "咨询 {{ 综窗.咨询.本周 }}"
    document.save(str(template))
    written = write_weekly(hall_of(hall, template=template), "2023-03", tmp_path / "out")
    found = texts_of((written.folder / "weekly.docx").read_bytes())
    assert [text for text in found if text] == ["第3期", "按时到岗情况", "着装情况", "咨询 2100"]
    assert len(note_texts(written.folder / "weekly.docx")) == written.notes == written.findings_elsewhere == 1
    assert "<td>" in (written.folder / "weekly.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{{ 咨询量 }}", "用了不存在的字段：'咨询量' is undefined。可用的有 标题、年"),
        ("{{ 综窗.投诉.本周 }}", "不存在的字段"),
        ("{% if 培训 %}没有结尾", "写法有误"),
        ("{{ 年 }", "写法有误"),
        ("{{ 年.__class__.__mro__ }}", "不能填写|不存在的字段"),
        ("{{ 标题|无此过滤器 }}", "写法有误|不能填写"),
        ("{{ 年 / 0 }}", "不能填写"),
    ],
)
def test_a_wrong_template_is_said_in_a_sentence(hall: Settings, tmp_path: Path, line: str, words: str):
    template = own_template(tmp_path, line)
    with pytest.raises(TemplateError, match=words) as caught:
        write_weekly(hall_of(hall, template=template), "2023-03", tmp_path / "out")
    assert "own.docx" in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 half a package", "不是 Word".encode()])
def test_a_template_that_is_no_word_document_is_said_in_a_sentence(hall: Settings, tmp_path: Path, body: bytes):
    template = tmp_path / "own.docx"
    template.write_bytes(body)
    with pytest.raises(TemplateError, match=r"不是可读的 Word 文档"):
        write_weekly(hall_of(hall, template=template), "2023-03", tmp_path / "out")


def test_a_template_that_is_not_there_is_said_in_a_sentence(hall: Settings, tmp_path: Path):
    with pytest.raises(TemplateError, match=r"不是可读的 Word 文档"):
        write_weekly(hall_of(hall, template=tmp_path / "none.docx"), "2023-03", tmp_path / "out")


def test_the_same_issue_gives_the_same_bytes(hall: Settings, tmp_path: Path):
    for folder in ("a", "b"):
        write_weekly(hall, "2023-03", tmp_path / folder)
    for name in ("weekly.docx", "weekly.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_weekly_is_written_once_and_a_revision_gets_its_own(hall: Settings, con: duckdb.DuckDBPyConnection):
    first = write_released_weeklies(hall, WEEKS)
    assert [one.is_new for one in first] == [True, True, True]
    folder = hall.published / "weekly" / "2023-03"
    before = (folder / "r1" / "weekly.docx").read_bytes()
    republish(con, hall, "UPDATE charts.window_weekly SET value = 2222 WHERE week_id = '2023-03' AND value = 2100")
    again = write_released_weeklies(hall, WEEKS)
    assert [(one.week_id, one.revision) for one in again if one.is_new] == [("2023-03", 2)]
    assert (folder / "r1" / "weekly.docx").read_bytes() == before
    found = texts_of((folder / "r2" / "weekly.docx").read_bytes())
    assert "（第2次发布，替代此前发布的本期）" in found
    assert any("咨询2222人次" in text for text in found)
    assert sorted(path.name for path in folder.iterdir()) == ["r1", "r2"]


def test_a_template_that_fails_leaves_no_weekly_of_the_run(hall: Settings, tmp_path: Path):
    with pytest.raises(TemplateError):
        write_released_weeklies(hall_of(hall, template=own_template(tmp_path, "{{ 没有 }}")), WEEKS)
    assert not (hall.published / "weekly").exists()


def test_an_issue_for_which_nothing_came_does_not_keep_the_others_back(hall: Settings):
    assert [files.week_id for files in write_released_weeklies(hall, [*WEEKS, "2023-09"])] == list(WEEKS)


def test_an_issue_that_is_not_released_has_no_weekly(hall: Settings):
    with pytest.raises(ValueError, match="2023-09 期还没有发布"):
        write_weekly(hall, "2023-09")


def test_before_anything_is_published_there_is_no_weekly(settings: Settings):
    with pytest.raises(FileNotFoundError, match="还没有发布过任何一期"):
        write_weekly(settings, "2023-03")


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_numbers_as_headings_have_them(number: int, words: str):
    assert chinese_number(number) == words


def test_the_command_writes_the_weekly_and_says_what_a_person_must_still_do(
    hall: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # The test has the warehouse open, as no other program can: what is printed is read from what is published alone.
    home = tmp_path / "home_of_readers"
    shutil.copytree(hall.home, home, ignore=shutil.ignore_patterns("warehouse.duckdb*"))
    monkeypatch.setenv("ZHOUBAO_HOME", str(home))
    monkeypatch.setenv("ZHOUBAO_WEEKLY__PDF", "false")
    said = CliRunner().invoke(app, ["report", "--week", "2023-03", "--out", str(tmp_path / "out")])
    assert said.exit_code == 0, said.output
    assert (tmp_path / "out" / "weekly.docx").is_file()
    assert "还有 2 处【待填写】" in said.output
    assert "2 个数字带脚注" in said.output


@pytest.mark.parametrize("options", [[], ["--week", "2023-03", "--copy-template", "own.docx"]])
def test_the_command_wants_a_week_or_a_template_not_both(options: list[str]):
    said = CliRunner().invoke(app, ["report", *options])
    assert said.exit_code == 2
    assert "--week" in said.output


def test_the_shipped_template_is_copied_to_be_edited_and_never_over_a_file(tmp_path: Path):
    path = tmp_path / "own.docx"
    assert CliRunner().invoke(app, ["report", "--copy-template", str(path)]).exit_code == 0
    assert path.read_bytes() == TEMPLATE.read_bytes()
    path.write_text("mine")
    again = CliRunner().invoke(app, ["report", "--copy-template", str(path)])
    assert again.exit_code == 1
    assert "没有覆盖" in again.output.replace("\n", "")
    assert path.read_text() == "mine"


def test_without_libreoffice_there_is_no_pdf_and_it_says_so(
    hall: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    written = write_weekly(hall_of(hall, pdf=True), "2023-03", tmp_path / "out")
    assert written.remark == pdf.ABSENT
    assert sorted(path.name for path in written.folder.iterdir()) == ["weekly.docx", "weekly.html", "weekly.pptx"]


def test_a_pdf_of_an_earlier_writing_never_stands_beside_another_document(hall: Settings, tmp_path: Path):
    folder = write_weekly(hall, "2023-03", tmp_path / "out").folder
    (folder / "weekly.pdf").write_bytes(b"%PDF of before")
    (folder / "own notes.txt").write_text("mine")
    write_weekly(hall, "2023-03", folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "own notes.txt",
        "weekly.docx",
        "weekly.html",
        "weekly.pptx",
    ]


def test_a_copy_of_the_template_makes_its_folder_and_never_takes_the_place_of_a_file(tmp_path: Path):
    target = tmp_path / "模板" / "own.docx"
    assert copy_of_template(target) == target
    assert target.read_bytes() == TEMPLATE.read_bytes()
    target.write_text("mine")
    with pytest.raises(FileExistsError, match="没有覆盖"):
        copy_of_template(target)
    assert target.read_text() == "mine"


def test_an_office_that_hangs_is_stopped_with_what_it_started(
    hall: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    program = tmp_path / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nsleep 60 & echo $! > {tmp_path}/child\nwait\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setattr(pdf, "SECONDS_TO_START", 0.5)
    monkeypatch.setattr(pdf, "SECONDS_EACH", 0)
    written = write_weekly(hall_of(hall, pdf=True), "2023-03", tmp_path / "out")
    assert "没有完成，已停止" in written.remark
    child = int((tmp_path / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split(") ")[1][0] == "Z"


def test_libreoffice_makes_the_pdf_on_a4_the_same_each_time(hall: Settings, tmp_path: Path, needs_office: None):
    import subprocess

    for folder in ("a", "b"):
        written = write_weekly(hall_of(hall, pdf=True), "2023-03", tmp_path / folder)
        assert written.remark == ""
    path = tmp_path / "a" / "weekly.pdf"
    assert path.read_bytes() == (tmp_path / "b" / "weekly.pdf").read_bytes()
    said = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Page size: +595\.\d+ x 84[12]\.\d+ pts \(A4\)", said)
    text = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
    assert "某省政务服务中心" in text
    assert "共印" in text


@pytest.fixture
def needs_office() -> None:
    import os

    missing = [name for name in ("soffice", "pdfinfo", "pdftotext") if shutil.which(name) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{'、'.join(missing)} missing: install libreoffice-writer and poppler-utils where CI runs.")
    if missing:
        pytest.skip(f"{'、'.join(missing)} not installed")
