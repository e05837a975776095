"""The words of hall.toml: what is true of one hall and of no other, whichever machine the program runs on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Required = Literal["stops", "warns", "none"]
"""What a missing export does: it stops the release, it is a warning, or nobody is told."""
Expected = Literal["weekly", "monthly", "quarterly", "occasional", "never"]
"""How often an export comes; `never`: this hall does not have it."""
HallId = Annotated[str, StringConstraints(pattern=r"^\d{6}(\d{2}|\d{3}|\d{6})?$")]
"""A code of GB/T 2260, followed by that of a town or by a number where a region has several halls. Text: 010100."""
HALL_OF_NO_CODE: Final = "000000"
"""Stands for a hall that has not said its code: alone it needs none."""
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class _Words(BaseModel):
    """Unknown keys are errors, so that a typing mistake is found at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HallWords(_Words):
    """How the hall calls itself and its level in what people read; an empty word is left out."""

    level: str = Field(default="", description="stands before 部门（单位） and 政务服务事项, such as 市级")
    own_level: str = Field(default="", description="stands before 综窗 and 行政许可事项, such as 市本级")
    place: str = Field(default="政务服务大厅", description="the hall as a place, such as 市政务服务大厅")
    platform: str = Field(default="一体化政务服务平台", description="the platform that case details come from")


class DepartmentSettings(_Words):
    """How departments are called in this hall."""

    level_words: tuple[str, ...] = Field(
        default=(),
        description="words of the hall's level that may stand before a department's name and tell nothing, such as 省",
    )


class WeeklySettings(_Words):
    """What the printed weekly says of this hall and no file does. A text left empty is marked for a person to write."""

    title: str = Field(default="窗口工作周报", description="the red title")
    issuer: str = Field(default="", description="who issues it, printed to the left of the date; empty: the hall")
    copies: int = Field(default=0, ge=0, description="（共印 n 份）; 0 marks the number for a person to write")
    report_to: str = Field(default="", description="报：whom it is reported to")
    send_to: str = Field(default="", description="送：whom it is sent to")
    issue_to: str = Field(default="", description="发：whom it is handed out to")
    published_after_days: int = Field(default=7, ge=0, description="days from the last day printed to the date printed")
    template: Path | None = Field(default=None, description="a Word template besides weekly.docx of the hall's folder")
    pdf: bool = Field(default=True, description="make a PDF too, where LibreOffice is installed")


class CatalogueSettings(_Words):
    """What an entry of the 政务信息资源目录 says of this hall. A text left empty is for a person to fill in."""

    provider: str = Field(default="", description="信息资源提供方; empty: the issuer of the weekly")
    provider_code: str = Field(default="", description="信息资源提供方代码")
    category: str = Field(default="", description="信息资源分类")
    code_prefix: str = Field(default="", description="信息资源代码 up to the slash, before the chart's name")
    sharing: Literal["", "无条件共享", "有条件共享", "不予共享"] = Field(default="", description="共享类型")
    sharing_condition: str = Field(default="", description="共享条件")
    is_open: bool | None = Field(default=None, description="是否向社会开放")


class ExportWords(_Words):
    """What this hall says of one export; a word that is not given is the contract's."""

    required: Required | None = Field(default=None, description="what its absence does")
    expected: Expected | None = Field(default=None, description="how often it comes; never: the hall does not have it")


class PowerGroup(_Words):
    """Power types that charts and the weekly add up. Key: `code`."""

    code: Code
    label: str = Field(min_length=1, description="as charts and the weekly call the group")
    types: tuple[str, ...] = Field(min_length=1, description="labels of the power types, such as 行政许可")


def _refuse_repeated(groups: tuple[PowerGroup, ...]) -> tuple[PowerGroup, ...]:
    """Refuses a power type in two groups, or two groups of one code: its cases would be counted twice."""
    names: list[str] = []
    for group in groups:
        names += [f"代号 {group.code}", *(f"事项类型“{label}”" for label in group.types)]
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    if repeated:
        raise ValueError(f"{'、'.join(repeated)}出现了两次，只能属于一组")
    return groups


PowerGroups = Annotated[tuple[PowerGroup, ...], AfterValidator(_refuse_repeated)]
Exports = Mapping[Code, ExportWords]

# Key of hall.toml → the setting that it is. What stands here is refused in zhoubao.toml, and everything else here.
SETTING_OF_KEY: Final[Mapping[str, str]] = {
    "name": "hall_name",
    "hall_id": "hall_id",
    "words": "words",
    "departments": "departments",
    "week_rule": "week_rule",
    "power_groups": "power_groups",
    "exports": "exports",
    "weekly": "weekly",
    "catalogue": "catalogue",
}
