"""Judges whether a text looks like what people write, or was lost on the way; codecs are tried in decode."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from pipeline.contracts.labels import label_key

# The characters that make up most of running Chinese, then those of this field, then their traditional forms.
_COMMON = frozenset(
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都"
    "好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间"
    "斯知世什两次使身者被高已亲其进此话常与活正感见明问力理尔点文几定本公特做外孩相西果走将月十实向声车全信重三机工物气每并"
    "别真打太新比才便夫再书部水像眼等体却加电主界门利海受听表德少克代员许稜先口由死安写性马光白或住难望教命花结乐色更拉东神"
    "记处让母父应直字场平报友关放至张认接告入笑内英军候民岁往何度山觉路带万男边风解叫任金快原吃妈变通师立象数四失满战远格士"
    "音轻目条呢病始达深完今提求清王化空业思切怎非找片罗钱南语元喜曾离飞科言干流欢约各即指合反题必该论交终林请医晚制球决传画"
    "保读运及则房早院量苦火布品近坐产答星精视五连司巴奇管类未朋且婚台夜青北队久乎越观落尽形影红爸百令周吧识步希亚术留市半热"
    "送兴造谈容极随演收首根讲整式取照办强石古华拿计您装似足双妻尼转诉米称丽客南领节衣站黑刻统断福城故历惊脸选包紧争另建维绝"
    "树系伤示愿持千史谁准联妇纪基买志静阿诗独复痛消社算义竟确酒需单治卡幸兰念举仅钟怕共毛句息功官待究跟穿室易游程号居考突皮"
    "件受理办结窗口厅局省县区事项编号名称部门日期时间单位统计合计备注申请承诺许可服务公共行政咨询颁发累计本周表情况填报综联网络"
    "证照审批查询投资企业个体户登记注册变更注销设立延续换发补发材料人姓电话地址满意度状态更新操作数量总小序类型码标识机构街镇乡"
    "个項數據時間開發國會們來對說這過還進與為學無經問門長東車電話書業務辦結窗廳號證許可請報關種動實現體認記設計統計單位備註稱"
    "點後從應當樣處頭邊將讓機場義員類費產價買賣檔線網點縣區鎮鄉街總額餘額變更換補發給選擇確認險醫藥營運輸車輛銀行戶籍歲"
    "値変対応図書館関係県駅円気検査処理区分番号受付完了担当社会員登録申込者氏名住所電話日付時刻件数合計備考年月日入力出力"
)
_HANGUL = frozenset(
    "이다는을의에가고하지은를한도로서기어나자사리시인그대것정만아보전들으과여수있해라일장니주부게상스없원제면구신공연조성무유동"
    "진비선관소국모경바마말방데중생미교행오했계간내문민용치학거건분청접록번호명업처체현황센터날짜합수원서울시구군"
)
# Kana, Hangul, the punctuation of East Asia, circled numbers, and the half-width kana that wrong decodings abound in.
_RANGES = (
    (0x3040, 0x30FF, 0.8), (0xAC00, 0xD7A3, 0.2), (0x3000, 0x303F, 0.5), (0xFF01, 0xFF5E, 0.5), (0x2010, 0x2027, 0.5),
    (0x2460, 0x24FF, 0.5), (0xFF61, 0xFF9F, -0.5),
)  # fmt: skip
LOST = "文字已丢失：许多字变成了问号或“�”，找不回来；请从平台重新导出，导出时编码选 UTF-8 或 GB18030"
_JUNCTION = re.compile(r"[,;|<>\"'\r\n\t]+")
_LOST_CELL = re.compile(r"(^|[,;|\t\">])\s*[?？]{2,}\s*($|[,;|\t\"<])|\?{3,}", re.MULTILINE)
_LOST_MARKS = ("\ufffd", "锟斤拷", "锟斤")
_WORD = re.compile(r"[A-Za-z\u00c0-\u052f\u1e00-\u1fff]{2,}")
_MOST_WORDS = 0.8
_MOST = 4000
_FIRST_LINES = 60
_ODD, _PLAIN = 0.4, 0.5


def legibility(text: str) -> float:
    """The mean over the characters beyond ASCII: 1 common in running text, 0 unusual, below 0 hardly ever written.

    Text without such characters has 0.
    """
    beyond = [place for place, letter in enumerate(text) if letter > "\x7f"][:_MOST]
    if not beyond:
        return 0.0
    total = 0.0
    for place in beyond:
        letter = text[place]
        weight = _weight(letter)
        if weight is None:
            weight = _weight_among(letter, text[max(place - 1, 0) : place] + text[place + 1 : place + 2])
        total += weight
    return total / len(beyond)


def is_writing(text: str) -> bool:
    """Whether most characters beyond ASCII are common ones, or make up words of an alphabet with two cases.

    Wrong decodings also yield letters of alphabets, but in them small and capital letters stand in any order.
    """
    beyond = [letter for letter in text[:_MOST] if letter > "\x7f"]
    common = sum(letter in _COMMON or letter in _HANGUL for letter in beyond)
    words = (word for word in _WORD.findall(text[:_MOST]) if word[1:].islower() or word.isupper())
    in_words = sum(letter > "\x7f" for word in words for letter in word)
    return common * 2 > len(beyond) or in_words > len(beyond) * _MOST_WORDS


def _weight_among(letter: str, neighbours: str) -> float:
    """A letter with an accent stands among plain ones; a letter of another alphabet among its like."""
    if any(_is_east_asian(one) for one in neighbours):
        return -0.6
    if ord(letter) < 0x250:
        is_usual = any(one.isascii() and one.isalpha() for one in neighbours)
    else:
        is_usual = any(one > "\u036f" and one.isalpha() for one in neighbours) or not neighbours.strip()
    return 0.6 if is_usual else -0.3


@lru_cache(maxsize=20_000)
def _weight(letter: str) -> float | None:
    """The weight of a character; None for a letter of another script, which its neighbours decide."""
    code = ord(letter)
    if letter in _COMMON or letter in _HANGUL:
        return 1.0
    if 0x4E00 <= code <= 0x9FFF:
        return 0.1 if _is_first_level(letter) else -0.4
    for first, last, weight in _RANGES:
        if first <= code <= last:
            return weight
    category = unicodedata.category(letter)
    if category in ("Co", "Cn", "Cc", "Cs"):
        return -3.0
    return None if category.startswith("L") and not _is_east_asian(letter) else -0.3


def _is_east_asian(letter: str) -> bool:
    return "\u2e80" <= letter <= "\uffef" or letter >= "\U00020000"


def _is_first_level(letter: str) -> bool:
    """Whether a national standard counts a character among the frequent ones (GB 2312 level 1, Big5 level 1)."""
    try:
        return letter.encode("gb2312")[0] < 0xD8
    except UnicodeEncodeError:
        pass
    try:
        return letter.encode("big5")[0] < 0xC7
    except UnicodeEncodeError:
        return False


def label_hits(text: str, labels: Collection[str]) -> int:
    """How many different known header labels stand as whole cells in the first lines."""
    if not labels:
        return 0
    cells = cells_of(text[: 1 << 16].splitlines()[:_FIRST_LINES])
    found = {label_key(cell) for cell in cells if len(cell) < 64 and not cell.isascii()}
    return len(found & set(labels))


def cells_of(lines: Iterable[str]) -> list[str]:
    """What stands between delimiters, quotes and line ends, whichever the delimiter is."""
    return _JUNCTION.split("\n".join(lines))


def is_misread(text: str, others: Iterable[str]) -> bool:
    """Whether a text is hardly legible, and one of the others that it may have been reads like writing."""
    seen = legibility(text)
    return seen < _ODD and any(other != text and legibility(other) >= max(_PLAIN, seen + _PLAIN) for other in others)


def lost_share(text: str) -> float:
    """The share of the filled lines in which characters were lost: U+FFFD, or question marks in place of words."""
    if "??" not in text and "？？" not in text and not any(mark in text for mark in _LOST_MARKS):
        return 0.0
    lines = [line for line in text.splitlines() if line.strip()]
    return sum(is_lost(line) for line in lines) / len(lines) if lines else 0.0


def is_lost(line: str) -> bool:
    """Whether a line holds a replacement character, or a cell of nothing but question marks."""
    return any(mark in line for mark in _LOST_MARKS) or _LOST_CELL.search(line) is not None
