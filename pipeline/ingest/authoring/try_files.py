"""Tries a folder of foreign files one by one and says what became of each; nothing of a hall's own data is touched."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

import yaml

from pipeline.contracts import Contract
from pipeline.ingest.authoring.draft import draft_contract
from pipeline.ingest.authoring.looking.trial_load import Export, name_with_week, try_loading
from pipeline.ingest.errors import RefusedFileError
from pipeline.reporting_calendar import ReportingCalendar
from pipeline.settings import Settings

DRAFTED = "draft"
_PAGE_HEAD = """\
# 外来文件的试装结果 · What became of foreign files

由 `zhoubao contract try FOLDER --out docs/foreign-files.md` 写成：每个文件先按现有合同、
再按自动起草的合同（draft）试装。拒收的各有一句说明；装载的，物理行 = 装载 + 隔离 + 搁置。

Made by that command: each file is tried with the contracts that there are, then with one drafted from it.
Rows add up, or one sentence says why a file cannot be read.

| 文件 file | 结果 outcome | 合同 contract | 容器 | 物理行 | 装载 | 隔离 | 搁置 | 说明 |
|---|---|---|---|---:|---:|---:|---:|---|"""
_NO_DELIVERY = Export("", "", "", 0, outcome="set_aside")


@dataclass(frozen=True)
class Outcome:
    """What became of one file. Rows are physical rows; all of them are zero where it was refused."""

    name: str
    outcome: str
    contract: str
    container: str
    physical: int
    loaded: int
    quarantined: int
    set_aside: int
    seconds: float
    message: str

    @property
    def adds_up(self) -> bool:
        """Whether every physical row is accounted for."""
        return self.physical == self.loaded + self.quarantined + self.set_aside


def try_folder(
    folder: Path, settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]
) -> Iterator[Outcome]:
    """The outcome of each file below `folder`, in the order of their names.

    A file that no contract fits is tried again with a contract drafted from itself, as `zhoubao contract draft` does.
    """
    files = filter(Path.is_file, folder.rglob("*"))
    for path in sorted(files):
        name = path.relative_to(folder).as_posix()
        yield try_file(path, name, settings, calendar, contracts)


def try_file(
    path: Path,
    name: str,
    settings: Settings,
    calendar: ReportingCalendar,
    contracts: Mapping[str, Contract],
) -> Outcome:
    """Load one file into a home and a database of its own, which are gone afterwards."""
    began = time.monotonic()
    outcome = _load(path, name, settings, calendar, contracts)
    if outcome.outcome == "refused" and not outcome.contract:
        outcome = _load_drafted(path, name, settings, calendar, outcome)
    return replace(outcome, seconds=time.monotonic() - began)


def _load_drafted(path: Path, name: str, settings: Settings, calendar: ReportingCalendar, refused: Outcome) -> Outcome:
    try:
        text = draft_contract(path, settings, DRAFTED).text
    except RefusedFileError as error:
        return replace(
            refused,
            physical=0,
            loaded=0,
            quarantined=0,
            set_aside=0,
            message=str(error),
        )
    contract = Contract.model_validate(yaml.safe_load(text))
    return _load(path, name, settings, calendar, {DRAFTED: contract})


def _load(
    path: Path, name: str, settings: Settings, calendar: ReportingCalendar, contracts: Mapping[str, Contract]
) -> Outcome:
    trial = try_loading(path, settings, calendar, contracts, may_cut=False, file_name=name_with_week(path))
    # A lock file is no delivery, and has no event.
    export = trial.exports[-1] if trial.exports else _NO_DELIVERY
    rows: Counter[str] = Counter()
    for disposition, _, count in trial.account:
        rows[disposition] += count
    return Outcome(
        name=name,
        outcome=export.outcome,
        contract=export.source,
        container=trial.container,
        physical=trial.physical,
        loaded=rows["loaded"],
        quarantined=rows["quarantined"],
        set_aside=rows["set_aside"],
        seconds=0.0,
        message=export.refusal or trial.remark,
    )


def as_markdown(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as a table for docs/, without anything that differs from run to run."""
    lines = [_PAGE_HEAD]
    lines += map(_markdown_row, outcomes)
    lines += ["", _summary(outcomes)]
    return "\n".join(lines) + "\n"


def _markdown_row(outcome: Outcome) -> str:
    cells = (
        outcome.name,
        outcome.outcome,
        outcome.contract,
        outcome.container,
        outcome.physical,
        outcome.loaded,
        outcome.quarantined,
        outcome.set_aside,
        outcome.message,
    )
    return f"| {' | '.join(map(_markdown_cell, cells))} |"


def _markdown_cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _summary(outcomes: Sequence[Outcome]) -> str:
    """How many files were loaded and refused, and that the rows of the loaded ones add up."""
    loaded = [outcome for outcome in outcomes if outcome.outcome == "loaded"]
    refused = [outcome for outcome in outcomes if outcome.outcome == "refused"]
    others = len(outcomes) - len(loaded) - len(refused)
    physical = sum(map(attrgetter("physical"), loaded))
    rows_loaded = sum(map(attrgetter("loaded"), loaded))
    quarantined = sum(map(attrgetter("quarantined"), loaded))
    set_aside = sum(map(attrgetter("set_aside"), loaded))
    return (
        f"{len(outcomes)} 个文件：装载 {len(loaded)}，拒收 {len(refused)}，其他 {others}；"
        f"物理行 {physical:,} = 装载 {rows_loaded:,} + 隔离 {quarantined:,} + 搁置 {set_aside:,}。"
    )
