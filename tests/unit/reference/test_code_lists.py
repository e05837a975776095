"""What holds of the code lists of the program and of the hall of the sample."""

from __future__ import annotations

from pipeline.hall.code_list import read_code_list
from pipeline.settings import Settings


def _reference(name: str) -> list[dict[str, str]]:
    path = Settings().reference.path_of(f"{name}.csv")
    assert path is not None
    return read_code_list(path).records


def test_the_45_departments_are_unique_and_keep_the_register_order() -> None:
    departments = _reference("department")
    names = [row["department_name"] for row in departments]
    assert len(departments) == len(set(names)) == len({row["department_id"] for row in departments}) == 45
    assert [int(row["sort_order"]) for row in departments] == list(range(1, 46))
    not_authorized = [name for name in names if name in {"成都海关", "省贸促会", "住房城乡建设厅"}]
    assert not_authorized == ["住房城乡建设厅", "成都海关", "省贸促会"]


def test_every_department_name_is_an_alias_and_no_alias_means_two_departments_on_one_day() -> None:
    aliases = _reference("department_alias")
    known = {(row["alias"], row["department_id"]) for row in aliases}
    assert {(row["department_name"], row["department_id"]) for row in _reference("department")} <= known
    assert len({row["alias"] for row in aliases}) == len(aliases)
    assert all(row["valid_from"] < (row["valid_to"] or "9999") for row in aliases)


def test_the_other_nine_are_the_codes_02_to_10() -> None:
    codes = {row["code"] for row in _reference("power_type") if row["power_group"] == "other_nine"}
    assert codes == {f"{code:02d}" for code in range(2, 11)}
