"""The quarterly report on data quality (数据质量评估报告) as a Word document in the form of the weekly.

What it says is read in `pipeline.present.weekly.quality_facts`; the formula and what counts as a row are told with the
numbers, and so is what was not settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.atomic_files import replaced
from pipeline.common.reproducible_zip import repacked
from pipeline.present.shared.quality_figures import FORMULA, ROW_RULES
from pipeline.present.shared.rows import MISSING, Row, grouped, percent
from pipeline.present.weekly.quality_facts import MOST_OPEN, QualityFacts, quality_facts, read_quarter
from pipeline.present.weekly.template import HEITI, SMALLER, TEXT_WIDTH_MM, Form, blank_document, define
from pipeline.present.weekly.write import open_published
from pipeline.quality.checks.standards import DIMENSION_MEANINGS, DIMENSIONS

if TYPE_CHECKING:
    from docx.document import Document

    from pipeline.settings import Settings

TITLE: Final = "数据质量评估报告"
FOLDER: Final = "quality"
_CELL, _HEAD, _NOTE = "报告表格", "报告表头", "报告表注"
# A long table is read in the file for spreadsheets.
_FORMS: Final = {
    "Title": Form("方正小标宋简体", 26, "center", color="C00000", before=6, after=6, pitch=40),
    _CELL: Form(size=10.5, align="left", pitch=16, closer=0),
    _HEAD: Form(HEITI, 10.5, "left", pitch=16, closer=0),
    _NOTE: Form(size=SMALLER, align="left", before=4, after=8, pitch=20, closer=0),
}
# Who settles a finding, as other departments call it.
_WHO: Final = {"数据专员": "本厅（数据核对）", "平台维护": "本厅（平台维护）"}
_LEFT, _RIGHT = "left", "right"


def write_quality_report(settings: Settings, quarter: str, folder: Path | None = None) -> Path:
    """Writes the report of a quarter (`2023Q2`) into `folder`, by default `review/quality`; returns its path.

    A report that is there is replaced in one step. Reads the published file alone. Raises ReportError for a text that
    is no quarter and for a quarter without a released issue, FileNotFoundError before anything was published.
    """
    asked = read_quarter(quarter)
    with open_published(settings) as con:
        facts = quality_facts(con, asked)
    body = report_bytes(facts, settings.issuer)
    target = (folder or settings.review / FOLDER) / f"{TITLE}-{asked.code}.docx"
    target.parent.mkdir(parents=True, exist_ok=True)
    with replaced(target) as temporary:
        temporary.write_bytes(body)
    return target


def report_bytes(facts: QualityFacts, issuer: str) -> bytes:
    """Returns the report as a .docx; the same facts give the same bytes."""
    document = blank_document(f"{facts.label}（非真实统计）" if facts.label else "")
    for name, form in _FORMS.items():
        define(document, name, form)
        _leave_grid(document.styles[name])
    _head(document, facts, issuer)
    _scope(document, facts)
    _scores(document, facts)
    _findings(document, facts)
    _waits(document, facts)
    _revisions(document, facts)
    _punctuality(document, facts)
    _unsettled(document, facts)
    properties = document.core_properties
    properties.title = f"{facts.quarter.words}{TITLE}"
    properties.author = issuer
    properties.comments = ""
    properties.created = properties.modified = facts.as_of.replace(microsecond=0)
    stream = BytesIO()
    document.save(stream)
    return repacked(stream.getvalue())


def _head(document: Document, facts: QualityFacts, issuer: str) -> None:
    quarter = facts.quarter
    document.add_paragraph(TITLE, "Title")
    span = f"{quarter.first_day:%Y-%m-%d} 至 {quarter.last_day:%Y-%m-%d}"
    document.add_paragraph(f"（{quarter.words}，{span}）", "周报期间")
    if issuer:
        document.add_paragraph(issuer, "周报期号")
    document.add_paragraph(f"数据截至{_moment(facts.as_of)}", "周报编发")


def _scope(document: Document, facts: QualityFacts) -> None:
    document.add_paragraph("一、评估范围", "Heading 2")
    files = sum(row["files"] for row in facts.sources)
    rows = sum(row["rows_loaded"] for row in facts.sources)
    _say(
        document,
        f"本季度已发布{len(facts.weeks)}期（{facts.weeks[0]}至{facts.weeks[-1]}），采用文件{files}份、载入{grouped(rows)}行。"
        f"按GB/T 36344的六个维度设检查{sum(row['checks'] for row in facts.checks)}项，逐期检查。",
    )
    _say(
        document,
        f"本报告写的是最近一次对外发布的数据，得分、问题和处理情况取自{_moment(facts.as_of)}为止的发布。"
        "此后收到的文件、登记的处理意见，到下一次发布才计入，所以可能与平台里当时的状态不同。",
    )
    if facts.unreleased:
        _say(document, f"下列{len(facts.unreleased)}期尚未发布，不在评估之内：{'、'.join(facts.unreleased)}。")
    if facts.unscored:
        _say(document, f"下列{len(facts.unscored)}期还没有按维度计过行，没有得分：{'、'.join(facts.unscored)}。")
    _table(
        document,
        ("来源", "采用的文件", "被替代的文件", "载入的行", "隔离的行"),
        [
            (row["title"], *(grouped(row[name]) for name in ("files", "superseded", "rows_loaded", "rows_quarantined")))
            for row in facts.sources
        ],
        (60, 24, 24, 24, 24),
    )
    _table(
        document,
        ("维度", "看什么", "检查（项）", "其中阻止发布"),
        [
            (row["dimension"], DIMENSION_MEANINGS.get(row["dimension"], MISSING), row["checks"], row["stopping"])
            for row in facts.checks
        ],
        (26, 82, 24, 24),
        words=2,
    )


def _scores(document: Document, facts: QualityFacts) -> None:
    document.add_paragraph("二、得分", "Heading 2")
    _say(document, f"{FORMULA}。")
    for number, rule in enumerate(ROW_RULES, start=1):
        _say(document, f"{number}.{rule}")
    document.add_paragraph("（一）各维度", "Heading 3")
    _table(
        document,
        ("维度", "得分", "检查的行", "有问题的行"),
        [
            (row["dimension_label"], percent(row["score_pct"]), grouped(row["rows_checked"]), grouped(row["rows_held"]))
            for row in facts.by_dimension
        ],
        (45, 37, 37, 37),
    )
    document.add_paragraph("（二）各部门（得分，%）", "Heading 3")
    below = [row for row in facts.by_department if row["rows_held"]]
    if below:
        _table(
            document,
            ("部门", "全部", *DIMENSIONS, "有问题的行"),
            [_department_cells(row) for row in below],
            (34, 16, 16, 16, 16, 16, 16, 16, 14),
        )
    spotless = [row["department_name"] for row in facts.by_department if not row["rows_held"]]
    if spotless:
        others = "其余" if below else ""
        _say(document, f"{others}{len(spotless)}个部门都是100%：{'、'.join(spotless)}。")
    if not facts.by_department:
        _say(document, "本季度检查的行都没有写明部门。")


def _department_cells(row: Row) -> tuple[str, ...]:
    # The heading has the sign: 100.00% is too wide for nine columns.
    scores = (row["score_pct"], *(row["by_dimension"].get(name) for name in DIMENSIONS))
    return row["department_name"], *(percent(score).removesuffix("%") for score in scores), grouped(row["rows_held"])


def _findings(document: Document, facts: QualityFacts) -> None:
    document.add_paragraph("三、发现的问题及其处理", "Heading 2")
    if not facts.causes:
        _say(document, "本季度各项检查没有发现问题。")
        return
    found = sum(cause["findings"] for cause in facts.causes)
    waited = sum(row["findings"] for row in facts.settlements)
    explained = f"，其余{found - waited}个由规则说明、不等人处理" if found > waited else ""
    _say(
        document,
        f"本季度各期首次出现的问题共{found}个，出于{len(facts.causes)}种原因；其中要人处理的{waited}个（见四）{explained}。"
        "重新报送后已经没有的也计在内；处理情况是数据截至之时的。",
    )
    _table(
        document,
        ("原因（不符的检查）", "维度", "级别", "问题", "期数", "怎样了"),
        [
            tuple(str(cause[name]) for name in ("title", "dimension", "severity", "findings", "weeks", "outcome"))
            for cause in facts.causes
        ],
        (56, 18, 14, 14, 14, 40),
        words=6,
    )


def _waits(document: Document, facts: QualityFacts) -> None:
    document.add_paragraph("四、答复与办结", "Heading 2")
    if not facts.settlements:
        _say(document, "本季度没有出现要人处理的问题。")
        return
    _say(
        document,
        "从问题出现到第一次处理意见为答复，到最后一次不再等人处理为办结；退回的，等到重新报送才算办结。"
        "天数为中位数，只计本季度首次出现的问题。",
    )
    names = ("findings", "answered", "settled", "still_open", "median_days_to_answer", "median_days_to_settle")
    _table(
        document,
        ("责任单位", "问题", "已答复", "已办结", "未办结", "答复天数", "办结天数"),
        [(_who(row["department"]), *(grouped(row[name]) for name in names)) for row in facts.settlements],
        (48, 18, 18, 18, 18, 18, 18),
    )


def _revisions(document: Document, facts: QualityFacts) -> None:
    document.add_paragraph("五、修订", "Heading 2")
    moved = facts.revisions
    _say(
        document,
        f"本季度发布的{moved.issues}期中，{moved.revised_issues}期修订过；{grouped(moved.figures)}个数字中改动"
        f"{grouped(moved.figures_revised)}个，修订率{moved.revised_pct}（每期最近一次发布与首次发布比较）。",
    )
    if not facts.sizes:
        return
    document.add_paragraph("（一）改动的大小", "Heading 3")
    _say(document, "平均绝对修订是改动的绝对值之和除以两次发布都有的数字；相对修订是它与首次发布的绝对值之和的比。")
    _table(
        document,
        ("期", "数字", "改动", "修订率", "平均绝对修订", "相对修订"),
        [_size_cells(row) for row in facts.sizes[:MOST_OPEN]],
        (20, 58, 16, 20, 24, 18),
        words=2,
    )
    document.add_paragraph("（二）修订三角", "Heading 3")
    shown = facts.triangle
    heads = ["首次" if revision == 1 else f"第{revision}次" for revision in shown.revisions]
    width = max(60 // max(len(heads), 1), 8)
    _table(
        document,
        ("期", "数字", "行", *heads),
        [(week, figure, row or MISSING, *map(grouped, values)) for (week, figure, row, _), values in shown.rows],
        (24, 44, 28, *(width for _ in heads)),
        words=3,
    )
    if shown.left_out:
        document.add_paragraph(f"另有{shown.left_out}个数字改动过，见网页“质量得分与修订”所附的文件。", _NOTE)


def _size_cells(row: Row) -> tuple[str, ...]:
    return (
        row["week_id"],
        row["figure"],
        grouped(row["figures_revised"]),
        percent(row["revised_pct"]),
        grouped(row["mean_absolute_revision"]),
        percent(row["relative_revision_pct"]),
    )


def _punctuality(document: Document, facts: QualityFacts) -> None:
    document.add_paragraph("六、按时发布", "Heading 2")
    late = [row for row in facts.punctuality if not row["is_on_time"]]
    in_time = len(facts.punctuality) - len(late)
    _say(document, f"本季度发布{len(facts.punctuality)}期，按时{in_time}期，迟发{len(late)}期。")
    _table(
        document,
        ("期", "截止日", "应发布", "首次发布", "迟（天）", "共发布（次）"),
        [
            (
                row["week_id"],
                str(row["period_end"]),
                str(row["due_on"]),
                str(row["released_on"]),
                grouped(row["days_late"]),
                grouped(row["releases"]),
            )
            for row in reversed(facts.punctuality)
        ],
        (24, 30, 30, 30, 20, 22),
        words=4,
    )


def _unsettled(document: Document, facts: QualityFacts) -> None:
    document.add_paragraph("七、没有办结的", "Heading 2")
    unsettled = facts.open_findings
    if not unsettled:
        _say(document, "本季度各期的问题都已办结。")
        return
    earlier = sum(row["first_seen"] not in facts.weeks for row in unsettled)
    older = f"，其中{earlier}个首次出现在别的季度或未发布的期" if earlier else ""
    _say(document, f"截至{_moment(facts.as_of)}，本季度各期的问题中还有{len(unsettled)}个没有办结{older}，列于下表。")
    _table(
        document,
        ("首次出现", "问题", "级别", "责任单位", "状态"),
        [
            (row["first_seen"], row["title"], row["severity"], _who(row["department"]), row["state"])
            for row in unsettled[:MOST_OPEN]
        ],
        (20, 76, 14, 28, 18),
        words=5,
    )
    if len(unsettled) > MOST_OPEN:
        document.add_paragraph(f"另有{len(unsettled) - MOST_OPEN}个，见网页“数据质量”各期。", _NOTE)


def _moment(moment: datetime) -> str:
    """`2023年4月18日09时05分`."""
    return f"{moment.year}年{moment.month}月{moment.day}日{moment:%H时%M分}"


def _who(department: str) -> str:
    return _WHO.get(department, department)


def _say(document: Document, words: str) -> None:
    document.add_paragraph(words, "Body Text")


def _table(
    document: Document,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    widths_mm: Sequence[int],
    *,
    words: int = 1,
) -> None:
    """Adds a table over the width of the page; the first `words` columns hold words, the others numbers.

    The header stands again on each page, and no row is parted by the end of one.
    """
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Mm

    lines = [tuple(map(str, row)) for row in rows]
    table = document.add_table(rows=0, cols=len(header))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _rule_lines(table)
    scale = TEXT_WIDTH_MM / sum(widths_mm)
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(round(width * scale, 1))
    for number, cells in enumerate((tuple(header), *lines)):
        row = table.add_row()
        _keep_whole(row, is_header=number == 0)
        for column, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = Mm(round(widths_mm[column] * scale, 1))
            paragraph = cell.paragraphs[0]
            paragraph.style = document.styles[_HEAD if number == 0 else _CELL]
            paragraph.add_run(text)
            _align(paragraph, _LEFT if column < words else _RIGHT)
    # Two tables without a paragraph between them are one.
    document.add_paragraph("", _NOTE)


def _leave_grid(style: Any) -> None:
    """Lets lines stand closer than the 22 of a page of text: in a table as its own pitch says."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    off = OxmlElement("w:snapToGrid")
    off.set(qn("w:val"), "0")
    properties = style.element.get_or_add_pPr()
    # The format wants it before the spacing.
    properties.find(qn("w:spacing")).addprevious(off)


def _align(paragraph: Any, side: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == _RIGHT else WD_ALIGN_PARAGRAPH.LEFT


def _rule_lines(table: Any) -> None:
    """Draws a line between rows and above and below the table, as printed tables have them."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 4)):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "0"), ("color", "808080")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _keep_whole(row: Any, *, is_header: bool) -> None:
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_header:
        properties.append(OxmlElement("w:tblHeader"))
