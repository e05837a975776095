"""A week in depth: what moved, who is late, what waits, and whether the figures of the issue hold."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="一期细看", html_head_file="head.html")

with app.setup:
    import marimo as mo
    import plotly.express as px
    import plotly.graph_objects as go
    from published import COLOURS, FLAGGED, ROW_HEIGHT, ask, drawn, open_published, released_weeks

    # Weeks of the year come from the calendar table, not from the letters of the week_id.
    IN_YEAR = (
        "week_id IN (SELECT w.week_id FROM docs.report_week AS w JOIN docs.report_week AS i ON i.year = w.year"
        " WHERE i.week_id = ?)"
    )
    YEAR_TO_WEEK = f"{IN_YEAR} AND week_id <= ?"


@app.cell(hide_code=True)
def _():
    mo.md("""
    # 一期细看 · A week in depth

    先选一期，下面各格都跟着变。数字只来自发布文件；“同期”“常值”只与同一年的往期比。
    """)
    return


@app.cell
def _():
    con = open_published()
    return (con,)


@app.cell
def _(con):
    week = mo.ui.dropdown(options=released_weeks(con), value=released_weeks(con)[-1], label="看哪一期")
    week
    return (week,)


@app.cell
def _(con, week):
    ask(
        con,
        """
        SELECT measure_label, unit, value, previous_value, change_pct, mean_to_date, value_ytd, flag
        FROM charts.window_weekly WHERE week_id = ? ORDER BY sort_order
        """,
        week.value,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 1. 综窗四项在常值之内吗 · Within the usual band

    每个工作日的数，与往期的中位数和正常范围（`marts.volume_band`）比；一期的工作日多少不同，所以不比总数。红点在范围之外。
    """)
    return


@app.cell
def _(con, week):
    band = ask(
        con,
        f"""
        SELECT b.week_id, m.label_zh || '（' || m.unit || '／工作日）' AS measure, b.per_day, b.band_low, b.band_high,
            b.is_outside
        FROM marts.volume_band AS b JOIN docs.metric AS m USING (metric)
        WHERE {YEAR_TO_WEEK} AND metric LIKE 'window%' ORDER BY metric, week_id
        """,
        week.value,
        week.value,
    )
    usual = px.scatter(
        band, x="week_id", y="per_day", facet_col="measure", facet_col_wrap=2, color="is_outside",
        color_discrete_map={True: FLAGGED, False: COLOURS[0]},
    )  # fmt: skip
    for line in px.line(band, x="week_id", y=["band_low", "band_high"], facet_col="measure", facet_col_wrap=2).data:
        usual.add_trace(line.update(line={"color": "#9aa7b5", "width": 1, "dash": "dot"}, showlegend=False))
    usual.for_each_trace(lambda trace: trace.update(name={"True": "范围之外", "False": "范围之内"}.get(trace.name)))
    usual.update_yaxes(matches=None, showticklabels=True)
    drawn(usual, "综窗四项，每个工作日（虚线：正常范围）", 480)
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 2. 哪些部门变化最大 · Which departments moved most

    受理件数与上期之差；两期的工作日不同时，差里有日数的成分，见 `charts.report_week`。
    """)
    return


@app.cell
def _(con, week):
    moved = ask(
        con,
        f"""
        WITH by_week AS (
            SELECT week_id, department_id, department_name, accepted,
                lag(accepted) OVER (PARTITION BY department_id ORDER BY week_id) AS before
            FROM charts.department_volume WHERE {IN_YEAR}
        )
        SELECT department_name, accepted, before, accepted - before AS change FROM by_week
        WHERE week_id = ? AND before IS NOT NULL ORDER BY abs(accepted - before) DESC, department_name LIMIT 15
        """,
        week.value,
        week.value,
    )
    changes = px.bar(moved[::-1], x="change", y="department_name", orientation="h", hover_data=["accepted", "before"])
    drawn(changes, "受理较上期增减最多的部门（件）", 100 + ROW_HEIGHT * len(moved))
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 3. 谁超期 · Who is late

    按时办结率只算有承诺期限的办结件；右上是按时的，气泡大小是期末还没办结的超期件数。
    """)
    return


