"""One typed object for every setting: zhoubao.toml, the hall's hall.toml, the environment.

What a source looks like belongs in contracts, which words hall.toml has in `pipeline.hall.facts`.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from pipeline.common.clock import beijing_now
from pipeline.common.model_faults import faults_in_words
from pipeline.hall.errors import HallError
from pipeline.hall.facts import (
    HALL_OF_NO_CODE,
    SETTING_OF_KEY,
    CatalogueSettings,
    DepartmentSettings,
    Exports,
    HallId,
    HallWords,
    PowerGroups,
    WeeklySettings,
)
from pipeline.hall.files_in_force import FilesInForce
from pipeline.hall.sources import HALL_FILE, HallToml, MachineToml, folder_named_in
from pipeline.reporting_calendar.week_rule import WeekRule

# The folder above the package: the checkout, or site-packages where the package is installed.
_PACKAGE: Final = Path(__file__).resolve().parent
PROJECT_ROOT: Final = _PACKAGE.parent
# SQL, expectations and notebooks stand beside the package in a checkout and inside it in a wheel (pyproject.toml).
_PACKED: Final = _PACKAGE / "resources"
CONFIG_FILE: Final = "zhoubao.toml"
# The Word template of a hall, in its folder.
TEMPLATE_FILE: Final = "weekly.docx"
# Exports that a hall's folder brings for whoever wants to try it.
SAMPLE_FOLDER: Final = "sample"
# The calendar reaches at least to the end of this year, whatever the clock of a machine says.
EARLIEST_HORIZON: Final = 2027
NoticeKind = Literal["blocked", "critical", "correction", "waiver", "missing"]


def resources(name: str) -> Path:
    """Returns what the package brings beside its code: `sql`, `expectations`, `notebooks`, `halls`, zhoubao.toml."""
    packed = _PACKED / name
    return packed if packed.exists() else PROJECT_ROOT / name


def is_checkout() -> bool:
    """Whether the package runs from its source folder, where `data/` and zhoubao.toml stand beside it."""
    return not _PACKED.is_dir()


def default_home() -> Path:
    """Returns `data/` of the checkout; where the package is installed, `data/` of the current folder."""
    return (PROJECT_ROOT if is_checkout() else Path.cwd()) / "data"


def hall_of_program() -> Path | None:
    """Returns the hall's folder that the zhoubao.toml of the program names, for whoever names none of his own."""
    return folder_named_in(resources(CONFIG_FILE))


class DueTime(BaseModel):
    """When the exports of some sources have to be there: at `time` (Beijing) of the first such weekday after a week."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: tuple[str, ...] = Field(min_length=1, description="names of contracts, such as window_weekly")
    weekday: int = Field(ge=1, le=7, description="1 Monday … 7 Sunday; a day off moves it to the next working day")
    time: dt.time = Field(default=dt.time(10), description="time of day")


class NoticeSettings(BaseModel):
    """Whom to tell about what; without `urls` nothing is ever sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    urls: tuple[SecretStr, ...] = Field(
        default=(), description="apprise's URLs; ${NAME} in one stands for an environment variable"
    )
    events: tuple[NoticeKind, ...] = Field(default=get_args(NoticeKind), description="what is worth a message")
    waiver_days: int = Field(default=7, ge=0, description="days before its end that a waiver is announced")
    due: tuple[DueTime, ...] = Field(default=(), description="due times of exports")


class DisclosureSettings(BaseModel):
    """The outer edition: charts that may be mailed or shown on a wall, for they point at nobody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outer: bool = Field(default=False, description="write published/outer/ beside the hall's own edition")
    threshold: int = Field(
        default=3, ge=2, description="the smallest count of cases or persons, besides 0, that is shown"
    )


class EngineSettings(BaseModel):
    """What computes the tables of a province: DuckDB, or Apache Spark where a centre has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["duckdb", "spark"] = Field(default="duckdb", description="duckdb needs nothing besides")
    remote: str = Field(
        default="", description="Spark Connect, sc://localhost:15002; empty: that of `zhoubao engine start`"
    )
    master: str = Field(default="", description="a session of our own where there is no Connect: yarn, local[2]")
    storage: Path | None = Field(
        default=None, description="folder of the tables, which the engine and this machine both reach"
    )
    token: SecretStr = Field(default=SecretStr(""), description="of the Connect server; ${NAME} is of the environment")


