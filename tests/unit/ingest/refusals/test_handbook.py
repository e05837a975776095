"""docs/refusals.md lists every code once, and every code is used."""

from __future__ import annotations

import ast
import string
from collections import Counter
from pathlib import Path

import pytest

from pipeline.ingest.refusals.base import RefusalCode, RefusalText
from pipeline.ingest.refusals.handbook import PAGE, Room, read_rooms, render, write_page
from pipeline.settings import PROJECT_ROOT

ROOMS = read_rooms()
CODES = [code for room in ROOMS for code in room.codes]
LIBRARY = PROJECT_ROOT / "pipeline"
REFUSALS = LIBRARY / "ingest" / "refusals"


class TinyRefusal(RefusalCode):
    ODD = RefusalText("a|b <{name}>\n{count}", "含义", "办法")


def used_codes() -> set[str]:
    """`ClassRefusal.MEMBER` wherever the library names one, outside of the modules that define them."""
    names: set[str] = set()
    for path in LIBRARY.rglob("*.py"):
        if path.is_relative_to(REFUSALS):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                names.add(f"{node.value.id}.{node.attr}")
    return names


def test_every_module_with_codes_is_collected() -> None:
    written = {path.stem for path in REFUSALS.glob("*.py") if "(RefusalCode):" in path.read_text("utf-8")}
    assert {room.name for room in ROOMS} == written
    listed = {type(code) for code in CODES}
    assert {item for item in RefusalCode.__subclasses__() if item.__module__.startswith("pipeline.")} == listed


def test_codes_are_unique_over_all_rooms() -> None:
    assert [code for code, times in Counter(code.code for code in CODES).items() if times > 1] == []


def test_no_code_of_a_room_is_lost_as_an_alias_of_another() -> None:
    """Members of an Enum with equal values are one member: the second name would vanish."""
    aliases = [name for code in CODES for name, member in type(code).__members__.items() if member.name != name]
    assert aliases == []


@pytest.mark.parametrize("code", CODES, ids=str)
def test_sentence_meaning_and_action_are_filled(code: RefusalCode) -> None:
    text = code.text
    assert text.sentence.strip()
    for sentence in (text.meaning, text.action):
        assert sentence.endswith("。"), sentence
        assert "{" not in sentence
    # Each value has a name, so that whoever raises cannot mix them up.
    assert all(name != "" for _, name, _, _ in string.Formatter().parse(text.sentence))


def test_every_code_is_raised_somewhere() -> None:
    used = used_codes()
    assert [str(code) for code in CODES if f"{type(code).__name__}.{code.name}" not in used] == []


def test_the_page_is_what_the_codes_say() -> None:
    assert PAGE.read_text("utf-8") == render(ROOMS), "run: python -m pipeline.ingest.refusals.handbook"


def test_what_markdown_would_take_for_its_own_is_escaped(tmp_path: Path) -> None:
    page = render([Room("tiny", tuple(TinyRefusal))])
    assert "## `pipeline/ingest/tiny`" in page
    assert "| `odd` | a\\|b &lt;{name}><br>{count} | 含义 | 办法 |" in page
    write_page(tmp_path / "refusals.md")
    assert (tmp_path / "refusals.md").read_text("utf-8") == render(ROOMS)
