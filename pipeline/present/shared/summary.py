"""The weekly's figures as one table, for the terminal and the site; read from `charts.*`, computed nowhere else.

Which figures there are is defined in `pipeline.present.shared.metrics`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pipeline.common.quoting import identifier
from pipeline.common.tables import has_column
from pipeline.present.shared.declared import KEY, TABLE, WHOLE, declared_rows, figure_of, source_titles
from pipeline.present.shared.metrics import SECTIONS, WeeklyFigure, WeeklySection, figures_of
from pipeline.present.shared.rows import Row, fetch, grouped, in_order
from pipeline.present.shared.withheld import MARK, chart_rows
from pipeline.release.revisions.masks import PENDING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# (column, value) of each key column besides the week, in the order of the key.
Keys = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SummaryRow:
    """One line of the weekly's figures: this week, year to date, change in percent against the issue before.

    `keys` find its row in the chart table of `figure.section`. `flag` is a short warning of the chart table, `note`
    what a reader needs to know beside the number. `withheld` names those of value, value_ytd and change_pct that are
    not printed; `note` then says why.
    """

    figure: WeeklyFigure
    keys: Keys
    label: str
    unit: str
    value: int | Decimal | None
    value_ytd: int | Decimal | None = None
    change_pct: Decimal | None = None
    flag: str | None = None
    note: str | None = None
    withheld: frozenset[str] = frozenset()

    @property
    def section(self) -> str:
        """The heading of the section: 综窗办件."""
        return self.figure.section.title

    @property
    def key(self) -> str:
        """The row's name within its section: `consulted`, `licensing/accepted`, `sessions`."""
        outer_values = [value for _, value in self.keys[:-1] if value != WHOLE]
        return "/".join([*outer_values, self.figure.code])

    def printed(self, name: str) -> Any:
        """Returns value, value_ytd or change_pct as it is printed: 【待核实】 where it is withheld."""
        return PENDING if name in self.withheld else getattr(self, name)

    @property
    def anchor(self) -> str:
        """Its place on the provenance page: `window-consulted`, `items-licensing-accepted`."""
        return f"{self.figure.section.code}-{self.key.replace('/', '-')}"


def week_summary(con: DuckDBPyConnection, week_id: str) -> list[SummaryRow]:
    """Returns all figures of one issue in the order of the printed weekly; empty where the charts lack the week.

    Those that contracts declare come after, by export. Figures of an export that the hall does not have are left out:
    they are not missing.

    In: `charts.window_weekly` (week_id, measure), `charts.authorization_status` (week_id, status),
    `charts.training_weekly` (week_id), `charts.item_ytd` (week_id, power_group, measure), `charts.measure_weekly`
    (week_id, metric, split, member).
    """
    summary: list[SummaryRow] = []
    for section in sections_of_hall(con):
        query = f"SELECT * FROM charts.{identifier(section.table)} WHERE week_id = ?"
        rows = chart_rows(con, section.table, query, [week_id], [week_id])
        summary += _section_rows(section, in_order(rows))
    return [*summary, *_declared(con, week_id)]


def _declared(con: DuckDBPyConnection, week_id: str) -> list[SummaryRow]:
    titles = source_titles(con)
    summary = []
    for row in declared_rows(con, week_id):
        summary.append(_summary_row(figure_of(row, titles), _keys(KEY, row), row))
    return summary


def sections_of_hall(con: DuckDBPyConnection) -> list[WeeklySection]:
    """Returns the sections of the weekly of which the hall has the export; all where nothing says which it has."""
    absent = absent_exports(con)
    return [section for section in SECTIONS if section.source not in absent]


def absent_exports(con: DuckDBPyConnection) -> set[str]:
    """Returns the exports that the hall says it does not have; none where nothing says which it has.

    In: `docs.source` of the published file, `core.export` of the warehouse.
    """
    absent: set[str] = set()
    for schema, table in (("docs", "source"), ("core", "export")):
        if has_column(con, schema, table, "expected"):
            absent.update(
                row["source"] for row in fetch(con, f"SELECT source FROM {schema}.{table} WHERE expected = 'never'")
            )
    return absent


