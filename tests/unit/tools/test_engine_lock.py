"""requirements-engine.lock lies on top of requirements.lock: nothing twice, all pinned with hashes, no index named."""

from __future__ import annotations

import re

from pipeline.settings import PROJECT_ROOT

LOCK = (PROJECT_ROOT / "requirements.lock").read_text("utf-8")
ENGINE_LOCK = (PROJECT_ROOT / "requirements-engine.lock").read_text("utf-8")


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", lock, re.MULTILINE))


def test_no_package_is_there_twice() -> None:
    assert "pyspark" in pins(ENGINE_LOCK)
    assert pins(ENGINE_LOCK).keys() & pins(LOCK).keys() == set()


def test_what_goes_with_a_package_of_the_other_lock_has_its_version() -> None:
    # After `make lock` has moved grpcio, `make engine-lock` is due.
    assert pins(ENGINE_LOCK)["grpcio-status"] == pins(LOCK)["grpcio"]


def test_each_pin_has_hashes_and_none_names_an_index() -> None:
    entries = re.split(r"^(?=[a-z0-9.-]+==)", ENGINE_LOCK, flags=re.MULTILINE)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in ENGINE_LOCK
