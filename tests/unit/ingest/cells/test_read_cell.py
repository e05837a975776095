"""A cell is read exactly or not at all."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.common.cell_marks import DAY_MARK, ERROR_MARK, FORMULA_MARK, NUMBER_MARK
from pipeline.contracts import Contract, Field
from pipeline.ingest.cells.dates import Context, parse_moment
from pipeline.ingest.cells.numbers import parse_number
from pipeline.ingest.cells.read_cell import Reading, is_changed_by_days, read_text
from pipeline.ingest.reasons import Reason


def read(text: str | None, year: int | None = 2023, is_1904: bool = False, **field: object) -> Reading:
    one = Field.model_validate({"name": "a", "title": "甲"} | field)
    contract = Contract.model_validate(
        {"name": "demo", "title": "示例", "version": 1, "delivery": {"kind": "weekly"}, "fields": [one.model_dump()]}
    )
    return read_text(text, one, contract, Context(year, is_1904))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", "1234"), ("１２３４", "1234"), ("1234件", "1234"), ("3.5万", "35000"), ("(5)", "-5"), ("12.0", "12"),
        (" 7 ", "7"), ("1，234", "1234"), ("2.3亿", "230000000"), ("+3", "3"), ("0", "0"),
        ("5个工作日", "5"), ("3处", "3"), ("12户", "12"), ("2起", "2"), ("3.5万笔", "35000"), ("2十万", "200000"),
    ],
)  # fmt: skip
def test_counts_are_read_in_the_ways_exports_write_them(text: str, value: str) -> None:
    assert read(text, type="integer") == Reading(value)


@pytest.mark.parametrize(
    "text",
    [
        "12.7",
        "12,34",
        "1e3",
        "abc",
        "12.5%",
        "1.23456万",
        "9223372036854775808",
        "１２.７",
        "①",
        "5²",
        "12①",
        "1 2",
        "5%万",
    ],
)
def test_what_is_not_a_whole_number_is_never_rounded(text: str) -> None:
    assert read(text, type="integer") == Reading(None, "not_an_integer")


@pytest.mark.parametrize("text", [None, "", "-", "--", "---", "–", "—", "——", "－－", "…", "/", "  ", "　", " —— "])
def test_missing_is_not_zero(text: str | None) -> None:
    assert read(text, type="integer") == Reading(None)
    assert read(text, type="integer", constraints={"required": True}) == Reading(None, "missing_required")


def test_no_business_is_zero_where_the_contract_says_so() -> None:
    assert read("无业务", type="integer", zero_values=["无业务"]) == Reading("0")
    assert read("无业务", type="integer") == Reading(None, "not_an_integer")


@pytest.mark.parametrize("text", ["#REF!", "#NAME?", "#DIV/0!", "#VALUE!"])
def test_formula_errors_have_their_own_reason(text: str) -> None:
    assert read(text, type="integer").reason == "error_cell"


@pytest.mark.parametrize(
    "text", ["2023-04-17", "2023.4.17", "2023年4月17日", "4月17日", "2023/4/17", "20230417", "2023-04-17 00:00:00",
     "2023年4月17日（星期一）", "4月17日（周一）", "2023-04-17 星期一", "2023年 4月 17日", "2023年4月17号", "4月17号",
     "4-17",
     "4.17日", "2023-04-17T00:00:00+08:00", "2023-04-16T16:00:00Z"],
)  # fmt: skip
def test_dates_are_read_in_the_ways_exports_write_them(text: str) -> None:
    assert read(text, type="date") == Reading("2023-04-17")


def test_a_date_keeps_no_time_silently_and_needs_a_year() -> None:
    assert read("2023-04-17 09:05:00", type="date").reason == "time_in_date"
    assert read("4月17日", year=None, type="date").reason == "date_without_year"
    assert read("2023-02-30", type="date").reason == "not_a_date"
    assert read("4月17日（周一）", year=None, type="date").reason == "date_without_year"
    assert read("2023年4月17日（星期二）", type="date").reason == "not_a_date", "day and weekday contradict each other"


@pytest.mark.parametrize("text", ["4.2", "4.20", "04.17", "12.31", "４.２"])
@pytest.mark.parametrize("year", [2023, None])
def test_a_number_with_decimals_is_no_day(text: str, year: int | None) -> None:
    assert read(text, year=year, type="date").reason == "not_a_date"
    assert read(text, year=year, type="datetime").reason == "not_a_datetime"


@pytest.mark.parametrize(
    "text",
    ["2023-04-17 09:05:00", "2023/4/17 9:05", "20230417T090500", "20230417090500", "2023041709:05:00",
     "2023年4月17日 9时05分", "2023年4月17日9时5分", "2023年4月17日（星期一）9时5分0秒", "2023年4月17日 上午9:05",
     "4月17日上午9时5分",     "2023-04-17T09:05:00+08:00", "2023-04-17 09:05:00+08", "2023-04-17T01:05:00Z",
     "2023-04-17T01:05:00.000Z",
     "2023-04-16T18:05:00-0700", "2023-04-17T10:05:00+09:00"],
)  # fmt: skip
def test_timestamps_are_read_in_the_ways_exports_write_them(text: str) -> None:
    assert read(text, type="datetime") == Reading("2023-04-17 09:05:00")


def test_midnight_at_the_end_of_a_day_is_the_next_day() -> None:
    assert read("2023-04-17 24:00", type="datetime") == Reading("2023-04-18 00:00:00")
    assert read("2023-04-17 25:00", type="datetime").reason == "not_a_datetime"
    assert read("2023-04-17 24:00", type="date").reason == "time_in_date"


@pytest.mark.parametrize(
    ("written", "clock"),
    [("9时", "09:00"), ("9点", "09:00"), ("下午3:05", "15:05"), ("下午3时5分", "15:05"), ("下午12:05", "12:05"),
     ("下午15:05", "15:05"), ("晚上8:05", "20:05"), ("凌晨0:05", "00:05"), ("上午0:05", "00:05")],
)  # fmt: skip
def test_hours_are_read_as_people_say_them(written: str, clock: str) -> None:
    assert read(f"2023年4月17日{written}", type="datetime") == Reading(f"2023-04-17 {clock}:00")


@pytest.mark.parametrize(
    "text",
    ["2023-04-17 上午12:05", "2023-04-17 上午15:05", "2023-04-17 下午0:05", "2023-04-17 凌晨12:05",
     "2023-04-17 晚上3:05",      "2023-04-17 09:05-10:00", "2023-04-17 9时5", "2023-04-17T09:05:00+25:00",
     "2023-04-17Z", "2023-04-17+08:00",
     "1988-07-01T00:00:00Z", "2023-04-17 09:61"],
)  # fmt: skip
def test_an_unclear_time_is_none(text: str) -> None:
    assert read(text, type="datetime").reason == "not_a_datetime"


def test_a_duration_is_no_number_of_other_units() -> None:
    assert read("3小时", type="integer", unit="工作日").reason == "not_an_integer"
    assert read("3小时", type="integer", unit="小时") == Reading("3")
    assert read("3.5万元", type="integer") == Reading("35000")


@pytest.mark.parametrize(
    ("text", "value"), [("0101\t", "0101"), ('="0001"', "0001"), ("'0001", "0001"), ("51Z-001", "51Z-001")]
)
def test_identifiers_keep_every_character_that_is_theirs(text: str, value: str) -> None:
    assert read(text) == Reading(value)


def test_a_lost_identifier_and_lost_text_are_refused() -> None:
    for text in ("5.1E+17", "5E+17", "5.11702304E17", "5.1E17", "1.0E7", "5.1e17", "1.0E-4", "-5.1E17"):
        assert read(text).reason == "identifier_lost"
    assert read("四川??厅").reason == "text_lost"
    assert read("四川�厅").reason == "text_lost"


@pytest.mark.parametrize("text", ["5E17", "1E3", "E17", "A1.0E7", "1.0E7B", "2.1E", "51.0E7"])
def test_a_code_with_a_letter_in_it_is_no_lost_identifier(text: str) -> None:
    assert read(text) == Reading(text)


@pytest.mark.parametrize("text", ["怎么回事??", "真的???", "为什么?? 请核实", "多久??，谢谢", "??!"])
def test_question_marks_behind_legible_prose_are_punctuation(text: str) -> None:
    lost = 2 * text.count("?") >= len(text)
    assert read(text, free_text=True) == (Reading(None, "text_lost") if lost else Reading(text))
    assert read(text).reason == "text_lost", "a name has none"


@pytest.mark.parametrize("text", ["四川??厅", "??厅", "????", "好????", "省??局窗口", "锟斤拷窗口", "a�b"])
def test_marks_in_place_of_words_are_lost_text_in_prose_too(text: str) -> None:
    assert read(text, free_text=True).reason == "text_lost"


@pytest.mark.parametrize("text", ["#0", "#12", "#A", "#NA1", "#DIV窗口", "1#"])
def test_a_number_sign_alone_makes_no_error(text: str) -> None:
    assert read(text) == Reading(text)


CHINESE = st.text(st.sampled_from("综窗号厅省公安水利司法住房城乡建设受理办结行政许可事项"), min_size=2, max_size=8)


@given(CHINESE, st.sampled_from(["", "1", "0a", "-"]), st.sampled_from(["gb2312", "utf-8"]))
def test_chinese_read_in_a_western_encoding_is_lost_text(text: str, more: str, encoding: str) -> None:
    for codec in ("latin-1", "cp1252"):
        with suppress(UnicodeDecodeError):
            assert read((text + more).encode(encoding).decode(codec)).reason == "text_lost"


@pytest.mark.parametrize("text", ["Müller", "Crédit Lyonnais", "CRÉÉE", "São Paulo", "±5℃", "1×2", "·甲·"])
def test_western_words_are_no_damaged_chinese(text: str) -> None:
    assert read(text) == Reading(text)


def test_constraints_are_kept() -> None:
    assert read("-1", type="integer", constraints={"minimum": 0}).reason == "below_minimum"
    assert read("X", constraints={"pattern": "[IUD]"}).reason == "pattern_mismatch"


@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_every_whole_number_survives_grouping_and_full_width(number: int) -> None:
    grouped = f"{number:,}"
    assert read(grouped, type="integer") == Reading(str(number))
    assert read(grouped.translate(str.maketrans("0123456789", "０１２３４５６７８９")), type="integer") == Reading(
        str(number)
    )


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_read_number_equals_what_was_written(number: Decimal) -> None:
    assert parse_number(f"{number:f}") == number
    reading = read(f"{number:f}", type="integer")
    assert (reading.value is None) == (number != int(number))


@given(st.datetimes(min_value=datetime(1993, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_a_time_with_any_offset_is_the_same_moment_in_shanghai(utc: datetime, minutes: int) -> None:
    written = utc.replace(microsecond=0, tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes)))
    here = utc.replace(microsecond=0) + timedelta(hours=8)
    assert parse_moment(written.isoformat(), Context()) == here
    assert read(written.isoformat(), type="date").reason == (None if here.time() == time(0) else "time_in_date")


@given(st.text(max_size=12))
def test_no_text_makes_the_reader_fall(text: str) -> None:
    for kind in ("integer", "number", "date", "datetime", "string"):
        reading = read(text, type=kind)
        assert reading.value is None or reading.reason is None


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 1, 1)), st.integers(0, 1439))
def test_a_date_column_never_loses_a_time(day: date, minutes: int) -> None:
    moment = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    reading = read(moment.strftime("%Y-%m-%d %H:%M"), type="date")
    assert (reading.value == day.isoformat()) == (minutes == 0)


@pytest.mark.parametrize(("is_1904", "day"), [(False, "2023-04-17"), (True, "2027-04-18")])
def test_a_serial_is_a_day_of_the_files_own_date_system(is_1904: bool, day: str) -> None:
    assert read("45033", type="date", is_1904=is_1904) == Reading(day)
    assert read("45033.378472222", type="datetime", is_1904=is_1904) == Reading(f"{day} 09:05:00")
    assert read("45033.378472", type="datetime", is_1904=is_1904) == Reading(f"{day} 09:05:00")
    assert read("45032.99999999", type="date", is_1904=is_1904) == Reading(day)
    assert read("45033.5", type="date", is_1904=is_1904).reason == "time_in_date"


@pytest.mark.parametrize("text", ["2023", "123", "450330", "-45033"])
def test_other_numbers_in_a_date_column_are_no_days(text: str) -> None:
    assert read(text, type="date").reason == "not_a_date"


def test_fractions_of_a_second_are_kept() -> None:
    assert read("2023-04-17 09:05:00.400", type="datetime") == Reading("2023-04-17 09:05:00.400000")
    assert read("2023-04-17T09:05:00.4", type="datetime") == Reading("2023-04-17 09:05:00.400000")


def test_more_decimals_than_are_kept_are_refused_unless_the_contract_says_how_to_round() -> None:
    assert read("0.697841726618705", type="number").reason == "too_many_decimals"
    assert read("0.12345650", type="number").reason == "too_many_decimals"
    assert read("12.345", type="number", decimals=2) == Reading("12.35")
    assert read("12.5%", type="number") == Reading("0.125")


@pytest.mark.parametrize("text", ["98.5%", "98.5", "98.50％", "９８.５"])
def test_all_notations_of_one_rate_are_one_value_of_a_field_in_per_cent(text: str) -> None:
    assert read(text, type="number", unit="%") == Reading("98.5")


def test_a_sign_of_per_cent_counts_whole_numbers_only_where_the_field_is_in_per_cent() -> None:
    assert read("98%", type="integer", unit="%") == Reading("98")
    assert read("98%", type="integer", unit="件").reason == "not_an_integer"
    assert read("98.5%", type="number", unit="件") == Reading("0.985")


@given(st.decimals(min_value=0, max_value=100, places=4), st.sampled_from("%％"))
def test_a_share_with_a_sign_is_the_number_before_it(share: Decimal, sign: str) -> None:
    assert read(f"{share:f}{sign}", type="number", unit="%") == read(f"{share:f}", type="number", unit="%")
    assert read(f"{share:f}{sign}", type="number") == read(f"{share / 100:f}", type="number")


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\xad", "\u200e", "\u2060", "\u202c", "\U000e0020"])
@pytest.mark.parametrize("text", ["{}综窗1号", "综窗1号{}", "综窗{}1号", " {} 综窗1号 {}\t"])
def test_characters_that_show_nothing_make_no_other_text(text: str, unseen: str) -> None:
    assert read(text.format(unseen, unseen)) == Reading("综窗1号")


def test_numbers_and_days_are_read_whatever_unseen_characters_stand_in_them() -> None:
    assert read("1,2\u200b34\ufeff", type="integer") == Reading("1234")
    assert read("\u200e2023-04-17\u200b", type="date") == Reading("2023-04-17")
    assert read("\u200b-\u200b", type="integer") == Reading(None)
    assert read("\u200b", constraints={"required": True}).reason == "missing_required"
    assert parse_number("\u200b12") == 12


def test_cells_that_are_no_text_have_reasons_of_their_own() -> None:
    for kind in ("integer", "string", "date"):
        assert read(f"{ERROR_MARK}#REF!", type=kind).reason == "error_cell"
        assert read(f"{FORMULA_MARK}=SUM(B2:B9)", type=kind).reason == "formula_without_value"
    assert read(f"{NUMBER_MARK}510000202304170010").reason == "identifier_as_number"
    assert read(f"{NUMBER_MARK}510000202304170010", type="integer") == Reading("510000202304170010")


def test_a_day_that_a_spreadsheet_made_of_a_code_is_told_where_no_day_is_meant() -> None:
    shown = f"{DAY_MARK}2023-03-01 00:00:00"
    for title in ("窗口编号", "案号", "单位名称", "事项类型"):
        assert read(shown, title=title) == Reading(None, "identifier_as_day")
    assert read(shown, identifier=True) == Reading(None, "identifier_as_day")
    assert read(shown, constraints={"pattern": ".+"}) == Reading(None, "identifier_as_day")
    assert read(shown, title="有效期") == Reading("2023-03-01 00:00:00", "day_among_texts")
    assert read(shown, title="登记日期") == Reading("2023-03-01 00:00:00")
    assert read(shown, free_text=True) == Reading("2023-03-01 00:00:00")
    assert read(shown, type="date") == Reading("2023-03-01")
    assert read("2023-03-01 00:00:00") == Reading("2023-03-01 00:00:00"), "somebody wrote it so"


def test_only_codes_and_names_are_lost_where_a_number_is_shown_as_a_day() -> None:
    assert is_changed_by_days(Field(name="a", title="窗口编号"))
    assert not is_changed_by_days(Field(name="a", title="登记日"))
    assert not is_changed_by_days(Field(name="a", title="情况", free_text=True))
    assert not is_changed_by_days(Field.model_validate({"name": "a", "title": "编号", "type": "date"}))


@pytest.mark.parametrize("text", ["2023年4月", "2023-04", "2023.4", "二〇二三年四月"])
def test_a_month_is_no_day_and_its_reason_says_what_to_do(text: str) -> None:
    assert read(text, type="date").reason is Reason.NOT_A_DATE
    assert "只写到月的" in Reason.NOT_A_DATE.sentence
