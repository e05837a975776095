"""What a package is: the Parquet files of one released week of one hall, and a manifest that names and measures them.

`<folder>/<hall_id>/<week_id>/manifest.json` is written last and names the folder beside it that holds the files, so
that a reader sees a whole package or the one before it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.common.digests import digest
from pipeline.common.sentences import SentenceError
from pipeline.contracts import Contract
from pipeline.hall.facts import HallId

FORMAT: Final = 2
MANIFEST: Final = "manifest.json"
Kind = Literal["rows", "ledger", "lists", "figures"]
ROWS: Final = "rows"
LEDGER: Final = "ledger"
LISTS: Final = "lists"
FIGURES: Final = "figures"
"""What a part is: rows of exports, what the ledger says of them, lists of the hall, figures that it released."""
LISTS_OF_HALL: Final = ("raw.ref_hall", "raw.ref_department", "raw.ref_department_alias", "raw.ref_export")


class PackageError(SentenceError):
    """A package that cannot be written or taken; the message says which, why, and what to do."""


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Words):
    """One table of a package. `sums` are its additive columns added up, as texts, so that no digit is lost."""

    kind: Kind
    # Names become part of paths and of SQL: nothing but these letters is taken from a file.
    table: str = Field(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$", description="where its rows belong: raw.case_detail")
    file: str = Field(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*\.parquet$")
    rows: int = Field(ge=0)
    sha256: str
    sums: dict[str, str] = Field(default_factory=dict)
    contract: str = Field(default="", description="digest of the contract that the rows were read by")


class Withheld(_Words):
    """Figures that the hall released as 【待核实】: of one column, in the rows of the week with these keys.

    `column` is `*` where whole rows are left out. The rows of exports that they were counted from are in the package.
    """

    table: str = Field(pattern=r"^(marts|charts)\.[a-z][a-z0-9_]*$")
    column: str = Field(pattern=r"^(\*|[a-z][a-z0-9_]*)$")
    keys: dict[str, str] = Field(description="column of the key → value; without one all rows of the week")
    note: str


class Manifest(_Words):
    """What a package holds. Key: hall_id, week_id; a later revision of a week takes the place of the one before."""

    format: int
    hall_id: HallId
    hall_name: str
    week_id: str
    revision: int = Field(ge=1, description="revision of the week's release")
    week_rule: str = Field(description="digest of the week rule: weeks of another rule are other days")
    program: str
    reader: int = Field(description="version of the reader that read the files")
    stamp: str = Field(description="digest of what the package was made of: the same needs no new package")
    folder: str = Field(
        pattern=r"^r\d+-[0-9a-f]{12}$", description="the folder beside the manifest that holds the files"
    )
    parts: tuple[Part, ...]
    withheld: tuple[Withheld, ...] = ()
    digest: str = Field(default="", description="SHA-256 of the manifest without this field")

    def sealed(self) -> Manifest:
        """Returns the manifest with its digest."""
        return self.model_copy(update={"digest": self._content_digest()})

    @property
    def is_whole(self) -> bool:
        """Whether nobody changed the manifest since it was sealed."""
        return self.digest == self._content_digest()

    def parts_of(self, kind: Kind) -> list[Part]:
        """Returns the parts of one kind."""
        return [part for part in self.parts if part.kind == kind]

    def _content_digest(self) -> str:
        text = json.dumps(self.model_dump(exclude={"digest"}), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def place_of(path: Path) -> str:
    """Returns whose and which week the manifest of a folder should be: 510104/2023-15."""
    return f"{path.parent.parent.name}/{path.parent.name}"


def read_manifest(path: Path) -> Manifest:
    """Returns a manifest as it stands in a file.

    Raises PackageError where it is none, was changed, or has a format that this program does not know.
    """
    place = place_of(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PackageError(f"{place} 的 {MANIFEST} 读不出来：请该厅重新上报这一期（zhoubao handover）。") from None
    written_format = content.get("format") if isinstance(content, dict) else None
    if written_format != FORMAT:
        raise PackageError(
            f"{place} 是第 {written_format} 版的上报包，本程序只认第 {FORMAT} 版：请先升级较旧的一边，再重新上报。"
        )
    try:
        manifest = Manifest.model_validate(content)
    except ValidationError:
        raise PackageError(f"{place} 的 {MANIFEST} 缺少内容或写法不对：请该厅重新上报这一期。") from None
    if not manifest.is_whole:
        raise PackageError(f"{place} 的 {MANIFEST} 写成后被改动过（摘要不符）：请该厅重新上报这一期。")
    return manifest


def contract_digest(contract: Contract) -> str:
    """Returns a digest of a contract alone; its code lists are the hall's own and travel with the package."""
    return digest([contract.model_dump_json()])
