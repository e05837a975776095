"""The one form in which keys and codes are compared: A001, Ａ001, a001 and "A 001" are one case; each stays as written.

Labels of columns have a form of their own, in `pipeline.contracts.labels`.
"""

from __future__ import annotations

import unicodedata

from pipeline.common.characters import visible


def folded(text: str) -> str:
    """A key as it is compared: NFKC, without blanks and characters that show nothing, Latin letters as capitals.

    综合窗口　１ → 综合窗口1, ａ００１ → A001. What is folded already stays as it is.
    """
    normal = unicodedata.normalize("NFKC", visible(text))
    return "".join(normal.split()).upper()


def may_fold(column: str) -> str:
    """SQL that holds where a text may be another one when it is folded; for plain capitals and digits it does not.

    A comparison of lengths, a search for a blank and capitals cost half of what a pattern does. Beside ASCII it holds
    for all but the common ideographs: 综合窗口1 needs no folding, 综合窗口１ does.
    """
    is_odd_beyond_ascii = f"strlen({column}) <> length({column}) AND regexp_matches({column}, '[^ -~一-鿿]')"
    return f"(upper({column}) <> {column} OR contains({column}, ' ') OR contains({column}, chr(9)) OR " + (
        f"contains({column}, chr(10)) OR contains({column}, chr(13)) OR ({is_odd_beyond_ascii}))"
    )
