"""The figures that contracts declare, as the template of the printed weekly names them: 指标.满意率.本周.

Which fields there are otherwise is in `pipeline.present.weekly.content`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.present.shared.declared import WHOLE, declared_rows, source_titles
from pipeline.present.shared.rows import NOT_REPORTED, Row, grouped, rows_by
from pipeline.present.shared.withheld import MARK
from pipeline.present.weekly.marks import clean, to_write
from pipeline.release.revisions.masks import PENDING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.present.weekly.notes import Notes


def measure_fields(con: DuckDBPyConnection, week_id: str, notes: Notes) -> dict[str, Any]:
    """Returns the fields 指标 (by label) and 指标组 (a group an export), both empty where no contract has measures.

    A measure has 名称, 单位, 本周, 累计, 上期, 增减, 环比, 说明, and 按: what it is split by → member → 本周 and 累计.
    """
    titles = source_titles(con)
    splits = rows_by(declared_rows(con, week_id, f"split <> '{WHOLE}'"), "metric")
    measures: dict[str, dict[str, Any]] = {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in declared_rows(con, week_id):
        measure = _measure(row, splits.get(row["metric"], []), notes)
        measures[str(row["metric_label"])] = measure
        groups.setdefault(clean(titles.get(row["source"]) or row["source"]), []).append(measure)
    return {
        "指标": measures,
        "指标组": [{"名称": title, "指标": of_group} for title, of_group in groups.items()],
    }


def _measure(row: Row, split_rows: list[Row], notes: Notes) -> dict[str, Any]:
    places = (
        ("charts.measure_weekly", {"metric": row["metric"]}),
        ("marts.volume_band", {"metric": row["metric"]}),
        ("marts.weekly_metric", {"metric": row["metric"]}),
    )
    label = clean(row["metric_label"])
    return {
        "名称": label,
        "单位": clean(row["unit"]),
        "本周": notes.mark(_with_comment(row, f"{label}本周数（{NOT_REPORTED}）", notes), *places),
        "累计": _number(row, "value_ytd", notes),
        "上期": _number(row, "previous_value", notes),
        "增减": _number(row, "change", notes),
        "环比": f"{change}%" if (change := _number(row, "change_pct", notes)) else "",
        "说明": clean(row["comment"] or ""),
        "按": {
            clean(rows[0]["split_label"]): {clean(one["member_label"]): _member(one, notes) for one in rows}
            for rows in rows_by(split_rows, "split").values()
        },
    }


def _with_comment(row: Row, missing: str, notes: Notes) -> str:
    """The week's number with a note of what the chart says beside it, such as rows that are blank."""
    number = _number(row, "value", notes, missing)
    return notes.mark_words(number, clean(row["comment"])) if row["comment"] else number


def _member(row: Row, notes: Notes) -> dict[str, str]:
    return {"本周": _number(row, "value", notes, NOT_REPORTED), "累计": _number(row, "value_ytd", notes)}


def _number(row: Row, column: str, notes: Notes, missing: str = "") -> str:
    """A number as it is printed: 【待核实】 with a note where it is withheld.

    Where there is none, `missing` is what a person has to write in its place; without it nothing is printed.
    """
    withheld = row.get(MARK, {})
    if column in withheld:
        return notes.mark_words(PENDING, withheld[column])
    if row[column] is None:
        return to_write(missing) if missing else ""
    return grouped(row[column]).replace(",", "")
