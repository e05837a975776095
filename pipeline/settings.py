"""One typed object for every setting (zhoubao.toml, environment); what a source looks like belongs in contracts."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipeline.common.clock import beijing_now
from pipeline.reporting_calendar.week_rule import WeekRule

# The folder above the package: the checkout, or site-packages where the package is installed.
_PACKAGE: Final = Path(__file__).resolve().parent
PROJECT_ROOT: Final = _PACKAGE.parent
# SQL, expectations and notebooks stand beside the package in a checkout and inside it in a wheel (pyproject.toml).
_PACKED: Final = _PACKAGE / "resources"
CONFIG_FILE: Final = "zhoubao.toml"
# The calendar reaches at least to the end of this year, whatever the clock of a machine says.
EARLIEST_HORIZON: Final = 2027
NoticeKind = Literal["blocked", "critical", "correction", "waiver", "missing"]


def resources(name: str) -> Path:
    """Returns the folder of what the package brings beside its code: `sql`, `expectations`, `notebooks`."""
    packed = _PACKED / name
    return packed if packed.is_dir() else PROJECT_ROOT / name


def is_checkout() -> bool:
    """Whether the package runs from its source folder, where `data/` and zhoubao.toml stand beside it."""
    return not _PACKED.is_dir()


def default_home() -> Path:
    """Returns `data/` of the checkout; where the package is installed, `data/` of the current folder."""
    return (PROJECT_ROOT if is_checkout() else Path.cwd()) / "data"


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


class WeeklySettings(BaseModel):
    """What the printed weekly says of this hall and no file does. A text left empty is marked for a person to write."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(default="窗口工作周报", description="the red title")
    issuer: str = Field(default="", description="who issues it, printed to the left of the date")
    copies: int = Field(default=0, ge=0, description="（共印 n 份）; 0 marks the number for a person to write")
    report_to: str = Field(default="", description="报：whom it is reported to")
    send_to: str = Field(default="", description="送：whom it is sent to")
    issue_to: str = Field(default="", description="发：whom it is handed out to")
    published_after_days: int = Field(default=7, ge=0, description="days from the last day printed to the date printed")
    template: Path | None = Field(default=None, description="a Word template of the hall's own")
    pdf: bool = Field(default=True, description="make a PDF too, where LibreOffice is installed")


class CatalogueSettings(BaseModel):
    """What an entry of the 政务信息资源目录 says of this hall. A text left empty is for a person to fill in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: str = Field(default="", description="信息资源提供方; empty: the issuer of the weekly")
    provider_code: str = Field(default="", description="信息资源提供方代码")
    category: str = Field(default="", description="信息资源分类")
    code_prefix: str = Field(default="", description="信息资源代码 up to the slash, before the chart's name")
    sharing: Literal["", "无条件共享", "有条件共享", "不予共享"] = Field(default="", description="共享类型")
    sharing_condition: str = Field(default="", description="共享条件")
    is_open: bool | None = Field(default=None, description="是否向社会开放")


class DisclosureSettings(BaseModel):
    """The outer edition: charts that may be mailed or shown on a wall, for they point at nobody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outer: bool = Field(default=False, description="write published/outer/ beside the hall's own edition")
    threshold: int = Field(
        default=3, ge=2, description="the smallest count of cases or persons, besides 0, that is shown"
    )


class Steward(BaseModel):
    """Somebody who may settle findings in this hall: an entry of the roster `[[steward]]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="as it is written into 处理人 and 复核人")
    department: str = Field(default="", description="where the person works")
    may_accept_critical: bool = Field(
        default=False, description="may be the second person where a critical finding is accepted"
    )


class DepartmentSettings(BaseModel):
    """How departments are called in this hall."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level_words: tuple[str, ...] = Field(
        default=(),
        description="words of the hall's level that may stand before a department's name and tell nothing, such as 省",
    )


