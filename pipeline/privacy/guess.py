"""Guesses from its label and its texts whether a column holds persons, to help who writes a contract.

What a contract says (`personal: drop` or `hmac`) is obeyed by `pipeline.ingest.cells.row_reader`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal

from pipeline.common.cell_marks import MARKS
from pipeline.contracts.labels import label_key
from pipeline.privacy.id_numbers import MOBILE, is_id_number, is_old_id_number
from pipeline.privacy.surnames import SURNAMES

# Shares of a column's cells from which a kind of text counts.
_SOME = 0.1
_MANY = 0.3
_MOST = 0.8
_FEWEST_NAMES = 3
_FLAGS = frozenset({"y", "n", "yes", "no", "true", "false", "0", "1", "是", "否", "有", "无", "已", "未", ""})
# 工号, StaffID
_STAFF = re.compile(r"工号|员工编号|人员编号|staff_?\s?(id|no)|employee_?\s?(id|no)", re.IGNORECASE)
# applicant_name, phone, mobile_no, e-mail, home address
_ENGLISH = re.compile(
    r"(first|last|full|applicant|customer|citizen|contact|caller|person)_?\s?name$|phone|mobile(_?no|number)?$|e-?mail"
    r"|address$|ssn$|passport|birth",
    re.IGNORECASE,
)
# Of the hall and its offices, which publish where they are and how to call them; machines have addresses too.
_OF_OFFICES = re.compile(
    r"(设备|终端|窗口|办公|部门|大厅|网点|机构|办理|受理|服务|实施|监督|值班|ip|mac|网络|网站|链接)(地址|电话|邮箱|座机)$"
)
# 身份证号, 银行卡号, 车牌号, 来电号码: numbers of persons, whatever the cells hold
_NUMBER_LABEL = re.compile(
    r"身份证|身份号码|证件(号|编号)|护照|军官证|驾驶证|驾照|社保(卡|账|编)|社会保障(卡|号)|医保(卡|账|编)|公积金账"
    r"|银行(卡|账)|(银行|开户|收款)账?[号户]$|车牌|号牌|手机|(电话|联系)号码|来电|主叫|qq号?$"
)
# 申请人, 联系电话, 家庭住址
_LABEL = re.compile(
    r"姓名|户名$|昵称|曾用名|当事人|(?<!法)人(员)?(名称|名字|信息)?$|(?<!记)者(名称|名字)?$|户主|家长|家属|法人代表"
    r"|签名$|签字$|联[系络](方式|号码)|电话(号|号码)?$|座机|固话|邮箱|电子邮件|微信(号|名)?$|地址|住址|住所|户籍"
    r"|出生|生日$"
)
_COUNT = re.compile(r"\d{1,4}")  # 12
_MOBILE = re.compile(rf"(\+?86)?{MOBILE}")  # 13800001111, +8613800001111
_GAP_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ -](?=\d)")  # 138 0000-1111
# 138****1111, 5101**********1234, 王*明, 李某某
_COVERED = re.compile(r"1[3-9]\d\*{3,}\d{2,4}|\d{3,6}\*{4,}[\dxX]{1,4}|[\u4e00-\u9fff][*＊某]{1,3}[\u4e00-\u9fff]?")
# 川A·12345, 京AD12345
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·.\s-]?[A-Z0-9]{4,6}[A-Z0-9学警港澳挂]"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
# 高新区, 周报表, 江安县: begin with a surname and are no names
_NO_NAME = re.compile(r"[区县市州省镇乡村街路厅局委办处科室部院所站厂店件类型级卡证项业窗口量数率表]$")
_NO_NAME_LABEL = re.compile(r"类|型|状态|部门|单位|机构|区|渠道|方式|结果|等级|级别|业务|窗口|事项|地点|科目|课程")


Advice = tuple[Literal["drop", "hmac"] | None, str]
"""What a contract's `personal` should say of a column, and why; (None, "") where it seems to hold no persons."""
_NO_PERSONS: Advice = (None, "")


