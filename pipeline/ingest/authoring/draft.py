"""Drafts a contract from an export that none describes; the guesses are made in drafting, and judged by people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from pipeline.common.file_names import shown_name
from pipeline.common.system_errors import reason_of
from pipeline.contracts import Contract
from pipeline.contracts.labels import label_key
from pipeline.ingest.authoring.draft_mending import mended, unsaid
from pipeline.ingest.authoring.draft_trial import try_draft
from pipeline.ingest.authoring.drafting.column_names import contract_name, usable
from pipeline.ingest.authoring.drafting.columns import guess_columns
from pipeline.ingest.authoring.drafting.contract_yaml import GUESS_MARK, contract_text
from pipeline.ingest.authoring.drafting.plan import DraftPlan, plan_contract
from pipeline.ingest.authoring.drafting.sheet_choice import SheetChoice, choose_table
from pipeline.ingest.authoring.drafting.table_guess import TableGuess
from pipeline.ingest.authoring.looking.trial_load import Ask, Complaint
from pipeline.ingest.authoring.peek import Peek, peek
from pipeline.ingest.cells.code_lists import read_code_lists
from pipeline.ingest.errors import RefusalPlace, RefusedFileError
from pipeline.ingest.load.printed_lines import has_check_words
from pipeline.ingest.refusals.authoring import AuthoringRefusal
from pipeline.privacy.masking import shown
from pipeline.reporting_calendar import ReportingCalendar, load_calendar
from pipeline.settings import Settings

if TYPE_CHECKING:
    import duckdb

AskChecks = Callable[["duckdb.DuckDBPyConnection", Settings, ReportingCalendar, Contract], Sequence[Complaint]]
"""Asks the check words of a contract of a file that was loaded: `pipeline.quality.run.contract_trial.complaints`."""
_LAST_NAME = "new_export"
# A mend may bring out the next fault: a text that is part of the key, a column that was blank beside it.
_TRIES = 4


@dataclass(frozen=True)
class Draft:
    """A contract's name, its YAML, how many rows were seen and guesses made, the sheet, and what a trial made of it.

    `sentences` say where the draft comes from, what the trial load made of the file and what was mended; `is_whole`
    says that every row of data was loaded, `is_refused` that the file was refused.
    """

    name: str
    text: str
    rows_seen: int = 0
    guesses: int = 0
    sentences: tuple[str, ...] = ()
    is_whole: bool = True
    is_refused: bool = False


def draft_contract(
    path: Path,
    settings: Settings,
    name: str | None = None,
    sheet: str | None = None,
    ask_checks: AskChecks | None = None,
) -> Draft:
    """A contract for the table in `path`, valid at once and tried on it, in which each guess is a comment `# 猜测：…`.

    `sheet` is the name or number of the sheet to draft from; without it, the largest table is taken. `ask_checks` asks
    the check words of the draft of its own file. What the trial shows to be wrong without any doubt is mended; what
    remains stands at the head of the YAML. Raises RefusedFileError where the file cannot be read or holds no table, or
    where `name` is no column-like name.
    """
    if name is not None and usable(name) != name:
        raise RefusedFileError(AuthoringRefusal.BAD_CONTRACT_NAME, found=name, name=name)
    seen = peek(path, settings)
    choice = choose_table(seen.sheets, sheet, is_text=seen.is_text)
    plan = _first_plan(path, settings, name, seen, choice.table)
    calendar = load_calendar(settings.calendar_overrides, settings.week_rule, settings.calendar_years)
    may_cut = seen.is_text and not seen.is_packed
    for attempt in range(_TRIES):
        contract = Contract.model_validate(yaml.safe_load(contract_text(plan)))
        ask = _asking(ask_checks, calendar, contract)
        trial = try_draft(path, settings, calendar, contract, plan.table, may_cut=may_cut, ask=ask)
        is_last = attempt == _TRIES - 1
        better = None if is_last else mended(plan, trial.trial.problems) or unsaid(plan, trial.trial.complaints)
        if better is None:
            break
        plan = better
    remarks = (*_origin(choice), *trial.sentences())
    text = contract_text(plan, remarks)
    return Draft(
        name=plan.name,
        text=text,
        rows_seen=len(plan.table.rows),
        guesses=text.count(GUESS_MARK),
        sentences=(*remarks, *plan.mends, *_proposed(plan), *_without_key(plan)),
        is_whole=trial.is_whole,
        is_refused=bool(trial.refusal),
    )


def _asking(ask_checks: AskChecks | None, calendar: ReportingCalendar, contract: Contract) -> Ask | None:
    """The question that the trial puts to the file; None where nobody asks, or where there are no words to ask for."""
    if ask_checks is None or not has_check_words(contract):
        return None

    def ask(con: duckdb.DuckDBPyConnection, settings: Settings) -> Sequence[Complaint]:
        return ask_checks(con, settings, calendar, contract)

    return ask


def _first_plan(path: Path, settings: Settings, name: str | None, seen: Peek, table: TableGuess) -> DraftPlan:
    _refuse_side_by_side(table.titles)
    codes = read_code_lists(*settings.code_lists)
    columns = guess_columns(
        table.titles,
        table.rows,
        codes,
        is_text_file=seen.is_text,
        summed=table.summed,
        row_nos=table.row_nos,
    )
    chosen = name or contract_name(table.title) or contract_name(path.stem) or _LAST_NAME
    return plan_contract(chosen, path.stem, table, columns, seen.delimiter, codes)


def _refuse_side_by_side(titles: Sequence[str]) -> None:
    """Raises RefusedFileError where the same columns stand beside each other again: 部门, 件数, 部门, 件数."""
    labels = list(map(label_key, filter(None, titles)))
    distinct = list(dict.fromkeys(labels))
    groups = len(labels) // len(distinct)
    is_repeated = groups > 1 and labels == distinct * groups
    if is_repeated and len(distinct) > 1:
        raise RefusedFileError(
            AuthoringRefusal.TABLES_SIDE_BY_SIDE,
            found="、".join(titles),
            groups=groups,
            labels=shown("、".join(titles[: len(distinct)])) or "",
        )


def _origin(choice: SheetChoice) -> Iterator[str]:
    """Which sheet the draft comes from, and which others hold tables; nothing for a text."""
    if choice.sheet is None:
        return
    yield f"取自工作表 {choice.sheet.words}"
    if choice.others:
        others = "、".join(other.words for other in choice.others)
        yield f"另有表格的工作表：{others}；要从其中一张起草，请加 --sheet 名称或序号"


def _proposed(plan: DraftPlan) -> Iterator[str]:
    """How many check words are written, and how many only mentioned; nothing where there are none."""
    written = Counter(found.word for found in plan.proposals if not found.is_doubted)
    if written:
        words = "、".join(f"{word} {count}" for word, count in written.items())
        yield f"按各行的数提议了 {written.total()} 项核对（{words}），依据写在旁边，核对后删去注释"
    doubted = sum(found.is_doubted for found in plan.proposals)
    if doubted:
        yield f"另有 {doubted} 项按名称像，但与文件不符，只写在注释里"


def _without_key(plan: DraftPlan) -> Iterator[str]:
    if not plan.key.columns:
        yield "没有找到能区分各行的主键，重复的行将无法辨认；若有，请在草稿中写 primaryKey"


def write_draft(
    path: Path,
    settings: Settings,
    name: str | None,
    out: Path | None,
    sheet: str | None = None,
    ask_checks: AskChecks | None = None,
) -> tuple[Draft, Path]:
    """Draft a contract and write it to `out` (a file or folder; by default `<name>.yaml` here).

    A file is never replaced, and it has to be named like the contract. Raises RefusedFileError.
    """
    if name is None and out is not None and out.suffix == ".yaml":
        name = out.stem
    draft = draft_contract(path, settings, name, sheet, ask_checks)
    target = _target(draft.name, out)
    # `--out hall/contracts` is meant as a folder, and `--out hall/contracts/a.yaml` needs one.
    is_file = target.suffix == ".yaml"
    folder = target.parent if is_file else target
    if not folder.is_dir() and not target.is_file():
        raise RefusedFileError(
            AuthoringRefusal.NO_SUCH_FOLDER, found=str(folder), folder=shown_name(str(folder)), name=draft.name
        )
    if target.stem != draft.name:
        raise RefusedFileError(
            AuthoringRefusal.NAME_DIFFERS_FROM_FILE,
            expected=f"{draft.name}.yaml",
            found=target.name,
            file=target.name,
            name=draft.name,
            stem=target.stem,
        )
    place = RefusalPlace(target.name)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(draft.text)
    except FileExistsError as error:
        raise RefusedFileError(AuthoringRefusal.CONTRACT_EXISTS, place=place, path=target) from error
    except OSError as error:
        # What was begun would stand in the way of the next draft, and is not one of anybody else: "x" made it.
        with suppress(OSError):
            target.unlink(missing_ok=True)
        raise RefusedFileError(
            AuthoringRefusal.CANNOT_WRITE, place=place, path=target, reason=reason_of(error)
        ) from error
    return draft, target


def _target(name: str, out: Path | None) -> Path:
    """Where a draft is written: `out` itself, or `<name>.yaml` in the folder `out` or here."""
    file_name = f"{name}.yaml"
    if out is None:
        return Path(file_name)
    return out / file_name if out.is_dir() else out