def unreported_words(rows: Sequence[SummaryRow]) -> str:
    """Says which figures of the week have no source yet: `本期未报送：综窗办件（咨询）。…`; empty where all have."""
    labels: dict[str, list[str]] = {}
    for row in rows:
        if row.value is None:
            labels.setdefault(row.section, []).append(row.label)
    if not labels:
        return ""
    sections = "；".join(f"{section}（{'、'.join(names)}）" for section, names in labels.items())
    return f"本期未报送：{sections}。这些数空着，不是零；补报后再运行一次。"


def _section_rows(section: WeeklySection, rows: Sequence[Row]) -> list[SummaryRow]:
    """The figures of a section by group, where it has groups, and then in the order of their definition."""
    rows_by_keys = {_keys(section.key, row): row for row in rows}
    # `item_ytd` has a group before the figure's code; elsewhere there is one empty group.
    groups = dict.fromkeys(_keys(section.key[:-1], row) for row in rows)
    summary = []
    for group in groups:
        for figure in figures_of(section):
            keys = _figure_keys(figure, group)
            row = rows_by_keys.get(keys)
            if row is not None:
                summary.append(_summary_row(figure, keys, row))
    return summary


def _keys(columns: Sequence[str], row: Row) -> Keys:
    return tuple((column, row[column]) for column in columns)


def _figure_keys(figure: WeeklyFigure, group: Keys) -> Keys:
    """The keys of the row that a figure stands in; a section without a key has one row a week."""
    key = figure.section.key
    if not key:
        return ()
    return (*group, (key[-1], figure.code))


def _summary_row(figure: WeeklyFigure, keys: Keys, row: Row) -> SummaryRow:
    notes = row.get(MARK, {})
    columns = {"value": figure.column, "value_ytd": figure.column_ytd, "change_pct": "change_pct"}
    withheld = {name: notes[column] for name, column in columns.items() if column in notes}
    return SummaryRow(
        figure=figure,
        keys=keys,
        label=_label(figure, row),
        unit=figure.unit or row["unit"],
        value=row.get(figure.column),
        value_ytd=row[figure.column_ytd] if figure.column_ytd else None,
        change_pct=row.get("change_pct"),
        flag=row.get("flag"),
        note="；".join(dict.fromkeys(withheld.values())) or _note(figure, row),
        withheld=frozenset(withheld),
    )


def _label(figure: WeeklyFigure, row: Row) -> str:
    """The figure's own label, or the words of its row: `行政许可 受理`."""
    if figure.label:
        return figure.label
    words = [row[column] for column in figure.section.label_columns]
    return " ".join(words)


def _note(figure: WeeklyFigure, row: Row) -> str | None:
    if figure.section.table == TABLE:
        comment: str | None = row["comment"]
        return comment
    if figure.lists_departments:
        names: str | None = row["department_names"]
        return names
    explain = _NOTES.get(figure.section.table, _no_note)
    return explain(row)


def _no_note(row: Row) -> None:
    """Most figures speak for themselves."""


def window_note(row: Row) -> str | None:
    """Says how far a flagged counter is from its mean: `今年以来周均 1,400，本周为其 1.5 倍`. None without a flag."""
    value, mean = row["value"], row["mean_to_date"]
    if not row["flag"] or value is None or not mean:
        return None
    mean = Decimal(str(mean))
    ratio = Decimal(value) / mean
    return f"今年以来周均 {grouped(round(mean, 1))}，本周为其 {ratio:.1f} 倍"


def item_note(row: Row) -> str | None:
    """Says why more was completed than accepted; None where it was not.

    Example: `办结超出受理 60 件；办结中有往年受理的 60 件`.
    """
    if row.get(MARK):
        return "；".join(dict.fromkeys(row[MARK].values()))
    excess, carried_over = row["excess_over_accepted"], row["carried_over"]
    if row["measure"] != "completed" or excess is None:
        return None
    if excess <= 0:
        return None
    note = f"办结超出受理 {grouped(excess)} 件"
    if carried_over is None:
        return note
    return f"{note}；办结中有往年受理的 {grouped(carried_over)} 件"


# Chart table -> the words that explain a row of it.
_NOTES: Final[dict[str, Callable[[Row], str | None]]] = {"window_weekly": window_note, "item_ytd": item_note}
