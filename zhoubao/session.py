"""Prepares what every command needs: settings, calendar, log, sentences for errors; output is zhoubao.console's."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.markup import escape

from zhoubao.console import complain, console

if TYPE_CHECKING:
    from pipeline.reporting_calendar import ReportingCalendar
    from pipeline.settings import Settings

LOGGER = logging.getLogger(__name__)


@dataclass
class Switches:
    """What was typed before the command, such as `zhoubao --debug run`."""

    is_debug: bool = False


switches = Switches()


def start(*, is_only_looking: bool = False) -> tuple[Settings, ReportingCalendar]:
    """Reads settings and calendar and opens the log.

    A command that is only looking (`inspect`, `status`) leaves no log where no home is yet: it must change nothing.
    """
    from pipeline.reporting_calendar import load_calendar

    settings = read_settings()
    if settings.home.is_dir() or not is_only_looking:
        open_log(settings)
    return settings, load_calendar(settings.calendar_overrides, settings.week_rule, settings.calendar_years)


def read_settings() -> Settings:
    """Reads zhoubao.toml and the environment; a setting that is wrong ends in a sentence that names it."""
    from pipeline.settings import load_settings, settings_fault

    try:
        return load_settings()
    except (ValueError, OSError) as error:
        stop(settings_fault(error), error)


def open_log(settings: Settings) -> None:
    """Opens the log of this home; with `--debug` it goes to the terminal too."""
    from pipeline.common.log import log_to_file
    from pipeline.privacy.masking import mask_line

    log_to_file(settings.log_path, mask_line, is_debug=switches.is_debug)


def stop(sentence: str, cause: BaseException | None = None, *, exit_code: int = 1) -> NoReturn:
    """Says why the command ends, keeps the cause in the log, and leaves with the exit code."""
    LOGGER.debug("command ends: %s", sentence, exc_info=cause)
    complain(sentence)
    raise typer.Exit(exit_code) from cause


@contextmanager
def in_sentences(*further: type[Exception]) -> Iterator[None]:
    """Ends the command with the sentence of the error: a contract, check or SQL file, the home, `further`."""
    from pipeline.common.sentences import SentenceError
    from pipeline.contracts import ContractError
    from pipeline.quality.checks.suites import SuiteError
    from pipeline.warehouse.models import ModelError

    errors: tuple[type[Exception], ...] = (SentenceError, ContractError, SuiteError, ModelError, *further)
    try:
        yield
    except errors as error:
        stop(str(error), error)


def week_id_of(calendar: ReportingCalendar, week: str) -> str:
    """Returns the week_id of an issue as it was typed; one that the calendar does not know ends with exit code 2."""
    try:
        return calendar.week(week).week_id
    except ValueError as error:
        stop(str(error), error, exit_code=2)


def require_warehouse(settings: Settings, sentence: str) -> None:
    """Ends the command with the sentence where nothing was ever loaded; a warehouse that is gone has one of its own."""
    from pipeline.warehouse.database import refuse_lost

    with in_sentences():
        refuse_lost(settings)
    if not settings.warehouse_path.exists():
        stop(sentence)


def say_hall(settings: Settings) -> None:
    """Raises OtherWeekRuleError where the home was made by another week rule; says where its hall has another name.

    Commands that show or print what the home holds ask this first: the figures would stand under the other hall's name.
    """
    from pipeline.warehouse.database import stored_hall
    from pipeline.warehouse.errors import WarehouseBusyError
    from pipeline.warehouse.home_hall import refuse_other_week_rule, renamed_words

    try:
        stored = stored_hall(settings)
    except WarehouseBusyError:
        # Somebody is writing, who was asked the same at the start.
        return
    refuse_other_week_rule(stored, settings)
    words = renamed_words(stored, settings)
    if words is not None:
        console.print(f"[yellow]{escape(words)}[/]")
