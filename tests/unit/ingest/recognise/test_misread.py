"""Text that was lost or read in a wrong encoding is refused, and why is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.errors import RefusedFileError
from pipeline.ingest.recognise.misread import TextHeads, has_lost_header, lines_of
from pipeline.ingest.refusals.recognise import RecogniseRefusal
from pipeline.ingest.refusals.text import TextRefusal
from tests.unit.ingest.recognise.tiny_contracts import LABELS, sheet

KNOWN = frozenset(LABELS)


def heads(tmp_path: Path, text: str) -> TextHeads:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    return TextHeads(path, KNOWN)


def test_the_beginning_is_decoded_once_for_an_encoding(tmp_path: Path) -> None:
    beginning = heads(tmp_path, ",".join(LABELS) + "\n")
    assert beginning.of("utf-8") == ("utf-8", ",".join(LABELS) + "\n")
    assert beginning.of("utf-8") is beginning.of("utf-8")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (",".join(["????"] * 4) + "\n", TextRefusal.TEXT_LOST),
        (",".join(LABELS).encode().decode("gb18030", "replace") + "\n", RecogniseRefusal.CONTENT_MISREAD),
    ],
)
def test_a_file_without_a_known_header_says_what_happened_to_it(
    tmp_path: Path, text: str, refusal: RecogniseRefusal
) -> None:
    with pytest.raises(RefusedFileError) as caught:
        heads(tmp_path, text).refuse_illegible(None)
    assert caught.value.refusal is refusal


def test_a_legible_file_is_not_refused(tmp_path: Path) -> None:
    heads(tmp_path, ",".join(LABELS) + "\n").refuse_illegible(None)


def test_several_labels_of_question_marks_are_a_lost_header() -> None:
    assert has_lost_header(["????\t????\t????\t????"])
    assert not has_lost_header(["登记编号\t怎么回事??"])
    assert list(lines_of(sheet("一", ["甲", None], ["乙", "丙"]))) == ["甲\t", "乙\t丙"]
