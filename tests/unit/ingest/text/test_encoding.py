"""Which encoding a text is in, on evidence: by its marks, its known labels, and how much it reads like writing."""

from __future__ import annotations

import codecs
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contracts import load_contracts
from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.run import load_inbox
from pipeline.ingest.recognise.fits import known_labels
from pipeline.ingest.text.decoding import SAMPLE_BYTES
from pipeline.ingest.text.encoding import choose_encoding, decode_whole, read_head, read_roughly
from pipeline.ingest.text.legibility import is_writing, legibility, lost_share
from pipeline.ingest.text.transcode import as_utf8
from pipeline.ingest.text.utf16 import wide_by_zeros
from pipeline.settings import Settings
from tests.unit.ingest.exports import COUNTS, STORED, weekly_html, weekly_text

SIMPLIFIED = "事项名称,办理部门\n企业设立登记,市场监督管理局\n建筑工程施工许可证核发,住房和城乡建设厅\n"
TRADITIONAL = "事項名稱,辦理部門\n公司設立登記,經濟部商業司\n建築物使用執照申請,都市發展局\n"
JAPANESE = "手続き名,担当部署\n会社設立の登記申請,法務局\n建築確認の申請,都市計画課\n"
KOREAN = "업무명,담당부서\n법인설립등기,법원행정처\n건축허가신청,도시계획과\n주민등록등본 발급,민원봉사과\n"
RUSSIAN = "Наименование,Отдел\nРегистрация юридических лиц,Отдел регистрации\nВыдача паспорта гражданина,Управление\n"
FRENCH = "démarche,service\nCréation d'entreprise,Préfecture de région\nDélivrance de passeport,État civil à Genève\n"


def put(loader: Loader, name: str, content: bytes) -> Path:
    path = loader.settings.inbox / name
    path.write_bytes(content)
    return path


def stored(loader: Loader) -> list[tuple[str, str, int]]:
    return loader.con.execute(
        "SELECT report_date::VARCHAR, window_name, consulted FROM raw.window_weekly ORDER BY ALL"
    ).fetchall()


def not_loaded(loader: Loader) -> list[str]:
    return [event.message for event in load_inbox(loader).events if event.outcome != "loaded"]


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "utf-8-sig"),
        (SIMPLIFIED, "utf-16"),
        (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"),
        (SIMPLIFIED, "utf-32"),
        (SIMPLIFIED, "gb18030"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "utf-8"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (KOREAN, "euc_kr"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (FRENCH, "cp1252"),
        ("a,b\n1,ʤ\n", "utf-8"),
        ("a,b\n1,厅\n", "gb18030"),
    ],
)
def test_text_is_read_as_it_was_written(text: str, codec: str) -> None:
    content = text.encode(codec)
    assert content.decode(choose_encoding(content, None)).removeprefix("\ufeff") == text


def test_known_labels_decide_between_decodings_that_both_work() -> None:
    content = "업무명\n受理\n".encode("euc_kr") + "日期,窗口名称,咨询,受理".encode("gb18030")
    labels = known_labels(load_contracts(Settings().contracts))
    assert choose_encoding(content, None, labels) == "gb18030"


@pytest.mark.parametrize("content", ["繪亯,1\n".encode("gb18030"), b"\xb5\xa1\xc6\xd8,1\n", b"\xe9\xe8\xf4,1\n"])
def test_a_close_call_is_refused_with_the_names_of_the_candidates(content: bytes) -> None:
    with pytest.raises(RefusedFileError, match=r"可能是 .+、.+；.*csv\.encoding"):
        choose_encoding(content, None)


def test_bytes_that_no_encoding_reads_are_refused() -> None:
    with pytest.raises(RefusedFileError, match="编码"):
        choose_encoding(b"a,b\n" + bytes(range(128, 256)) * 4, None)


def test_a_contract_pins_the_encoding_of_an_unclear_file() -> None:
    content = "繪亯,1\n".encode("gb18030")
    assert choose_encoding(content, "gb18030") == "gb18030"
    with pytest.raises(RefusedFileError, match="合同写明编码是 UTF-8"):
        choose_encoding(content, "utf-8")


def test_a_pinned_contract_takes_a_file_that_alone_would_be_refused(quick_loader: Loader) -> None:
    contract = quick_loader.contracts["window_weekly"]
    pinned = contract.model_copy(update={"csv": contract.csv.model_copy(update={"encoding": "cp949"})})
    loader = Loader(
        quick_loader.con, quick_loader.settings, quick_loader.calendar, {"window_weekly": pinned},
        quick_loader.codes, quick_loader.person_key,
    )  # fmt: skip
    put(loader, "a.csv", weekly_text().encode("utf-16"))
    assert not_loaded(loader) == []
    put(loader, "b.csv", weekly_text().encode("gb18030"))
    assert not_loaded(loader) != []


def test_text_beyond_ascii_far_behind_the_head_decides_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"1,x\n" * 100_000 + SIMPLIFIED.encode("gb18030"))
    assert read_head(path)[0] == "gb18030"
    work = tmp_path / "work"
    work.mkdir()
    copy = as_utf8(path, "gb18030", work)
    assert copy.path.read_text("utf-8").endswith(SIMPLIFIED)