@app.cell
def _(con, week):
    timeliness = ask(
        con,
        """
        SELECT department_name, deadline_cases_ytd, on_time_rate_ytd, overdue_open FROM charts.timeliness_weekly
        WHERE week_id = ? AND department_id <> 'ALL' AND deadline_cases_ytd > 0 ORDER BY sort_order
        """,
        week.value,
    )
    late = px.scatter(
        timeliness, x="deadline_cases_ytd", y="on_time_rate_ytd", size="overdue_open", hover_name="department_name",
        log_x=True, size_max=36,
    )  # fmt: skip
    drawn(late, "今年按时办结率（%）与有期限的办结件数（对数坐标）", 420)
    return


@app.cell
def _(con, week):
    ask(
        con,
        """
        SELECT department_name, item_name, cases, longest_working_days FROM charts.overdue
        WHERE week_id = ? ORDER BY cases DESC, longest_working_days DESC LIMIT 20
        """,
        week.value,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 4. 在办件等了多久 · How long open cases have waited

    三组各按工作日分段，画的是份额：组与组相差百倍，件数见悬停。
    """)
    return


@app.cell
def _(con, week):
    ages = ask(
        con,
        """
        SELECT power_group_label, age_band_label, cases,
            100.0 * cases / nullif(sum(cases) OVER (PARTITION BY power_group), 0) AS share_pct
        FROM charts.ageing WHERE week_id = ? AND power_group <> 'ALL' ORDER BY sort_order
        """,
        week.value,
    )
    waiting = px.bar(
        ages, x="share_pct", y="power_group_label", color="age_band_label", orientation="h", hover_data=["cases"]
    )
    drawn(waiting, "期末在办件的时长（占本组 %）", 300)
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 5. 从哪里办 · Through which channel
    """)
    return


@app.cell
def _(con, week):
    channels = ask(
        con,
        """
        SELECT channel_label, accepted, share_pct, share_pct_ytd FROM charts.channel_weekly
        WHERE week_id = ? ORDER BY sort_order
        """,
        week.value,
    )
    shares = go.Figure(
        [
            go.Bar(name="本期", x=channels["channel_label"], y=channels["share_pct"]),
            go.Bar(name="今年累计", x=channels["channel_label"], y=channels["share_pct_ytd"]),
        ]
    )
    drawn(shares, "受理的办理形式（占全部受理 %）", 340)
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 6. 这一期的数据 · The data of the issue

    收到几份文件，多少行进了表、隔离了、搁置了；检查发现了什么，怎么处理的。
    """)
    return


@app.cell
def _(con, week):
    ask(con, "SELECT * FROM charts.week_quality WHERE week_id = ?", week.value)
    return


@app.cell
def _(con, week):
    ask(
        con,
        """
        SELECT f.title, f.severity, f.status, f.owner, w.evidence, w.explanation, f.action
        FROM quality.finding_week AS w JOIN quality.finding AS f USING (finding_id)
        WHERE w.week_id = ? ORDER BY f.severity, f.title
        """,
        week.value,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 7. 回到文件 · Back to the files

    选一个指标：它本期的数由哪些文件、哪些行得来。
    """)
    return


@app.cell
def _(con, week):
    traced = ask(
        con,
        """
        SELECT DISTINCT m.label_zh || '（' || metric || '）' AS label, metric
        FROM marts.provenance JOIN docs.metric AS m USING (metric) WHERE week_id = ? ORDER BY metric
        """,
        week.value,
    )
    metric = mo.ui.dropdown(
        options=dict(zip(traced["label"], traced["metric"], strict=True)),
        value=traced["label"].iloc[0],
        label="哪个指标",
    )
    metric
    return (metric,)


@app.cell
def _(con, metric, week):
    ask(
        con,
        """
        SELECT d.file_name, p.sheet, sum(p.row_count) AS row_count, min(p.first_row_no) AS first_row_no,
            max(p.last_row_no) AS last_row_no, sum(p.value) AS value
        FROM marts.provenance AS p JOIN docs.delivery AS d USING (delivery_id)
        WHERE p.week_id = ? AND p.metric = ? GROUP BY d.file_name, p.sheet ORDER BY row_count DESC, d.file_name
        """,
        week.value,
        metric.value,
    )
    return


if __name__ == "__main__":
    app.run()