def personal_kind(label: str, texts: Sequence[str]) -> Advice:
    """What to do with a column that seems to hold persons, and why; (None, "") for one that does not.

    `texts` are some cells of the column. 申请人姓名 → ("drop", "表头像个人信息").
    """
    if _STAFF.search(label):
        return "hmac", "表头像工号，只留摘要以便按人计数"
    cells = list(map(_plain_cell, texts))
    kind_of_texts = _kind_of_persons_in(label, cells)
    if kind_of_texts:
        return "drop", f"内容像{kind_of_texts}"
    # 是否本人: who answers yes or no says nothing of himself.
    is_flag = bool(cells) and _FLAGS.issuperset(map(str.lower, cells))
    if is_flag:
        return _NO_PERSONS
    return ("drop", "表头像个人信息") if _is_personal_label(label, cells) else _NO_PERSONS


def _plain_cell(text: str) -> str:
    """The text of a cell without a reader's mark, in plain characters, with single blanks."""
    unmarked = text.lstrip(MARKS)
    return " ".join(unicodedata.normalize("NFKC", unmarked).split())


def _is_personal_label(label: str, cells: Sequence[str]) -> bool:
    """Whether a label names something of a person: 手机号, 联系地址, but not 窗口电话 or a count of calls."""
    key = label_key(label)
    is_of_office = _OF_OFFICES.search(key) is not None
    if is_of_office:
        return False
    names_number = _NUMBER_LABEL.search(key) or _ENGLISH.search(label)
    if names_number:
        return True
    # How many persons, calls or messages there were is no person.
    if cells and all(map(_COUNT.fullmatch, cells)):
        return False
    return _LABEL.search(key) is not None


def _kind_of_persons_in(label: str, cells: Sequence[str]) -> str:
    """What of persons the texts are, in words; "" for nothing."""
    for words, least_share, holds in _TESTS:
        if _share(cells, holds) >= least_share:
            return words
    # 业务类型, 所在区县: what may begin with a surname and is a thing.
    if _NO_NAME_LABEL.search(label):
        return ""
    return "姓名" if _are_names(cells) else ""


def _share(cells: Sequence[str], holds: Callable[[str], bool]) -> float:
    """The share of the cells for which something holds; none of no cells."""
    fitting = sum(map(holds, cells))
    return fitting / max(len(cells), 1)


def _is_number_of_person(cell: str) -> bool:
    """510101 19900101 1234 with its check digit, +86 138 0000 1111."""
    bare = _GAP_BETWEEN_DIGITS.sub("", cell)
    return is_id_number(bare) or _MOBILE.fullmatch(bare) is not None


def _is_covered(cell: str) -> bool:
    return _COVERED.fullmatch(cell) is not None


def _is_mail(cell: str) -> bool:
    return _MAIL.fullmatch(cell) is not None


def _is_plate(cell: str) -> bool:
    return _PLATE.fullmatch(cell.upper()) is not None


# What of persons a text may be, the share of a column's cells that must be so, and what tells it.
_TESTS: tuple[tuple[str, float, Callable[[str], bool]], ...] = (
    ("身份证号或手机号", _SOME, _is_number_of_person),
    ("遮盖过的姓名或号码", _MANY, _is_covered),
    ("邮箱", _SOME, _is_mail),
    ("车牌号", _MANY, _is_plate),
    ("身份证号", _MOST, is_old_id_number),
)


def _are_names(cells: Sequence[str]) -> bool:
    """Mostly two to four characters that begin with various surnames: words of one beginning (周一, 周二) are none."""
    names = list(filter(_looks_like_name, (cell.replace(" ", "") for cell in cells)))
    surnames = {name[0] for name in names}
    enough = max(_FEWEST_NAMES, len(cells) * _MOST)
    return len(names) >= enough and len(surnames) > 1


def _looks_like_name(text: str) -> bool:
    """王小明, but not 高新区 or 周报表."""
    if not _NAME.fullmatch(text):
        return False
    return text[0] in SURNAMES and not _NO_NAME.search(text)