def test_the_beginning_of_a_file_is_read_in_a_codec_that_is_not_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(SIMPLIFIED.encode("gb18030") * 1_000)
    assert read_roughly(path, "gb18030").startswith(SIMPLIFIED)
    assert "\ufffd" in read_roughly(path, "utf-8")
    assert len(read_roughly(path, "latin-1")) == SAMPLE_BYTES


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_gb18030_holds_every_character(text: str) -> None:
    content = (SIMPLIFIED + text).encode("gb18030")
    assert content.decode(choose_encoding(content, "gb18030")) == SIMPLIFIED + text


@pytest.mark.parametrize("made", ["gb18030", "utf-16", "utf-8"])
def test_what_libreoffice_exports_is_read(quick_loader: Loader, by_libreoffice: dict[str, Path], made: str) -> None:
    put(quick_loader, "a.csv", by_libreoffice[made].read_bytes())
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED


@pytest.mark.parametrize("name", ["GB18030", "GBK", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"])
def test_what_iconv_writes_is_read(quick_loader: Loader, name: str) -> None:
    iconv = shutil.which("iconv")
    if iconv is None:
        pytest.skip("iconv is not installed")
    done = subprocess.run(
        [iconv, "-f", "UTF-8", "-t", name], input=weekly_text().encode(), capture_output=True, check=True
    )
    put(quick_loader, "a.csv", done.stdout)
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16"])
def test_lines_end_in_any_way(quick_loader: Loader, line_end: str, codec: str) -> None:
    put(quick_loader, "a.csv", weekly_text(line_end=line_end).encode(codec))
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED
    numbers = quick_loader.con.execute("SELECT row_no FROM raw.window_weekly ORDER BY 1").fetchall()
    assert numbers == [(4,), (5,), (6,)]


def test_a_file_whose_line_ends_are_mixed_loses_no_row(quick_loader: Loader) -> None:
    lines = weekly_text(line_end="\n").splitlines()
    put(quick_loader, "a.csv", "\r\n".join(lines[:4]).encode() + b"\r" + "\n".join(lines[4:]).encode() + b"\r")
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED


@pytest.mark.parametrize(
    "content",
    [
        weekly_text().encode("ascii", "replace"),
        weekly_text().encode("big5", "replace"),
        weekly_text().encode("gb18030").decode("utf-8", "replace").encode(),
        weekly_text()
        .encode("gb18030")
        .decode("utf-8", "replace")
        .encode()
        .decode("gb18030", "replace")
        .encode("gb18030"),
        weekly_html().encode("ascii", "replace"),
    ],
    ids=["question marks", "question marks in Big5", "replacement characters", "锟斤拷", "question marks in HTML"],
)
def test_text_that_was_lost_before_is_refused_with_that_reason(quick_loader: Loader, content: bytes) -> None:
    put(quick_loader, "a.csv", content)
    assert "文字已丢失" in not_loaded(quick_loader)[0]


def test_rows_that_mostly_lost_their_text_refuse_the_file_and_single_cells_do_not(quick_loader: Loader) -> None:
    most = [(day, "????1", *rest) for day, _, *rest in COUNTS]
    put(quick_loader, "most.csv", weekly_text(rows=[*most, *COUNTS[:1], *most]).encode())
    assert "文字已丢失" in not_loaded(quick_loader)[0]
    put(quick_loader, "one.csv", weekly_text(rows=[*COUNTS, ("2023-04-18", "????", "1", "1", "1", "1")]).encode())
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED
    assert quick_loader.con.execute("SELECT row_no, column_name FROM quarantine.cell").fetchall() == [
        (7, "window_name")
    ]


def test_text_that_was_read_wrongly_and_saved_again_says_so(quick_loader: Loader) -> None:
    put(quick_loader, "a.csv", weekly_text().encode("utf-8").decode("latin-1").encode("utf-8"))
    assert "乱码" in not_loaded(quick_loader)[0]


def test_a_document_that_declares_a_wrong_encoding_is_not_believed() -> None:
    content = SIMPLIFIED.encode("utf-8")
    assert decode_whole(content, "gb2312", ()) == SIMPLIFIED
    assert decode_whole(SIMPLIFIED.encode("gb18030"), "utf-8", ()) == SIMPLIFIED
    assert decode_whole(SIMPLIFIED.encode("gb18030"), "gb2312", ()) == SIMPLIFIED
    assert decode_whole(content, "no-such-charset", ()) == SIMPLIFIED


def test_real_text_is_legible_and_its_wrong_decodings_are_not() -> None:
    right = legibility(SIMPLIFIED)
    wrong = [
        legibility(TRADITIONAL.encode("big5").decode("gb18030", "replace")),
        legibility(KOREAN.encode("euc_kr").decode("gb18030", "replace")),
        legibility(JAPANESE.encode("shift_jis").decode("gb18030", "replace")),
        legibility(SIMPLIFIED.encode("gb18030").decode("cp1252", "replace")),
    ]
    assert right > 0.6
    assert max(wrong) < 0.4


def test_question_marks_in_sentences_and_links_are_not_lost_text() -> None:
    assert lost_share("为什么?,http://x/?a=1\n真的吗？？！,b\n") == 0.0


def test_a_working_copy_is_private(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(SIMPLIFIED.encode("gb18030"))
    copy = as_utf8(path, "gb18030", tmp_path)
    assert copy.path != path
    assert sys.platform == "win32" or copy.path.stat().st_mode & 0o777 == 0o600


WINDOWS = ("一站式最需退补窗口", "综合窗口\u3000甲")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("written", [weekly_text, lambda rows: weekly_text("\t", rows=rows), weekly_html])
def test_wide_text_without_a_mark_is_told_whatever_its_characters(
    quick_loader: Loader, codec: str, written: Callable[..., str]
) -> None:
    rows = [(COUNTS[0][0], window, *COUNTS[0][2:]) for window in WINDOWS]
    put(quick_loader, "a.csv", written(rows=rows).encode(codec))
    assert not_loaded(quick_loader) == []
    assert sorted("".join(window.split()) for _, window, _ in stored(quick_loader)) == [
        "一站式最需退补窗口",
        "综合窗口甲",
    ]


@settings(deadline=None)
@given(st.text(st.sampled_from("一需退最下中九人\u3000窗口办理件数，；１2a 的"), min_size=40), st.booleans())
def test_the_byte_order_is_told_by_what_reads_like_writing(text: str, is_little: bool) -> None:
    content = f"日期,窗口名称,受理\r\n2023-04-17,{text},12\r\n"
    codec = "utf-16-le" if is_little else "utf-16-be"
    assert choose_encoding(content.encode(codec), None) == codec


@pytest.mark.parametrize("content", [b"a,b\0\n1,2\0\n" * 50, "甲,乙\0\n1,2\0\n".encode("gb18030") * 50, b"\0" * 4096])
def test_zero_bytes_in_other_text_make_it_no_utf_16(content: bytes) -> None:
    assert wide_by_zeros(content) is None


def many(count: int) -> list[tuple[str, ...]]:
    return [("2023-04-17", f"{number}号综合窗口", f"{number}", "2", "3", "4") for number in range(count)]


def with_bad_byte(content: bytes, before: bytes) -> bytes:
    """The content with one byte of a character lost that stands before a text."""
    place = content.index(before)
    return content[: place - 1] + content[place:]


@pytest.mark.parametrize(
    ("count", "number"), [(3, 1), (120, 0), (120, 119), (300, 150), (12_000, 100), (12_000, 11_999)]
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_bad_byte_costs_its_cell_wherever_it_stands(
    quick_loader: Loader, codec: str, count: int, number: int
) -> None:
    content = weekly_text(rows=many(count)).encode(codec)
    put(quick_loader, "a.csv", with_bad_byte(content, b",%d,2" % number))
    assert [(event.outcome, event.rows) for event in load_inbox(quick_loader).events] == [("loaded", count - 1)]
    lost = quick_loader.con.execute("SELECT row_no, column_name, reason FROM quarantine.cell").fetchall()
    assert lost == [(number + 4, "window_name", "text_lost")]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("at", [5, 11_000])
def test_many_bad_bytes_refuse_the_file_with_the_first_place(quick_loader: Loader, codec: str, at: int) -> None:
    text = weekly_text(rows=many(12_000))
    begin = text.index(f"{at}号综合窗口")
    before, after = text[:begin].encode(codec), text[begin:].encode(codec)
    if codec == "utf-16":
        content = before + b"\x00\xd8" + after.removeprefix(codecs.BOM_UTF16_LE)
    else:
        bad = after.replace("窗口".encode(codec.removesuffix("-sig")), b"\xff\xff", 500)
        content = before + bad.removeprefix(codecs.BOM_UTF8)
    put(quick_loader, "a.csv", content)
    (message,) = not_loaded(quick_loader)
    assert re.match(rf"第 [\d,]+ 字节附近（第 {at + 4:,} 行）不符合 (UTF-8|GB18030|UTF-16) 编码", message)
    assert not list(quick_loader.settings.work.iterdir())


def test_damage_of_a_label_is_said_with_its_place(quick_loader: Loader) -> None:
    content = weekly_text(rows=many(300)).encode()
    put(quick_loader, "a.csv", with_bad_byte(content, ",咨询".encode()))
    assert "（第 3 行）不符合 UTF-8 编码" in not_loaded(quick_loader)[0]


def test_damage_of_a_document_costs_its_cell(quick_loader: Loader) -> None:
    put(quick_loader, "a.xls", with_bad_byte(weekly_html(many(30)).encode("gb18030"), b"</td><td>5</td>"))
    assert not_loaded(quick_loader) == []
    assert quick_loader.con.execute("SELECT reason FROM quarantine.cell").fetchall() == [("text_lost",)]


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
@settings(deadline=None)
@given(place=st.integers(200, 4000), byte=st.one_of(st.none(), st.integers(0x80, 0xFF)))
def test_a_bad_byte_never_makes_another_encoding_of_a_text(codec: str, place: int, byte: int | None) -> None:
    lines = ["月份,奇异栏目,数", *(f"2023-04,第{number}号窗口的群众,{number}" for number in range(300))]
    content = "\n".join(lines).encode(codec)
    damaged = content[:place] + (b"" if byte is None else bytes([byte])) + content[place + 1 :]
    assert choose_encoding(damaged, None) == codec


@pytest.mark.parametrize("text", ["җҚғ҄ Ұ„ӘүҢ ѕІҺрЎСғ", "ÃƒÂ¤ÃƒÂ¶ÃƒÂ¼"])
def test_letters_in_any_order_are_no_writing(text: str) -> None:
    assert not is_writing(text)
    assert all(map(is_writing, (SIMPLIFIED, TRADITIONAL, JAPANESE, KOREAN, RUSSIAN, FRENCH)))


@pytest.mark.parametrize("codec", ["hz", "utf-7"])
def test_seven_bit_text_is_read(quick_loader: Loader, codec: str) -> None:
    put(quick_loader, "a.csv", weekly_text().encode(codec))
    assert not_loaded(quick_loader) == []
    assert stored(quick_loader) == STORED


def test_plain_text_with_the_escapes_of_others_stays_plain() -> None:
    assert choose_encoding(b"phone,note\n+86 138,~{x\n+1-202,a+b-c\n", None, frozenset({"日期"})) == "utf-8"


def test_iso_2022_cn_is_named(quick_loader: Loader) -> None:
    put(quick_loader, "a.csv", b"\x1b$)A\x0eHUFZ\x0f,\x0e4|2?\x0f\n2023-04-17,1\n")
    assert "ISO-2022" in not_loaded(quick_loader)[0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.encode("gbk").decode("latin-1"),
        lambda text: text.encode().decode("latin-1"),
        lambda text: text.encode().decode("latin-1").encode().decode("latin-1"),
        lambda text: text.encode().decode("gb18030", "replace"),
        lambda text: text.encode("gbk").decode("big5", "replace"),
    ],
    ids=["GBK as Latin-1", "UTF-8 as Latin-1", "twice", "UTF-8 as GBK", "GBK as Big5"],
)
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
@pytest.mark.parametrize("whole", [False, True])
def test_text_that_was_read_wrongly_is_refused_though_its_header_may_be_right(
    quick_loader: Loader, damage: Callable[[str], str], codec: str, whole: bool
) -> None:
    text = weekly_text(rows=many(40))
    begin = 0 if whole else text.index("2023-04-17")
    content = (text[:begin] + damage(text[begin:])).encode(codec)
    put(quick_loader, "a.csv", content)
    if content == text.encode():
        assert not_loaded(quick_loader) == []
    else:
        assert re.search("乱码|文字已丢失|编码无法确定", not_loaded(quick_loader)[0])


@pytest.mark.parametrize(("header", "rows"), [("gb18030", "utf-8"), ("utf-8", "gb18030")])
def test_a_header_in_another_encoding_than_its_rows_is_refused(quick_loader: Loader, header: str, rows: str) -> None:
    text = weekly_text(rows=many(40))
    begin = text.index("2023-04-17")
    put(quick_loader, "a.csv", text[:begin].encode(header) + text[begin:].encode(rows))
    assert re.search("乱码|不符合 .+ 编码", not_loaded(quick_loader)[0])


@pytest.mark.parametrize("line_end", ["\x85", "\u2028", "\u2029", "\x0b", "\x0c"])
@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16"])
def test_lines_that_end_in_other_characters_are_refused_with_that_reason(
    quick_loader: Loader, line_end: str, codec: str
) -> None:
    put(quick_loader, "窗口（2023年第15期）.csv", weekly_text(line_end=line_end).encode(codec))
    assert "分行符" in not_loaded(quick_loader)[0]


def test_a_lone_byte_beyond_ascii_costs_its_cell(quick_loader: Loader) -> None:
    assert choose_encoding(b"date,window\n" + b"2023-04-17,W1\n" * 9 + b"2023-04-17,W7\xa0\n", None) == "utf-8"


def test_rare_words_and_other_alphabets_in_rows_are_not_taken_for_misread(quick_loader: Loader) -> None:
    names = ("Café Zürich", "龘靐齉齾", "Наименование", "ÀÉÎ", "鼯鼠窗口", "①号厅")
    put(quick_loader, "a.csv", weekly_text(rows=[("2023-04-17", name, "1", "2", "3", "4") for name in names]).encode())
    assert not_loaded(quick_loader) == []
    assert {name for _, name, _ in stored(quick_loader)} == set(names)