class Settings(BaseSettings):
    """Where things are and how much they may use. Environment variables (`ZHOUBAO_HOME`, …) win over zhoubao.toml."""

    model_config = SettingsConfigDict(
        env_prefix="ZHOUBAO_", env_nested_delimiter="__", extra="forbid", frozen=True, toml_file=CONFIG_FILE
    )

    home: Path = Field(default_factory=default_home, description="home of all state")
    memory_limit: str = Field(default="900MB", description="what DuckDB may hold in memory before it spills to disk")
    threads: int = Field(default=2, ge=1, description="DuckDB's worker threads")
    retention_days: int = Field(default=730, ge=0, description="days that originals stay in the archive")
    run_history_days: int = Field(default=400, ge=1, description="days that Dagster keeps finished runs")
    calendar_overrides: Path | None = Field(default=None, description="CSV of working days, holidays and issue numbers")
    week_rule: WeekRule = Field(default=WeekRule(), description="which days make a week, and how issues are counted")
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
    notice: NoticeSettings = Field(default=NoticeSettings(), description="messages to people; off without a URL")
    weekly: WeeklySettings = Field(default_factory=WeeklySettings, description="the printed weekly")
    catalogue: CatalogueSettings = Field(
        default=CatalogueSettings(), description="what the catalogue of government data says of this hall"
    )
    disclosure: DisclosureSettings = Field(default=DisclosureSettings(), description="the outer edition")
    steward: tuple[Steward, ...] = Field(default=(), description="who may settle findings; empty: anybody, no critical")
    departments: DepartmentSettings = Field(default=DepartmentSettings(), description="how departments are called")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then zhoubao.toml; no dotenv and no secrets folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

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
    def notices(self) -> Path:
        """What has been told to whom, so that it is told once, and what a look between two runs needs to know."""
        return self.home / "notices"

    @property
    def log_path(self) -> Path:
        """What the program did, for whoever keeps it running; old lines go to zhoubao.log.1 and on."""
        return self.home / "logs" / "zhoubao.log"

    @property
    def reference_dir(self) -> Path:
        """Code lists and aliases as CSV."""
        return _PACKAGE / "reference"

    @property
    def names_dir(self) -> Path:
        """Lists of the hall's own, in the columns of those of `reference_dir`: names that its steward has accepted."""
        return self.home / "names"

    @property
    def code_list_dirs(self) -> tuple[Path, Path]:
        """Where code lists and aliases lie; what they hold is read together."""
        return self.reference_dir, self.names_dir

    @property
    def contracts_dir(self) -> Path:
        """One YAML per kind of export."""
        return _PACKAGE / "contracts"

    @property
    def sql_dir(self) -> Path:
        """The SQL models."""
        return resources("sql")

    @property
    def expectations_dir(self) -> Path:
        """The expectation suites."""
        return resources("expectations")


def config_file() -> Path | None:
    """Returns the file that counts: ZHOUBAO_CONFIG, else zhoubao.toml of the current folder, else of the checkout."""
    candidates = [Path(os.environ.get("ZHOUBAO_CONFIG", CONFIG_FILE))]
    if is_checkout():
        candidates.append(PROJECT_ROOT / CONFIG_FILE)
    return next((path for path in candidates if path.is_file()), None)


def load_settings(**overrides: object) -> Settings:
    """Reads zhoubao.toml (see `config_file`), then the environment, then `overrides`.

    Relative paths are taken from the current folder. Raises pydantic's ValidationError, which names the setting,
    TOMLDecodeError for a file that is no TOML, and OSError for one that cannot be read.
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
    file = config_file()
    where = f"请改正 {file}" if file else "请改正 ZHOUBAO_ 开头的环境变量"
    if isinstance(error, ValidationError):
        faults = [f"{'.'.join(map(str, fault['loc']))}（{fault['msg']}）" for fault in error.errors()]
        return f"设置有误：{'；'.join(faults)}。{where}，再运行一次。"
    return f"设置文件读不了：{error}。{where}，再运行一次。"
