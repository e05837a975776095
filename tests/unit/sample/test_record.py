"""What a home keeps of its sample, so that further weeks are of the same world."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.sample import SampleWorld, keep_sample, kept_sample
from pipeline.sample.record import RECORD


def test_what_was_kept_is_read_back(tmp_path: Path) -> None:
    made_with = SampleWorld(7, 0.01, frozenset({"window_spike"}))
    keep_sample(tmp_path, made_with)
    assert kept_sample(tmp_path) == made_with


def test_a_home_without_a_sample_keeps_nothing(tmp_path: Path) -> None:
    assert kept_sample(tmp_path) is None


def test_a_damaged_record_is_a_sentence_that_names_it(tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"sample\.json 读不出来"):
        kept_sample(tmp_path)
