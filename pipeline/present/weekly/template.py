"""The shipped Word template, written from this page: `python -m pipeline.present.weekly.template` after a change here.

A .docx cannot be reviewed in git, so its wording and form stand here and a test compares both. A hall that wants
another form copies the file, edits the copy in Word and names it in its settings; nothing here changes for that.
Form: GB/T 9704-2012 as a 简报 — A4, 22 lines of 28 characters, 3 号 仿宋, headings in 黑体 and 楷体.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.reproducible_zip import repacked

if TYPE_CHECKING:
    from docx.document import Document

TEMPLATE: Final = Path(__file__).with_name("weekly.docx")

FANGSONG, KAITI, HEITI, SONGTI = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
BIAOSONG: Final = "方正小标宋简体"
RED: Final = "C00000"
# 3 号, 4 号, 小 4 号, 小 5 号
SIZE, SMALL, SMALLER, NOTE = 16.0, 14.0, 12.0, 9.0
LINE_PITCH: Final = 28.9
# 28 characters of 16 pt are a little wider than 156 mm: what each gives up, in points.
CLOSER: Final = -0.25
MARGINS_MM: Final = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
TEXT_WIDTH_MM: Final = 156


@dataclass(frozen=True)
class Form:
    """How one style looks. Sizes in points; `indent` and `hanging` in characters."""

    font: str = FANGSONG
    size: float = SIZE
    align: str = "both"
    indent: float = 0
    hanging: float = 0
    color: str | None = None
    before: float = 0
    after: float = 0
    pitch: float = LINE_PITCH
    rule: tuple[str, str, int] | None = None
    closer: float = CLOSER
    outline: int | None = None


# A rule is (side, colour, eighths of a point).
STYLES: Final = {
    "Normal": Form(),
    "Body Text": Form(indent=2),
    "Title": Form(BIAOSONG, 48, "center", color=RED, before=6, after=12, pitch=62, closer=6),
    "周报期号": Form(align="center"),
    "周报修订": Form(KAITI, SMALL, "center"),
    "周报编发": Form(size=SMALL, before=6, after=14, rule=("bottom", RED, 18)),
    "Heading 1": Form(BIAOSONG, 22, "center", before=10, after=4, pitch=34, outline=0),
    "周报期间": Form(KAITI, align="center", after=10),
    "Heading 2": Form(HEITI, indent=2, outline=1),
    "Heading 3": Form(KAITI, indent=2, outline=2),
    "周报报送首行": Form(size=SMALL, hanging=2, before=14, pitch=26, rule=("top", "000000", 12)),
    "周报报送": Form(size=SMALL, hanging=2, pitch=26),
    "周报报送末行": Form(size=SMALL, hanging=2, pitch=26, rule=("bottom", "000000", 12)),
    "周报印数": Form(size=SMALL, align="right", before=4, pitch=26),
    "Header": Form(HEITI, SMALLER, "center", color=RED, pitch=18),
    "Footer": Form(SONGTI, SMALL, "right", pitch=18),
    "footnote text": Form(size=NOTE, pitch=13),
}
# Styles of single words inside a paragraph.
WORDS: Final = {"周报小标题": KAITI}

UNUSED_PARTS: Final = ("/thumbnail", "/stylesWithEffects", "/customXml", "/numbering", "/theme")

# Each line is a paragraph: its style and its text; words between ‖ have the style of a small heading.
BODY: Final[tuple[tuple[str, str], ...]] = (
    ("Title", "{{ 标题 }}"),
    ("周报期号", "{{ 年 }}年第{{ 期号 }}期（总第{{ 总期号 }}期）"),
    ("周报修订", "{%p if 修订 > 1 %}"),
    ("周报修订", "（第{{ 修订 }}次发布，替代此前发布的本期）"),
    ("周报修订", "{%p endif %}"),
    ("周报编发", "{{ 编发单位 }}\t{{ 印发日期 }}"),
    ("Heading 1", "政务服务工作"),
    ("周报期间", "（{{ 刊印起 }}—{{ 刊印止 }}）"),
    ("Heading 2", "{%p if 章.综窗 %}"),
    ("Heading 2", "{{ 章.综窗 }}、综窗改革攻坚行动"),
    ("Heading 3", "{%p if 节.办件 %}"),
    ("Heading 3", "（{{ 节.办件 }}）{{ 本厅.本级 }}综窗办件情况"),
    (
        "Body Text",
        "本周，共计咨询{{ 综窗.咨询.本周 }}人次、受理{{ 综窗.受理.本周 }}件、颁发{{ 综窗.颁发.本周 }}件、"
        "流转{{ 综窗.流转.本周 }}件；今年以来，累计咨询{{ 综窗.咨询.累计 }}人次、受理{{ 综窗.受理.累计 }}件、"
        "颁发{{ 综窗.颁发.累计 }}件、流转{{ 综窗.流转.累计 }}件。",
    ),
    ("Heading 3", "{%p endif %}"),
    ("Heading 3", "{%p if 节.授权 %}"),
    ("Heading 3", "（{{ 节.授权 }}）{{ 本厅.级别 }}部门（单位）事项纳入及授权情况"),
    (
        "Body Text",
        "已进驻{{ 本厅.场所 }}的{{ 本厅.级别 }}部门（单位）共{{ 授权.进驻 }}个。"
        "已授权无差别综合窗口的{{ 授权.已授权 }}个，"
        "未授权无差别综合窗口的{{ 授权.未授权 }}个{% if 授权.未授权名单 %}：{{ 授权.未授权名单 }}{% endif %}。"
        "{% if 授权.对接 %}其中，{{ 授权.对接 }}。{% endif %}",
    ),
    ("Heading 3", "{%p endif %}"),
    ("Heading 3", "{%p if 节.推进 %}"),
    ("Heading 3", "（{{ 节.推进 }}）推进情况"),
    ("Body Text", "{%p for 条 in 推进情况 %}"),
    ("Body Text", "{{ loop.index }}.{{ 条 }}"),
    ("Body Text", "{%p endfor %}"),
    ("Body Text", "{%p if 培训 %}"),
    (
        "Body Text",
        "{{ 推进情况|length + 1 }}.组织{{ 培训.部门 }}业务骨干对{{ 培训.人数 }}名综合窗口工作人员进行"
        "{{ 培训.主项 }}个主项的业务培训{{ 培训.次数 }}次。",
    ),
    ("Body Text", "{%p endif %}"),
    ("Heading 3", "{%p endif %}"),
    ("Heading 2", "{%p endif %}"),
    ("Heading 2", "{%p if 章.事项 %}"),
    ("Heading 2", "{{ 章.事项 }}、{{ 本厅.级别 }}政务服务事项受理办理情况"),
    (
        "Body Text",
        "据{{ 本厅.平台 }}数据统计，今年以来，{{ 本厅.本级 }}"
        # A hall with other groups of power types has its groups one after the other.
        "{% if 事项.行政许可 is defined and 事项.公共服务 is defined and 事项.其它九类 is defined %}"
        "行政许可事项受理{{ 事项.行政许可.受理 }}件，"
        "办结{{ 事项.行政许可.办结 }}件；公共服务事项受理{{ 事项.公共服务.受理 }}件，办结{{ 事项.公共服务.办结 }}件，"
        "其它9类行权事项受理{{ 事项.其它九类.受理 }}件，累计办结{{ 事项.其它九类.办结 }}件"
        "{% else %}{% for 组 in 事项组 %}{% if not loop.first %}；{% endif %}"
        "{{ 组.名称 }}受理{{ 组.受理 }}件，办结{{ 组.办结 }}件{% endfor %}{% endif %}。",
    ),
    ("Heading 2", "{%p endif %}"),
    ("Heading 2", "{%p if 章.动态 %}"),
    ("Heading 2", "{{ 章.动态 }}、窗口工作动态"),
    ("Heading 3", "（一）优化营商环境工作开展情况"),
    ("Body Text", "{%p for 条 in 优化营商环境 %}"),
    ("Body Text", "{% if 优化营商环境|length > 1 %}{{ loop.index }}.{% endif %}{{ 条 }}"),
    ("Body Text", "{%p endfor %}"),
    ("Heading 3", "（二）窗口服务效能提升工作情况"),
    ("Body Text", "{%p for 条 in 服务效能提升 %}"),
    ("Body Text", "{% if 服务效能提升|length > 1 %}{{ loop.index }}.{% endif %}{{ 条 }}"),
    ("Body Text", "{%p endfor %}"),
    ("Heading 3", "（三）厅（局）长进大厅"),
    ("Body Text", "{%p for 条 in 厅局长进大厅 %}"),
    ("Body Text", "{% if 厅局长进大厅|length > 1 %}{{ loop.index }}.{% endif %}{{ 条 }}"),
    ("Body Text", "{%p endfor %}"),
    ("Heading 3", "{%p for 类 in 其他动态 %}"),
    ("Heading 3", "【待填写：类别“{{ 类.类别 }}”没有对应的小节，请把下列动态移到合适的位置】"),
    ("Body Text", "{%p for 条 in 类.动态 %}"),
    ("Body Text", "{{ loop.index }}.{{ 条 }}"),
    ("Body Text", "{%p endfor %}"),
    ("Heading 3", "{%p endfor %}"),
    ("Heading 2", "{%p endif %}"),
    ("Heading 2", "{%p if 章.巡查 %}"),
    ("Heading 2", "{{ 章.巡查 }}、大厅巡查情况"),
    ("Body Text", "{%p for 项 in 巡查 %}"),
    ("Body Text", "‖（{{ 项.序 }}）{{ 项.项目 }}。‖{{ 项.情况 }}"),
    ("Body Text", "{%p else %}"),
    ("Body Text", "【待填写：本期没有大厅巡查记录，请补写】"),
    ("Body Text", "{%p endfor %}"),
    ("Heading 2", "{%p endif %}"),
    ("Heading 2", "{%p if 章.指标 %}"),
    # A hall that has none of the exports of the program has no others.
    ("Heading 2", "{{ 章.指标 }}、{% if 章.指标 == '一' %}各项指标{% else %}其他指标{% endif %}"),
    ("Body Text", "{%p for 组 in 指标组 %}"),
    (
        "Body Text",
        "‖{{ 组.名称 }}。‖{% for 数 in 组.指标 %}{{ 数.名称 }}{{ 数.本周 }}{{ 数.单位 }}"
        "{% if 数.累计 %}（今年累计{{ 数.累计 }}{{ 数.单位 }}）{% endif %}"
        "{% if not loop.last %}，{% endif %}{% endfor %}。",
    ),
    ("Body Text", "{%p endfor %}"),
    ("Heading 2", "{%p endif %}"),
    ("周报报送首行", "报：{{ 报 }}。"),
    ("周报报送", "送：{{ 送 }}。"),
    ("周报报送末行", "发：{{ 发 }}。"),
    ("周报印数", "（共印{{ 份数 }}份）"),
)
HEADER: Final = "{% if 数据标签 %}{{ 数据标签 }}（非真实统计）{% endif %}"


def template_bytes() -> bytes:
    """The template as a .docx; the same bytes for the same page and library."""
    document = blank_document(HEADER)
    for style, text in BODY:
        _write(document, style, text)
    document.core_properties.title = "{{ 标题 }}"
    document.core_properties.author = "{{ 编发单位 }}"
    document.core_properties.comments = ""
    stream = BytesIO()
    document.save(stream)
    return repacked(stream.getvalue())


def blank_document(header: str) -> Document:
    """An empty document with the page, the styles and the page numbers of the printed weekly, and this header."""
    from docx import Document

    document = Document()
    _strip(document)
    for name, form in STYLES.items():
        define(document, name, form)
    for name, font in WORDS.items():
        _set_font(_style(document, name, is_paragraph=False), font)
    _lay_out(document)
    _number_pages(document, header)
    return document


def _strip(document: Document) -> None:
    """Take out what the library's own start document brings: parts and styles without use here, and themed fonts."""
    for relations in (document.part.package.rels, document.part.rels):
        _remove_unused(relations)
    kept = {*STYLES, *WORDS, "Default Paragraph Font", "Normal Table", "No List"}
    for style in list(document.styles):
        if style.name not in kept:
            style.delete()
    for style in document.styles:
        _remove_children(style.element, ending=("}pPr", "}rPr", "}link", "}next"))
    defaults = document.styles.element.find(_w("docDefaults"))
    for tag in ("rPr", "pPr"):
        for properties in defaults.iter(_w(tag)):
            _remove_children(properties, ending=("",))


