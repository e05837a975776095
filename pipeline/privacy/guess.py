"""Guesses from its label and its texts whether a column holds persons; what contracts say of it, personal obeys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

from pipeline.common.cell_marks import MARKS
from pipeline.contracts.labels import label_key
from pipeline.privacy.masking import is_id_number

_SOME = 0.1
_MANY = 0.3
_MOST = 0.8
_FLAGS = frozenset({"y", "n", "yes", "no", "true", "false", "0", "1", "是", "否", "有", "无", "已", "未", ""})
_STAFF = re.compile(r"工号|员工编号|人员编号|staff_?\s?(id|no)|employee_?\s?(id|no)", re.IGNORECASE)
_ENGLISH = re.compile(
    r"(first|last|full|applicant|customer|citizen|contact|caller|person)_?\s?name$|phone|mobile(_?no|number)?$|e-?mail"
    r"|address$|ssn$|passport|birth",
    re.IGNORECASE,
)
# Of the hall and its offices, which publish where they are and how to call them; machines have addresses too.
_OF_OFFICES = re.compile(
    r"(设备|终端|窗口|办公|部门|大厅|网点|机构|办理|受理|服务|实施|监督|值班|ip|mac|网络|网站|链接)(地址|电话|邮箱|座机)$"
)
_NUMBER_LABEL = re.compile(
    r"身份证|身份号码|证件(号|编号)|护照|军官证|驾驶证|驾照|社保(卡|账|编)|社会保障(卡|号)|医保(卡|账|编)|公积金账"
    r"|银行(卡|账)|(银行|开户|收款)账?[号户]$|车牌|号牌|手机|(电话|联系)号码|来电|主叫|qq号?$"
)
_LABEL = re.compile(
    r"姓名|户名$|昵称|曾用名|当事人|(?<!法)人(员)?(名称|名字|信息)?$|(?<!记)者(名称|名字)?$|户主|家长|家属|法人代表"
    r"|签名$|签字$|联[系络](方式|号码)|电话(号|号码)?$|座机|固话|邮箱|电子邮件|微信(号|名)?$|地址|住址|住所|户籍"
    r"|出生|生日$"
)
_COUNT = re.compile(r"\d{1,4}")
_MOBILE = re.compile(r"(\+?86)?1[3-9]\d{9}")
_OLD_ID = re.compile(r"[1-8]\d{5}(\d{2})(\d{2})(\d{2})\d{3}")
_COVERED = re.compile(r"1[3-9]\d\*{3,}\d{2,4}|\d{3,6}\*{4,}[\dxX]{1,4}|[\u4e00-\u9fff][*＊某]{1,3}[\u4e00-\u9fff]?")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·.\s-]?[A-Z0-9]{4,6}[A-Z0-9学警港澳挂]"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    "廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_NO_NAME = re.compile(r"[区县市州省镇乡村街路厅局委办处科室部院所站厂店件类型级卡证项业窗口量数率表]$")
_NO_NAME_LABEL = re.compile(r"类|型|状态|部门|单位|机构|区|渠道|方式|结果|等级|级别|业务|窗口|事项|地点|科目|课程")


def personal_kind(label: str, texts: Sequence[str]) -> tuple[Literal["drop", "hmac"] | None, str]:
    """What to do with a column that seems to hold persons, and why; (None, "") for one that does not."""
    if _STAFF.search(label):
        return "hmac", "表头像工号，只留摘要以便按人计数"
    cells = [" ".join(unicodedata.normalize("NFKC", text.lstrip(MARKS)).split()) for text in texts]
    seen = _seen(label, cells)
    if seen:
        return "drop", f"内容像{seen}"
    is_flag = bool(cells) and all(cell.lower() in _FLAGS for cell in cells)
    return ("drop", "表头像个人信息") if not is_flag and _is_personal_label(label, cells) else (None, "")


def _is_personal_label(label: str, cells: Sequence[str]) -> bool:
    key = label_key(label)
    if _OF_OFFICES.search(key):
        return False
    if _NUMBER_LABEL.search(key) or _ENGLISH.search(label):
        return True
    # How many persons, calls or messages there were is no person.
    is_count = bool(cells) and all(_COUNT.fullmatch(cell) for cell in cells)
    return not is_count and _LABEL.search(key) is not None


def _seen(label: str, cells: Sequence[str]) -> str:
    """What of persons the texts are, in words; "" for nothing."""
    tests: tuple[tuple[str, float, Callable[[str], bool]], ...] = (
        ("身份证号或手机号", _SOME, _is_number_of_person),
        ("遮盖过的姓名或号码", _MANY, lambda cell: _COVERED.fullmatch(cell) is not None),
        ("邮箱", _SOME, lambda cell: _MAIL.fullmatch(cell) is not None),
        ("车牌号", _MANY, lambda cell: _PLATE.fullmatch(cell.upper()) is not None),
        ("身份证号", _MOST, _is_old_id_number),
    )
    for what, share, holds in tests:
        if cells and sum(map(holds, cells)) / len(cells) >= share:
            return what
    return "姓名" if not _NO_NAME_LABEL.search(label) and _are_names(cells) else ""


def _is_number_of_person(cell: str) -> bool:
    bare = re.sub(r"(?<=\d)[ -](?=\d)", "", cell)
    return is_id_number(bare) or _MOBILE.fullmatch(bare) is not None


def _is_old_id_number(cell: str) -> bool:
    """Fifteen digits, as they were until 1999, with a day of birth in them."""
    found = _OLD_ID.fullmatch(cell)
    if found is None:
        return False
    try:
        date(1900 + int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True


def _are_names(cells: Sequence[str]) -> bool:
    """Mostly two to four characters that begin with various surnames: words of one beginning (周一, 周二) are none."""
    names = [cell for cell in (cell.replace(" ", "") for cell in cells) if _NAME.fullmatch(cell)]
    names = [name for name in names if name[0] in _SURNAMES and not _NO_NAME.search(name)]
    return len(names) >= max(3, len(cells) * _MOST) and len({name[0] for name in names}) > 1