class Steward(BaseModel):
    """Somebody who may settle findings in this hall: an entry of the roster `[[steward]]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="as it is written into 处理人 and 复核人")
    department: str = Field(default="", description="where the person works")
    may_accept_critical: bool = Field(
        default=False, description="may be the second person where a critical finding is accepted"
    )


class Settings(BaseSettings):
    """Where things are and how much they may use, and what is true of this hall.

    Environment variables (`ZHOUBAO_HOME`, …) win over zhoubao.toml and hall.toml.
    """

    model_config = SettingsConfigDict(
        env_prefix="ZHOUBAO_", env_nested_delimiter="__", extra="forbid", frozen=True, toml_file=CONFIG_FILE
    )

    home: Path = Field(default_factory=default_home, description="home of all state")
    hall: Path | None = Field(
        default_factory=hall_of_program,
        description="folder of what is the hall's own; in zhoubao.toml from beside that file",
    )
    memory_limit: str = Field(default="900MB", description="what DuckDB may hold in memory before it spills to disk")
    threads: int = Field(default=2, ge=1, description="DuckDB's worker threads")
    retention_days: int = Field(default=730, ge=0, description="days that originals stay in the archive")
    run_history_days: int = Field(default=400, ge=1, description="days that Dagster keeps finished runs")
    calendar_overrides: Path | None = Field(default=None, description="CSV of working days, holidays and issue numbers")
    first_year: int = Field(default=2015, description="first year of the calendar")
    last_year: int | None = Field(
        default=None, description="last year of the calendar; where it is not given, the year after the present one"
    )
    max_unpacked_mb: int = Field(default=2048, ge=1, description="largest size an archive or sheet may unpack to")
    max_unpacked_ratio: int = Field(
        default=500, ge=1, description="how many times its size a part of a workbook above 64 MB may unpack to"
    )
    max_cells: int = Field(default=10_000_000, ge=1, description="most cells (rows x columns) that one sheet may span")
    settle_seconds: float = Field(default=0.1, ge=0, description="pause between two looks at a file that just changed")
    wait_seconds: float = Field(default=5.0, ge=0, description="how long a file that is being written is waited for")
    lock_timeout_seconds: float = Field(default=0.0, ge=0, description="how long a second writer waits for the first")
    reader_wait_seconds: float = Field(
        default=10.0, ge=0, description="how long a writer waits for another program that looks into the warehouse"
    )
    site_url: str | None = Field(
        default=None, pattern=r"^https?://", description="where published/site is served, for links in Dagster"
    )
    ui_hosts: tuple[str, ...] = Field(
        default=(), description="names under which a reverse proxy serves Dagster's UI, such as zhoubao.example.gov.cn"
    )
    handover: Path | None = Field(
        default=None, description="folder that each run writes the packages of released weeks to, for the province"
    )
    engine: EngineSettings = Field(default=EngineSettings(), description="what computes the tables of a province")
    notice: NoticeSettings = Field(default=NoticeSettings(), description="messages to people; off without a URL")
    disclosure: DisclosureSettings = Field(default=DisclosureSettings(), description="the outer edition")
    steward: tuple[Steward, ...] = Field(default=(), description="who may settle findings; empty: anybody, no critical")

    # What follows stands in hall.toml.
    hall_name: str = Field(default="", description="name of the hall; `name` in hall.toml")
    hall_id: HallId = Field(default=HALL_OF_NO_CODE, description="code of the hall's region, such as 510000")
    words: HallWords = Field(default=HallWords(), description="how the hall calls itself and its level")
    departments: DepartmentSettings = Field(default=DepartmentSettings(), description="how departments are called")
    week_rule: WeekRule = Field(default=WeekRule(), description="which days make a week, and how issues are counted")
    power_groups: PowerGroups = Field(default=(), description="groups of power types; empty: those of the code list")
    exports: Exports = Field(
        default_factory=dict, description="what the hall says of an export, by the name of its contract"
    )
    weekly: WeeklySettings = Field(default_factory=WeeklySettings, description="the printed weekly")
    catalogue: CatalogueSettings = Field(
        default=CatalogueSettings(), description="what the catalogue of government data says of this hall"
    )

    @field_validator("hall")
    @classmethod
    def _absolute(cls, hall: Path | None) -> Path | None:
        return hall and hall.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, zhoubao.toml and hall.toml; no dotenv and no secrets folder."""
        file = settings_cls.model_config.get("toml_file")
        machine = MachineToml(settings_cls, Path(file) if isinstance(file, str | Path) else None)
        return init_settings, env_settings, machine, HallToml(settings_cls, hall_of_program)

    @property
    def calendar_years(self) -> range:
        """The years whose weeks exist; without `last_year` the horizon moves on with the present year."""
        last_year = self.last_year or max(beijing_now().year + 1, EARLIEST_HORIZON)
        return range(self.first_year, last_year + 1)

    @property
    def inbox(self) -> Path:
        """Where people drop exports."""
        return self.home / "inbox"

    @property
    def archive(self) -> Path:
        """Originals after loading: 0700, the only place that holds personal data."""
        return self.home / "archive"

    @property
    def journal_path(self) -> Path:
        """What only the warehouse knows of the originals, a line a row: from both it can be built anew."""
        return self.archive / "ledger.jsonl"

    @property
    def backup_record(self) -> Path:
        """When and where the last backup was made."""
        return self.home / "backup.json"

    @property
    def settled_record(self) -> Path:
        """What the last run that left nothing undone rested on."""
        return self.home / "settled.json"

    @property
    def work(self) -> Path:
        """Private working copies (0700), emptied when a load ends and at the next start."""
        return self.home / "work"

    @property
    def warehouse_path(self) -> Path:
        """The one DuckDB file that a run writes."""
        return self.home / "warehouse.duckdb"

    @property
    def lock_path(self) -> Path:
        """The operating-system lock that admits one writer."""
        return self.home / "zhoubao.lock"

    @property
    def secret_path(self) -> Path:
        """The HMAC key for persons that must be counted once; made at first use, never in the warehouse."""
        return self.home / "person.key"

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance: runs, events, schedules."""
        return self.home / "dagster"

    @property
    def review(self) -> Path:
        """Files for the data steward."""
        return self.home / "review"

    @property
    def published(self) -> Path:
        """What readers open: metrics.duckdb, Parquet, the site, releases."""
        return self.home / "published"

    @property
    def engine_folder(self) -> Path:
        """The Spark that `zhoubao engine start` makes on this machine: 0700, gone when it is stopped."""
        return self.home / "engine"

    @property
    def notices(self) -> Path:
        """What has been told to whom, so that it is told once, and what a look between two runs needs to know."""
        return self.home / "notices"

    @property
    def log_path(self) -> Path:
        """What the program did, for whoever keeps it running; old lines go to zhoubao.log.1 and on."""
        return self.home / "logs" / "zhoubao.log"

    @property
    def contracts(self) -> FilesInForce:
        """One YAML per kind of export."""
        return self._in_force("contracts", _PACKAGE / "contracts", "*.yaml")

    @property
    def reference(self) -> FilesInForce:
        """Code lists and aliases as CSV."""
        return self._in_force("reference", _PACKAGE / "reference", "*.csv")

    @property
    def expectations(self) -> FilesInForce:
        """The suites of checks, one YAML a table."""
        return self._in_force("expectations", resources("expectations"), "*.yaml")

    @property
    def models(self) -> FilesInForce:
        """The SQL models: `<schema>/<table>.sql`."""
        return self._in_force("sql", resources("sql"), "*/*.sql")

    @property
    def names_dir(self) -> Path:
        """Lists of the home, in the columns of those of `reference`: names that the hall's steward has accepted."""
        return self.home / "names"

    @property
    def code_lists(self) -> tuple[FilesInForce, Path]:
        """Where code lists and aliases lie; what `names_dir` holds is read together with the list of its name."""
        return self.reference, self.names_dir

    @property
    def issuer(self) -> str:
        """Who issues the weekly: the hall itself where nobody else is named."""
        return self.weekly.issuer or self.hall_name

    @property
    def weekly_template(self) -> Path | None:
        """The hall's own Word template: the one that it names, else weekly.docx of its folder; None without one."""
        if self.weekly.template is not None or self.hall is None:
            return self.weekly.template
        own = self.hall / TEMPLATE_FILE
        return own if own.is_file() else None

    @property
    def own_sample(self) -> Path | None:
        """The exports that the hall's folder brings to be tried with; None where it brings none."""
        if self.hall is None:
            return None
        folder = self.hall / SAMPLE_FOLDER
        return folder if folder.is_dir() else None

    def _in_force(self, kind: str, folder_of_program: Path, pattern: str) -> FilesInForce:
        """Returns the files of one kind: those of the hall's folder, then those of the program."""
        own = () if self.hall is None else (self.hall / kind,)
        return FilesInForce((*own, folder_of_program), pattern)


