"""Takes the numbers of cases out of words that leave the house; persons are masked in `masking`."""

from __future__ import annotations

from typing import Final

CASE_NUMBER: Final = r"\d{6}-\d{8}-\d+"  # 510000-20230417-003381


def without_cases(words: str) -> str:
    """SQL of words as they leave the house: what is published or released names no case."""
    return f"regexp_replace({words}, '{CASE_NUMBER}', '（办件编号略）', 'g')"
