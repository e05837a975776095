"""`zhoubao status` in words and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.ingest.load.ledger import prepare
from pipeline.settings import load_settings
from pipeline.status import WaitingFile
from pipeline.warehouse import open_warehouse
from zhoubao.commands.status import MOST_REFUSALS, show_release_state


@pytest.fixture
def refused(home: Path) -> Iterator[None]:
    """A home whose ledger has twelve refused files and one week."""
    with open_warehouse(load_settings()) as con:
        prepare(con, [])
        con.execute("ALTER TABLE ledger.arrival ADD COLUMN IF NOT EXISTS code VARCHAR")
        con.execute(
            "INSERT INTO ledger.delivery (delivery_id, file_name, status, message, received_at) SELECT 'r' || i, "
            "'坏' || i || '.xls', 'refused', '文件有密码', TIMESTAMP '2023-04-24' + to_days(i::INTEGER) "
            "FROM range(12) t(i)"
        )
        con.execute(
            "INSERT INTO ledger.arrival (file_name, outcome, delivery_id, seen_at, code) "
            "VALUES ('坏11.xls', 'refused', 'r11', '2023-04-24', 'locked')"
        )
        con.execute(
            "INSERT INTO ledger.delivery (delivery_id, source, week_id, status) "
            "VALUES ('d', 'window_weekly', '2023-15', 'current')"
        )
    yield


def test_before_anything_was_loaded_it_says_what_to_do(zhoubao: Callable[..., Result]) -> None:
    result = zhoubao("status")
    assert result.exit_code == 0
    assert "0 个文件" in result.output
    assert "再运行 zhoubao run --week 期号" in result.output


@pytest.mark.usefixtures("refused")
def test_refused_files_are_told_with_their_codes_the_newest_first(zhoubao: Callable[..., Result]) -> None:
    output = zhoubao("status").output
    assert "2023-15" in output
    assert "拒收的文件" in output
    assert "locked" in output
    assert output.index("坏11.xls") < output.index("坏10.xls")
    assert output.count("文件有密码") == MOST_REFUSALS
    assert "另有 2 份较早拒收的文件" in output


@pytest.mark.usefixtures("refused")
def test_programs_get_json_and_nothing_else(zhoubao: Callable[..., Result]) -> None:
    state = json.loads(zhoubao("status", "--json").stdout)
    assert [refusal["code"] for refusal in state["refused"]][:2] == ["locked", None]
    assert state["loaded"][0]["week_id"] == "2023-15"


def test_a_file_that_will_be_refused_is_told_with_its_code(home: Path, zhoubao: Callable[..., Result]) -> None:
    (home / "inbox").mkdir(parents=True)
    (home / "inbox" / "坏.xlsx").write_bytes(b"nothing that can be read")
    assert "坏.xlsx 会被拒收（" in zhoubao("status").output


@pytest.mark.usefixtures("home")
def test_weeks_in_the_inbox_that_a_gap_of_years_divides_are_told_with_their_command(
    zhoubao: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [WaitingFile("a.csv", ("2019-15",)), WaitingFile("b.csv", ("2023-15",))]
    monkeypatch.setattr("pipeline.status.waiting_files", lambda *_: files)
    output = zhoubao("status").output.replace("\n", "")
    assert "2019-15 期与 2023-15 期隔着没有报送的年份" in output
    assert "zhoubao run --week 2019-15" in output
    files.pop(0)
    assert "隔着" not in zhoubao("status").output


def test_every_key_of_the_json_is_in_the_help(zhoubao: Callable[..., Result]) -> None:
    state = json.loads(zhoubao("status", "--json").stdout)
    text = zhoubao("status", "--help").output
    for key in (*state, "place", "seen_at", "shown_revision", "finding_id", "open_critical"):
        assert key in text


@pytest.mark.usefixtures("home")
def test_a_warehouse_without_releases_has_nothing_held_back(capsys: pytest.CaptureFixture[str]) -> None:
    with open_warehouse(load_settings()) as con:
        show_release_state(con, load_settings())
    assert capsys.readouterr().out == ""