def config_file() -> Path | None:
    """Returns the file that counts: ZHOUBAO_CONFIG, else zhoubao.toml of the current folder, else of the checkout."""
    candidates = [Path(os.environ.get("ZHOUBAO_CONFIG", CONFIG_FILE))]
    if is_checkout():
        candidates.append(PROJECT_ROOT / CONFIG_FILE)
    return next((path for path in candidates if path.is_file()), None)


def load_settings(**overrides: object) -> Settings:
    """Reads hall.toml, then zhoubao.toml (see `config_file`), then the environment, then `overrides`.

    Relative paths are taken from the current folder, the hall's from beside zhoubao.toml. Raises pydantic's
    ValidationError, which names the setting, TOMLDecodeError for a file that is no TOML, OSError for one that cannot
    be read, and HallError for a folder that is not there or a key in the wrong file.
    """
    configured = type(
        "ConfiguredSettings", (Settings,), {"model_config": {**Settings.model_config, "toml_file": config_file()}}
    )
    settings: Settings = configured(**overrides)
    return settings.model_copy(update={"home": settings.home.expanduser().absolute()})


def settings_fault(error: Exception) -> str:
    """Says in one Chinese sentence what is wrong with the settings that `load_settings` could not read.

    In: `notice.url: Extra inputs are not permitted`. Out: 设置有误：notice.url（Extra inputs are not permitted）。…
    """
    if isinstance(error, HallError):
        return f"设置有误：{error}。"
    file = config_file()
    where = f"请改正 {file}" if file else "请改正 ZHOUBAO_ 开头的环境变量"
    if isinstance(error, ValidationError):
        of_hall = [fault for fault in error.errors() if fault["loc"][0] in SETTING_OF_KEY.values()]
        if of_hall:
            where = f"请改正大厅文件夹的 {HALL_FILE}"
        faults = faults_in_words(error, model=Settings)
        return f"设置有误：{'；'.join(faults)}。{where}，再运行一次。"
    return f"设置文件读不了：{error}。{where}，再运行一次。"
