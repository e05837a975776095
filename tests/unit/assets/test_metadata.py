"""How counts, rows and links look in Dagster."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from assets.metadata import markdown_table, page_links, table_text
from pipeline.settings import Settings


def test_rows_are_one_table_in_the_order_of_the_first_rows_columns() -> None:
    rows = [{"a": 1, "b": None}, {"b": "x|y\nz", "a": Decimal("2.50")}]
    assert table_text(rows).splitlines() == ["| a | b |", "| --- | --- |", "| 1 |  |", "| 2.5 | x\\|y z |"]


def test_moments_are_short_and_long_texts_are_cut() -> None:
    row = {"t": datetime(2023, 4, 24, 9, 0, 0, 5), "d": date(2023, 4, 24), "n": Decimal("12.00"), "s": "长" * 99}
    *_, cells = table_text([row]).splitlines()
    assert cells == f"| 2023-04-24 09:00:00 | 2023-04-24 | 12 | {'长' * 79}… |"


def test_no_rows_are_a_word() -> None:
    assert markdown_table([]).value == "（无）"


def test_a_week_links_to_the_page_on_disk_and_to_a_site_that_is_served(tmp_path: Path) -> None:
    unserved = Settings(home=tmp_path)
    assert list(page_links(unserved, "2023-15")) == ["检查页"]
    served = Settings(home=tmp_path, site_url="http://10.0.0.8/zhoubao/")
    assert page_links(served, "2023-15")["网页上的检查"].value == "http://10.0.0.8/zhoubao/quality/2023-15.html"
