r"""Makes names of files fit to be shown, stored and logged; a file itself is always opened by the name that it has.

Systems take any bytes for a name: `办件.csv` in GBK from an old zip program, a line break, a mark that turns the
direction of writing around, so that `gnp.xlsx` shows as `xslx.png`. All of these come out as what they are:
`\xb0\xec\xbc\xfe.csv`, `a\x0ab.csv`, `\u202egnp.xlsx`.
"""

from __future__ import annotations

import re

# C0 and C1 controls, marks of direction, separators of lines and paragraphs, and halves of a surrogate pair: with
# U+DC80 to U+DCFF Python writes the bytes of a name that is no UTF-8 (PEP 383).
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF
_BYTE_OFFSET = 0xDC00


def shown_name(name: str) -> str:
    """The name of a file for people, ledger and log: as it is, but for characters that cannot be shown or stored."""
    return _UNSHOWABLE.sub(_escaped, name)


def _escaped(character: re.Match[str]) -> str:
    code = ord(character[0])
    if _FIRST_BYTE <= code <= _LAST_BYTE:
        code -= _BYTE_OFFSET
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"


def is_unicode(name: str) -> bool:
    """Whether a name can be handed to libraries that know only UTF-8, such as DuckDB and the reader of workbooks."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
