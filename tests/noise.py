"""What the checks find in a sample with chosen defects, beside what these defects say they must find."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.sample.defects import DEFECTS, Defect, Expected
from tests.hall import Hall

# What the published figures carry themselves, with or without defects; see the domain's report of 2023-15.
CARRIED = frozenset({("charts.item_ytd", "completed_within_accepted"), ("marts.volume_band", "volume_in_band")})
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
        same = (self.table, self.check, self.week_id, self.count)
        wanted = (expected.table, expected.check, expected.week_id, expected.count)
        return same == wanted and all(word in self.evidence for word in expected.words)


def findings_of(home: Path, defects: Collection[str], scale: float) -> list[Found]:
    """Load, build and check a sample with exactly these defects; returns its findings."""
    hall = Hall(home)
    hall.write_sample(scale=scale, defects=defects)
    with hall.open() as con:
        hall.load(con)
        hall.build(con)
        hall.check(con)
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
