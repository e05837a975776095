"""The list of a province's halls: which there are, where they belong, and from when to when they report.

    hall_id,hall_name,county,city,valid_from,valid_to
    510104,锦江区政务服务中心,锦江区,成都市,,
    510122,双流县政务服务中心,双流县,成都市,,2015-12-31

The first two columns are needed. Codes are texts, 010100 keeps its zero; a county that has merged into another ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from pipeline.hall.code_list import read_code_list
from pipeline.hall.errors import HallError
from pipeline.hall.facts import HallId
from pipeline.province.package import PackageError
from pipeline.warehouse.models import HALL

HALL_NAME: Final = "hall_name"
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(9999, 12, 31)
_CODE: Final = TypeAdapter(HallId)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class ExpectedHall:
    """A hall that the province knows. Key: hall_id; its weeks are expected that end within its days of validity."""

    hall_id: str
    hall_name: str
    county_name: str = ""
    city_name: str = ""
    province_name: str = ""
    valid_from: date = FIRST_DAY
    valid_to: date = LAST_DAY

    def is_expected(self, last_day: date) -> bool:
        """Whether a week that ends on this day is expected of the hall."""
        return self.valid_from <= last_day <= self.valid_to


def expected_halls(path: Path) -> dict[str, ExpectedHall]:
    """Reads the list of a province's halls: hall_id → hall. Key: hall_id.

    Raises PackageError where the file has not these columns, an uneven row, a hall twice, a code that is none, or a day
    that is none.
    """
    expected = f"大厅名单 {path} 第一行应有 {HALL} 和 {HALL_NAME} 两列，下面一个大厅一行"
    try:
        read = read_code_list(path)
    except HallError as error:
        raise PackageError(f"{expected}：{error}") from error
    if not {HALL, HALL_NAME}.issubset(read.columns):
        raise PackageError(f"{expected}。")
    halls: dict[str, ExpectedHall] = {}
    for row in read.records:
        hall = _hall(row, path)
        if hall.hall_id in halls:
            raise PackageError(f"大厅名单 {path} 里 {hall.hall_id} 出现了两次：请删去一行。")
        halls[hall.hall_id] = hall
    return halls


def _hall(row: Mapping[str, str], path: Path) -> ExpectedHall:
    hall_id = row[HALL]
    try:
        _CODE.validate_python(hall_id)
    except ValidationError:
        raise PackageError(
            f"大厅名单 {path} 里的 {hall_id or '空白'} 不是区划代码：应为六位数字，后面可接两位、三位或六位；"
            "开头的 0 在表格软件里会丢，请把这一列设为文本。"
        ) from None
    return ExpectedHall(
        hall_id=hall_id,
        hall_name=row[HALL_NAME],
        county_name=row.get("county", ""),
        city_name=row.get("city", ""),
        province_name=row.get("province", ""),
        valid_from=_day(row, "valid_from", path) or FIRST_DAY,
        valid_to=_day(row, "valid_to", path) or LAST_DAY,
    )


def _day(row: Mapping[str, str], column: str, path: Path) -> date | None:
    """Returns the day in a column, None where there is none."""
    written = row.get(column, "")
    if not written:
        return None
    # Other ways to write a day are not guessed at: 01/02/2023 is two days.
    if _DAY.fullmatch(written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            pass
    raise PackageError(
        f"大厅名单 {path} 里 {row[HALL]} 的 {column} 是 {written}，不是日期：请写成 2023-01-31 这样，或留空。"
    )