def _remove_unused(relations: Any) -> None:
    """Removes the relations to parts that no weekly uses, such as a thumbnail."""
    for key, relation in list(relations.items()):
        if relation.reltype.endswith(UNUSED_PARTS):
            del relations[key]


def _remove_children(element: Any, *, ending: tuple[str, ...]) -> None:
    """Removes the children whose qualified tag, such as `{…/main}rPr`, ends in one of these; "" means all."""
    for child in list(element):
        if child.tag.endswith(ending):
            element.remove(child)


def define(document: Document, name: str, form: Form) -> None:
    """Gives the document a paragraph style of this name, or changes the one that it has."""
    from docx.shared import Pt, RGBColor

    style = _style(document, name, is_paragraph=True)
    _set_font(style, form.font)
    # In the order that the format wants: font, colour, spacing, size.
    if form.color:
        style.font.color.rgb = RGBColor.from_string(form.color)
    _add(style.element.rPr, "spacing", val=round(form.closer * 20))
    style.font.size = Pt(form.size)
    properties = style.element.get_or_add_pPr()
    if form.outline is not None:
        _add(properties, "keepNext")
    if form.rule:
        side, color, eighths = form.rule
        _add(_add(properties, "pBdr"), side, val="single", sz=eighths, space=6, color=color)
    twips = {"before": form.before * 20, "after": form.after * 20, "line": form.pitch * 20}
    _add(properties, "spacing", **{key: round(value) for key, value in twips.items()}, lineRule="exact")
    _indent(properties, form)
    _add(properties, "jc", val=form.align)
    if form.outline is not None:
        _add(properties, "outlineLvl", val=form.outline)


