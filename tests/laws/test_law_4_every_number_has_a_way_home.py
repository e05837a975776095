"""Law 4: from a chart to the files, sheets and rows that it came from."""

from __future__ import annotations

from tests.hall import Hall

# The rows behind 办结 of a group: the last version of each case, with the place in a file that says so.
ROWS_BEHIND = """
WITH version AS (
    SELECT v.*, row_number() OVER (PARTITION BY v.case_no ORDER BY v.week_id DESC) AS place
    FROM core.case_version v
)
SELECT p.power_group, d.file_name, r.sheet, r.row_no
FROM version v
JOIN core.power_type p USING (power_type)
JOIN ledger.delivery d USING (delivery_id)
JOIN raw.case_detail r ON r.delivery_id = v.delivery_id AND r.row_no = v.row_no AND r.case_no = v.case_no
WHERE v.place = 1 AND v.is_completed AND NOT v.is_withdrawn AND v.closed_week_id BETWEEN '2023-01' AND '2023-15'
"""


def test_every_published_completion_is_a_row_of_a_file(built_hall: Hall) -> None:
    with built_hall.open() as con:
        published = dict(
            con.execute(
                "SELECT power_group, value_ytd::BIGINT FROM charts.item_ytd "
                "WHERE week_id = '2023-15' AND measure = 'completed'"
            ).fetchall()
        )
        behind = con.execute(
            f"SELECT power_group, count(*), count(DISTINCT (file_name, sheet, row_no)) FROM ({ROWS_BEHIND}) GROUP BY 1"
        ).fetchall()
    assert {group: rows for group, rows, _ in behind} == published
    assert all(rows == places for _, rows, places in behind)


def test_every_window_figure_is_the_sum_of_rows_of_one_workbook(built_hall: Hall) -> None:
    with built_hall.open() as con:
        differing = con.execute(
            """
            WITH behind AS (
                UNPIVOT (
                    SELECT d.week_id, sum(consulted)::BIGINT AS consulted, sum(accepted)::BIGINT AS accepted,
                        sum(issued)::BIGINT AS issued, sum(transferred)::BIGINT AS transferred
                    FROM raw.window_weekly JOIN ledger.current_delivery d USING (delivery_id) GROUP BY d.week_id)
                ON consulted, accepted, issued, transferred INTO NAME measure VALUE counted)
            SELECT week_id, measure, value, counted FROM charts.window_weekly FULL JOIN behind USING (week_id, measure)
            WHERE value IS DISTINCT FROM counted
            """
        ).fetchall()
    assert differing == []


def test_every_quarantined_cell_names_a_row_of_a_known_delivery_within_its_length(built_hall: Hall) -> None:
    with built_hall.open() as con:
        lost = con.execute(
            "SELECT q.* FROM quarantine.cell q LEFT JOIN ledger.delivery d USING (delivery_id) "
            "WHERE d.delivery_id IS NULL OR q.row_no NOT BETWEEN 1 AND d.rows_physical"
        ).fetchall()
        cells = con.execute("SELECT count(*) FROM quarantine.cell").fetchone()
    assert cells and cells[0] > 0
    assert lost == []
