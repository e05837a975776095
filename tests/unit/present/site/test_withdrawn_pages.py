"""Of a withdrawn release the site and the weeklies keep nothing but that it existed and why it was withdrawn."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.present.bring_out import bring_out
from pipeline.release.freeze.issues import freeze
from pipeline.release.freeze.withdrawal import withdraw
from pipeline.settings import Settings
from tests.unit.present.origins_hall import GRAINS
from tests.unit.release.tiny_hall import WEEKS

WEEK = "2023-03"
TEXT = "510105198703030025"
REASON = "动态中有个人信息"


def pages_with(settings: Settings, text: str) -> list[str]:
    data = settings.published.rglob("site/data/*")
    files = [*settings.published.rglob("*.html"), *settings.published.rglob("site/*.js"), *data]
    paths = [path for path in files if text in path.read_text("utf-8")]
    return sorted(path.relative_to(settings.published).as_posix() for path in paths)


@pytest.mark.slow
def test_the_pages_of_a_withdrawn_release_go_and_its_record_stays_and_no_page_is_left_where_all_are_withdrawn(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    con.execute("UPDATE charts.activity SET content = ? WHERE week_id = ?", [f"来信（{TEXT}）。", WEEK])
    freeze(con, settings, WEEKS, grains=GRAINS)
    bring_out(con, settings, [WEEK])
    assert {
        "site/index.html",
        "site/data/activity.csv",
        f"site/issue/{WEEK}.html",
        f"weekly/{WEEK}/r1/weekly.html",
    } <= {*pages_with(settings, TEXT)}

    withdraw(con, WEEK, 1, reason=REASON, withdrawn_by="张三")
    bring_out(con, settings, [])
    assert pages_with(settings, TEXT) == []
    assert pages_with(settings, f"本次发布已收回：{REASON}") == [f"site/issue/{WEEK}-r1.html"]
    assert "（已收回）" in (settings.published / "site" / "archive.html").read_text("utf-8")
    assert "张三" not in (settings.published / "site" / "issue" / f"{WEEK}-r1.html").read_text("utf-8")
    assert not (settings.published / "site" / "issue" / f"{WEEK}.html").exists()
    assert not (settings.published / "weekly" / WEEK / "r1").exists()

    for week in WEEKS[:-1]:
        withdraw(con, week, 1, reason=REASON, withdrawn_by="张三")
    bring_out(con, settings, [])
    assert list((settings.published / "site").rglob("*.html")) == []
    assert list((settings.published / "site").glob("*.js")) == []
    assert list((settings.published / "site" / "data").iterdir()) == []