def _indent(properties: Any, form: Form) -> None:
    """Indents in characters, as Word's Chinese users set them, and in twips for programs that know no characters."""
    # A character is as wide as it is high; a point has 20 twips.
    character = form.size * 20
    if form.indent:
        _add(
            properties,
            "ind",
            firstLineChars=round(form.indent * 100),
            firstLine=round(form.indent * character),
        )
    elif form.hanging:
        _add(
            properties,
            "ind",
            left=round((form.hanging + 1) * character),
            right=round(character),
            hanging=round(form.hanging * character),
        )


def _style(document: Document, name: str, *, is_paragraph: bool) -> Any:
    from docx.enum.style import WD_STYLE_TYPE

    kind = WD_STYLE_TYPE.PARAGRAPH if is_paragraph else WD_STYLE_TYPE.CHARACTER
    by_name = {style.name: style for style in document.styles}
    style = by_name.get(name) or document.styles.add_style(name, kind)
    style.hidden = style.unhide_when_used = False
    style.quick_style = True
    return style


def _set_font(style: Any, font: str) -> None:
    # One font for Chinese and for digits: a Western one would also take the quotation marks, which are Chinese here.
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(_w(kind), font)


def _lay_out(document: Document) -> None:
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, millimetres in MARGINS_MM.items():
        setattr(section, name, Mm(millimetres))
    section.header_distance, section.footer_distance = Mm(15), Mm(25)
    for old in section._sectPr.findall(_w("docGrid")):
        section._sectPr.remove(old)
    pitch = round(LINE_PITCH * 20)
    _add(section._sectPr, "docGrid", type="lines", linePitch=pitch)
    language = _add(document.styles.element.find(_w("docDefaults")).find(f".//{_w('rPr')}"), "lang")
    language.set(_w("val"), "en-US")
    language.set(_w("eastAsia"), "zh-CN")


