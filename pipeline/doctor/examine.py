"""Asks all questions of the doctor in order; each is answered in machine, hall_folder, home or years."""

from __future__ import annotations

from datetime import date

from pipeline.common.clock import beijing_now
from pipeline.doctor import home, machine, years
from pipeline.doctor.hall_folder import hall_folder
from pipeline.doctor.outcome import Outcome
from pipeline.reporting_calendar import CalendarError, load_calendar
from pipeline.settings import Settings, config_file, load_settings, settings_fault


def examine() -> list[Outcome]:
    """Examines the machine and the configured home and changes neither.

    Where the settings cannot be read, nobody knows which home is meant: only the machine is examined then.
    """
    settings, outcome = read_settings()
    if settings is None:
        return [outcome, machine.versions(), machine.fonts(), machine.time_zone()]
    return [outcome, *examine_home(settings, beijing_now().date())]


def read_settings() -> tuple[Settings | None, Outcome]:
    """Reads the settings, and says from which file or what is wrong with it."""
    try:
        settings = load_settings()
    except (ValueError, OSError) as error:
        return None, Outcome("settings", "设置", "fault", settings_fault(error), "设置的写法见自带的 zhoubao.toml")
    file = config_file()
    source = f"读自 {file}" if file else "没有 zhoubao.toml，用默认值和环境变量"
    return settings, Outcome("settings", "设置", "ok", source)


def examine_home(settings: Settings, today: date) -> list[Outcome]:
    """Examines everything but the settings themselves; `today` is Beijing's."""
    return [
        machine.versions(),
        hall_folder(settings),
        home.disk(settings),
        home.write_rights(settings.home),
        home.lock(settings),
        home.person_key(settings.secret_path),
        home.archive(settings.archive),
        home.stored_state(settings.warehouse_path),
        home.hall_of_home(settings),
        _calendar(settings, today),
        machine.time_zone(),
        machine.fonts(),
        machine.libreoffice(settings.weekly.pdf),
    ]


def _calendar(settings: Settings, today: date) -> Outcome:
    try:
        calendar = load_calendar(settings.calendar_overrides, settings.week_rule, settings.calendar_years)
    except (CalendarError, OSError) as error:
        return Outcome("calendar", "日历", "fault", str(error), "请改正所说的文件")
    return years.calendar_end(calendar, settings.calendar_years[-1], today)
