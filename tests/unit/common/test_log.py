"""The log of a home: who can read it, how large it grows, what is masked in it, and whose run a line belongs to."""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.common import log
from pipeline.common.log import close_log, log_file, log_to_file, log_to_terminal, run_in_log
from pipeline.privacy.masking import mask_line

LOGGER = logging.getLogger("pipeline.of_a_test")
MOBILE = "13812345678"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    close_log()
    yield
    close_log()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "logs" / "zhoubao.log"


def test_a_line_has_the_time_in_beijing_level_run_module_and_message(path: Path) -> None:
    log_to_file(path, mask_line)
    with run_in_log("1a2b3c4d-5e6f"):
        LOGGER.info("%s loaded", "a.csv")
    LOGGER.warning("no run")
    first, second = path.read_text("utf-8").splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO    1a2b3c4d pipeline\.of_a_test a\.csv loaded", first)
    assert second.endswith("WARNING - pipeline.of_a_test no run")


def test_the_moment_is_beijings_whatever_the_zone_of_the_machine() -> None:
    record = LOGGER.makeRecord(LOGGER.name, logging.INFO, "", 0, "x", (), None)
    record.created = 0.0
    assert log.MaskedFormatter(mask_line).format(record).startswith("1970-01-01 08:00:00 ")


def test_nobody_else_can_read_it_and_it_is_made_by_its_first_line(path: Path) -> None:
    log_to_file(path, mask_line)
    assert not path.parent.exists()
    LOGGER.info("x")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_persons_are_masked_in_messages_and_in_tracebacks(path: Path) -> None:
    log_to_file(path, mask_line)
    LOGGER.info("电话 %s", MOBILE)
    try:
        raise ValueError(f"填报人：王小明，手机 {MOBILE}")
    except ValueError:
        LOGGER.exception("failed")
    text = path.read_text("utf-8")
    assert MOBILE not in text
    assert "王小明" not in text
    assert "Traceback" in text
    assert text.count("［已脱敏］") >= 3


def test_what_another_handler_made_of_a_traceback_does_not_come_in_unmasked(path: Path) -> None:
    log_to_file(path, mask_line)
    other = logging.StreamHandler(io.StringIO())
    LOGGER.addHandler(other)
    try:
        raise ValueError(MOBILE)
    except ValueError:
        LOGGER.exception("failed")
    finally:
        LOGGER.removeHandler(other)
    assert MOBILE not in path.read_text("utf-8")


def test_a_message_of_two_lines_cannot_pass_for_two_records(path: Path) -> None:
    log_to_file(path, mask_line)
    LOGGER.info("a.csv\n2023-04-24 09:00:00 INFO    - pipeline made up")
    assert path.read_text("utf-8").splitlines()[1].startswith("    2023-04-24")


def test_it_starts_anew_when_it_is_large_and_keeps_only_so_many_old_files(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MOST_BYTES", 400)
    monkeypatch.setattr(log, "MOST_OLD_FILES", 2)
    log_to_file(path, mask_line)
    for number in range(60):
        LOGGER.info("line %d", number)
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["zhoubao.log", "zhoubao.log.1", "zhoubao.log.2"]
    assert all(file.stat().st_size <= 400 for file in files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert "line 59" in path.read_text("utf-8")


def test_a_file_that_another_process_moved_away_is_followed(path: Path) -> None:
    log_to_file(path, mask_line)
    LOGGER.info("before")
    path.rename(path.with_suffix(".log.1"))
    LOGGER.info("after")
    assert "after" in path.read_text("utf-8")
    assert "before" not in path.read_text("utf-8")


def test_a_log_that_cannot_be_written_costs_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be", "utf-8")
    log_to_file(tmp_path / "logs" / "zhoubao.log", mask_line)
    LOGGER.info("x")
    assert capsys.readouterr().err == ""


def test_the_terminal_hears_nothing_but_in_debug(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_terminal(mask_line, is_debug=False)
    LOGGER.error("x")
    assert capsys.readouterr().err == ""
    log_to_terminal(mask_line, is_debug=True)
    LOGGER.debug("电话 %s", MOBILE)
    assert capsys.readouterr().err.endswith("DEBUG   - pipeline.of_a_test 电话 ［已脱敏］\n")


def test_details_are_written_in_debug_only(path: Path) -> None:
    log_to_file(path, mask_line)
    LOGGER.debug("detail")
    assert not path.exists()
    log_to_file(path, mask_line, is_debug=True)
    LOGGER.debug("detail")
    assert "detail" in path.read_text("utf-8")


def test_opening_the_log_of_another_home_closes_the_first(path: Path, tmp_path: Path) -> None:
    assert log_file() is None
    log_to_file(path, mask_line)
    other = tmp_path / "other" / "zhoubao.log"
    log_to_file(other, mask_line)
    LOGGER.info("x")
    assert log_file() == other
    assert not path.exists()


def test_the_error_stream_of_the_process_stays_as_it_is(path: Path) -> None:
    stream = sys.stderr
    log_to_file(path, mask_line)
    log_to_terminal(mask_line, is_debug=True)
    assert sys.stderr is stream
