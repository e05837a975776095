"""A run in which a file was refused is not plainly green: the ledger's check warns, with each file and its sentence."""

from __future__ import annotations

import dagster as dg

from assets.deliveries import DELIVERY, REFUSED_CHECK, refused_outcome
from pipeline.ingest.inbox.loader import FileEvent


def test_a_refused_file_fails_the_check_of_the_ledger_as_a_warning_and_is_named() -> None:
    outcome = refused_outcome([FileEvent("a.csv", "loaded"), FileEvent("b.xlsx", "refused", message="文件有密码")])
    assert (outcome.asset_key, outcome.check_name, outcome.passed) == (DELIVERY, REFUSED_CHECK, False)
    assert outcome.severity == dg.AssetCheckSeverity.WARN
    assert outcome.description == "拒收 1 份文件，没有进入统计：\nb.xlsx：文件有密码"


def test_files_that_are_loaded_kept_or_of_other_weeks_leave_it_green() -> None:
    events = [FileEvent("a.csv", outcome) for outcome in ("loaded", "duplicate", "later", "waiting", "kept")]
    assert refused_outcome(events).passed
    assert refused_outcome([]).passed
