"""The ways in which a file is not taken; the codes and their sentences stand in `pipeline.ingest.refusals`."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ingest.refusals.base import RefusalCode
from pipeline.privacy.masking import mask_name


@dataclass(frozen=True)
class RefusalPlace:
    """Where a fault was found, as far as it is known; `row` counts from 1 as a spreadsheet does."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def __post_init__(self) -> None:
        """Takes persons out of the names: a place is shown to people and stored."""
        for part in ("file", "sheet", "column"):
            name = getattr(self, part)
            if name is not None:
                object.__setattr__(self, part, mask_name(name))


class RefusedFileError(ValueError):
    """A file that cannot be loaded: one Chinese sentence for people (`str`), a code and a place for programs.

    Example: `RefusedFileError(ContainerRefusal.TOO_LARGE, size_mb="1,200", limit_mb=512)`. The values fill the
    sentence of the code, persons taken out of it; `expected` and `found` say what was asked for and what is there,
    where that is known.
    """

    def __init__(
        self,
        code: RefusalCode,
        *,
        place: RefusalPlace | None = None,
        expected: str | None = None,
        found: str | None = None,
        **values: object,
    ) -> None:
        super().__init__(mask_name(code.text.sentence.format(**values)))
        self.refusal = code
        self.place = place or RefusalPlace()
        self.expected = expected
        self.found = None if found is None else mask_name(found)
        self.values = values

    @property
    def code(self) -> str:
        """The code's name, such as `too_large`."""
        return self.refusal.code


class WaitingFileError(RefusedFileError):
    """A file that cannot be read yet (still being written, or locked): it stays in the inbox for the next run."""


class UnclearSuccessionError(RefusedFileError):
    """A file of which nobody knows whether it is newer than the one that counts: a question that a decision answers."""
