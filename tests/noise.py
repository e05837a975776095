"""What the checks find in a sample with chosen defects, beside what these defects say they must find."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.sample.defects import DEFECTS, Defect, Expected
from pipeline.sample.writer import DEFAULT_SEED
from tests.hall import WEEKS, Hall

# What the published figures carry themselves, with or without defects; see the domain's report of 2023-15.
CARRIED = frozenset({("charts.item_ytd", "completed_within_accepted"), ("marts.volume_band", "volume_in_band")})
# What is written in Latin letters in the files themselves: names of files, sheets and code lists; codes; ids.
_NAMES_OF_FILES = re.compile(
    r"[^\s「」：，]*\.(xlsx|csv)|Sheet\d|csv|代码表 [a-z_]+|\b(?=[A-Z\d-]*\d)[A-Z\d-]+\b|\b[0-9a-f]{16}\b"
)
_FOUND = """
SELECT f.table_name, f.check_name, w.week_id, w.unexpected_count, w.evidence, CAST(w.places AS VARCHAR)
FROM quality.finding AS f JOIN quality.finding_week AS w ON w.finding_id = f.finding_id AND w.week_id = f.first_seen
ORDER BY ALL
"""


@dataclass(frozen=True)
class Found:
    """A finding as its first week shows it."""

    table: str
    check: str
    week_id: str
    count: int
    evidence: str
    places: str

    def meets(self, expected: Expected) -> bool:
        """Whether this is the finding that a defect must cause, with words that point at the place."""
        same = (self.table, self.check, self.week_id)
        wanted = (expected.table, expected.check, expected.week_id)
        has_count = expected.count in (None, self.count)
        has_rows = not expected.rows or self.rows_named() == self.count
        return same == wanted and has_count and has_rows and all(word in self.evidence for word in expected.words)

    def rows_named(self) -> int:
        """How many rows of files the places of the finding name."""
        places = [place for place in json.loads(self.places) if place["first_row_no"]]
        return sum(place["last_row_no"] - place["first_row_no"] + 1 for place in places)


def findings_of(home: Path, defects: Collection[str], scale: float, seed: int = DEFAULT_SEED) -> list[Found]:
    """Load, build and check a sample with exactly these defects; returns its findings."""
    hall = Hall(home)
    hall.write_sample(scale=scale, seed=seed, defects=defects)
    return findings_in(hall)


def findings_in(hall: Hall, weeks: Sequence[str] = WEEKS) -> list[Found]:
    """What lies in a hall's inbox, loaded, built and checked for `weeks`; returns its findings."""
    with hall.open() as con:
        hall.load(con)
        hall.build(con, weeks)
        hall.check(con, weeks)
    return findings_at(hall)


def findings_at(hall: Hall) -> list[Found]:
    """The findings of a hall that was checked."""
    with hall.open() as con:
        return [Found(*row) for row in con.execute(_FOUND).fetchall()]


def expected_of(defects: Iterable[Defect]) -> list[Expected]:
    """What these defects say they must cause."""
    return [expected for defect in defects for expected in defect.findings]


def chosen(defects: Collection[str]) -> list[Defect]:
    """The defects by their ids."""
    return [defect for defect in DEFECTS if defect.defect_id in defects]


def differences(found: Iterable[Found], expected: Iterable[Expected]) -> tuple[list[Expected], list[Found]]:
    """The expected that were missed and the found that nobody expects; each finding answers one expectation."""
    left = [one for one in found if (one.table, one.check) not in CARRIED or _is_planted(one, expected)]
    missed = []
    for wanted in expected:
        match = next((one for one in left if one.meets(wanted)), None)
        if match is None:
            missed.append(wanted)
        else:
            left.remove(match)
    return missed, left


def _is_planted(found: Found, expected: Iterable[Expected]) -> bool:
    return any(found.meets(one) for one in expected)


def latin(text: str) -> list[str]:
    """Words that are neither Chinese nor names of delivered files: a column or a code left as it is."""
    return re.findall(r"[A-Za-z_]{2,}", _NAMES_OF_FILES.sub("", text))