def _write(document: Document, style: str, text: str) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    paragraph = document.add_paragraph(style=style)
    # "‖" switches the small heading on and off: "‖（一）按时到岗情况。‖总体情况良好。"
    for position, words in enumerate(text.split("‖")):
        is_small_heading = position % 2 == 1
        if words:
            paragraph.add_run(words, style="周报小标题" if is_small_heading else None)
    if "\t" in text:
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)


def _number_pages(document: Document, words: str) -> None:
    """— 1 — at the outer edge, as GB/T 9704 has it; what the data are, above."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles["Footer"]
        properties = paragraph._p.get_or_add_pPr()
        _add(properties, "ind", **{side: round(SMALL * 20)})
        _add(properties, "jc", val=side)
        paragraph.add_run("— ")
        _add(paragraph._p, "fldSimple", instr=" PAGE ").append(_run("1"))
        paragraph.add_run(" —")
    for header in (section.header, section.even_page_header):
        header.paragraphs[0].style = document.styles["Header"]
        header.paragraphs[0].add_run(words)


def _run(text: str) -> Any:
    from docx.oxml import OxmlElement

    run = OxmlElement("w:r")
    run.text = text
    return run


def _add(parent: Any, tag: str, **attributes: object) -> Any:
    from docx.oxml import OxmlElement

    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(_w(name), str(value))
    parent.append(element)
    return element


def _w(tag: str) -> str:
    from docx.oxml.ns import qn

    return qn(f"w:{tag}")


if __name__ == "__main__":
    TEMPLATE.write_bytes(template_bytes())
