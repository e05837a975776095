"""A year in review: the course of the year, departments and channels, stock and flow, and proof that weeks add up."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="一年回看", html_head_file="head.html")

with app.setup:
    import marimo as mo
    import plotly.express as px
    import plotly.graph_objects as go
    from published import COLOURS, FLAGGED, ROW_HEIGHT, ask, drawn, open_published

    # Weeks of a year come from the calendar table, not from the letters of the week_id.
    IN_YEAR = "SELECT week_id FROM docs.report_week WHERE year = CAST(? AS INTEGER)"


@app.cell(hide_code=True)
def _():
    mo.md("""
    # 一年回看 · A year in review

    到最近发布的一期为止。各期工作日不同，所以走势按“每个工作日”画；累计直接取表里的数，不在这里相加。
    """)
    return


@app.cell
def _():
    con = open_published()
    years = ask(
        con,
        """
        SELECT DISTINCT CAST(w.year AS VARCHAR) AS year FROM docs.report_week AS w
        JOIN release.issue AS i ON i.week_id = w.week_id ORDER BY year
        """,
    )["year"].tolist()
    year = mo.ui.dropdown(options=years, value=years[-1], label="看哪一年")
    year
    return con, year


@app.cell
def _(con, year):
    last = ask(con, f"SELECT max(week_id) AS week_id FROM release.issue WHERE week_id IN ({IN_YEAR})", year.value)[
        "week_id"
    ][0]
    ask(con, "SELECT * FROM charts.item_ytd WHERE week_id = ? ORDER BY sort_order", last)
    return (last,)


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 1. 三组的走势 · The course of the three groups
    """)
    return


@app.cell
def _(con, year):
    course = ask(
        con,
        f"""
        SELECT g.week_id, g.power_group_label, g.measure_label, g.value * 1.0 / w.working_days AS per_day
        FROM charts.group_weekly AS g JOIN charts.report_week AS w USING (week_id)
        WHERE g.week_id IN ({IN_YEAR}) AND g.measure <> 'open' ORDER BY g.week_id, g.sort_order
        """,
        year.value,
    )
    lines = px.line(
        course, x="week_id", y="per_day", color="measure_label", facet_col="power_group_label", markers=True
    )
    lines.update_yaxes(matches=None, showticklabels=True, rangemode="tozero")
    drawn(lines, "每个工作日受理、办结（件）", 360)
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 2. 在办越积越多吗 · Does the stock grow

    期末在办 = 上年结转 + 受理 − 办结 − 作废删除。选一组看它今年的来龙去脉。
    """)
    return


@app.cell
def _(con, year):
    stock = ask(
        con,
        f"""
        SELECT week_id, power_group_label, value FROM charts.group_weekly
        WHERE week_id IN ({IN_YEAR}) AND measure = 'open' ORDER BY week_id, sort_order
        """,
        year.value,
    )
    open_cases = px.line(stock, x="week_id", y="value", facet_col="power_group_label", markers=True)
    open_cases.update_yaxes(matches=None, showticklabels=True, rangemode="tozero")
    drawn(open_cases, "期末在办（件）", 340)
    return


@app.cell
def _(con, last):
    balance = ask(con, "SELECT * FROM charts.case_balance WHERE week_id = ? ORDER BY sort_order", last)
    group = mo.ui.dropdown(
        options=list(balance["power_group_label"]), value=balance["power_group_label"].iloc[-1], label="哪一组"
    )
    group
    return balance, group


@app.cell
def _(balance, group):
    chosen = balance[balance["power_group_label"] == group.value].iloc[0]
    void = chosen.closed_ytd - chosen.completed_ytd
    amounts = [chosen.opening, chosen.accepted_ytd, -chosen.completed_ytd, -void, chosen.closing]
    flows = go.Figure(
        go.Waterfall(
            x=["上年结转", "受理", "办结", "作废删除", "期末在办"],
            y=amounts,
            measure=["absolute", "relative", "relative", "relative", "total"],
            text=[f"{amount:,}" for amount in amounts],
            textposition="outside",
        )
    )
    drawn(flows, "今年的来龙去脉（件）", 360)
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 3. 各部门哪几期忙 · When departments were busy

    每个工作日的受理与该部门自己的中位数之比，1 为平常；受理最多的二十个部门。
    """)
    return


@app.cell
def _(con, year):
    busy = ask(
        con,
        f"""
        WITH per_day AS (
            SELECT v.week_id, v.department_name, v.accepted * 1.0 / w.working_days AS per_day, v.accepted
            FROM charts.department_volume AS v JOIN charts.report_week AS w USING (week_id)
            WHERE v.week_id IN ({IN_YEAR})
        ),
        usual AS (
            SELECT department_name, median(per_day) AS usual FROM per_day
            GROUP BY department_name ORDER BY sum(accepted) DESC, department_name LIMIT 20
        )
        SELECT week_id, department_name, round(per_day / nullif(usual, 0), 2) AS times_usual
        FROM per_day JOIN usual USING (department_name) ORDER BY week_id, usual DESC
        """,
        year.value,
    )
    grid = busy.pivot(index="department_name", columns="week_id", values="times_usual")
    heat = px.imshow(
        grid.loc[list(dict.fromkeys(busy["department_name"]))],
        color_continuous_scale="RdBu_r", color_continuous_midpoint=1, aspect="auto",
    )  # fmt: skip
    drawn(heat, "受理是平常的几倍", 120 + ROW_HEIGHT * len(grid))
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 4. 按时办结 · Kept limits
    """)
    return


@app.cell
def _(con, year):
    limits = ask(
        con,
        f"""
        SELECT week_id, on_time_rate, on_time_rate_ytd, overdue_open FROM charts.timeliness_weekly
        WHERE week_id IN ({IN_YEAR}) AND department_id = 'ALL' ORDER BY week_id
        """,
        year.value,
    )
    kept = go.Figure(
        [
            go.Bar(
                name="期末超期未办结（件，右轴）", x=limits["week_id"], y=limits["overdue_open"], yaxis="y2",
                marker={"color": "#d5dde6"},
            ),
            go.Scatter(name="本期按时办结率（%）", x=limits["week_id"], y=limits["on_time_rate"], mode="lines+markers"),
            go.Scatter(name="今年累计（%）", x=limits["week_id"], y=limits["on_time_rate_ytd"], mode="lines"),
        ]
    )  # fmt: skip
    drawn(kept, "全部部门：按时办结率与超期未办结", 380)
    kept.update_layout(yaxis={"overlaying": "y2"}, yaxis2={"side": "right", "showgrid": False, "rangemode": "tozero"})
    kept
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 5. 网上办与窗口办 · Online and at the windows
    """)
    return


@app.cell
def _(con, year):
    channels = ask(
        con,
        f"""
        SELECT week_id, channel_label, share_pct FROM charts.channel_weekly
        WHERE week_id IN ({IN_YEAR}) ORDER BY week_id, sort_order
        """,
        year.value,
    )
    shares = px.area(channels, x="week_id", y="share_pct", color="channel_label")
    drawn(shares, "受理的办理形式（占全部受理 %）", 360)
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 6. 进驻与授权 · Departments in the hall
    """)
    return


@app.cell
def _(con, year):
    status = ask(
        con,
        f"""
        SELECT week_id, status_label, departments, joined_names, left_names FROM charts.authorization_weekly
        WHERE week_id IN ({IN_YEAR}) ORDER BY week_id, sort_order
        """,
        year.value,
    )
    steps = px.line(status, x="week_id", y="departments", color="status_label", line_shape="hv", markers=True)
    drawn(steps, "部门（单位）数", 340)
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 7. 数据的质量 · Quality of the data
    """)
    return


@app.cell
def _(con, year):
    findings = ask(
        con,
        f"""
        SELECT q.week_id, count(DISTINCT f.finding_id) FILTER (WHERE f.severity = 'critical') AS critical,
            count(DISTINCT f.finding_id) FILTER (WHERE f.severity <> 'critical') AS warning,
            any_value(q.rows_quarantined) AS rows_quarantined, any_value(q.restated_cases) AS restated_cases
        FROM charts.week_quality AS q LEFT JOIN quality.finding_week AS w ON w.week_id = q.week_id
        LEFT JOIN quality.finding AS f ON f.finding_id = w.finding_id
        WHERE q.week_id IN ({IN_YEAR}) GROUP BY q.week_id ORDER BY q.week_id
        """,
        year.value,
    )
    quality = go.Figure(
        [
            go.Bar(name="严重", x=findings["week_id"], y=findings["critical"], marker={"color": FLAGGED}),
            go.Bar(name="提醒", x=findings["week_id"], y=findings["warning"], marker={"color": COLOURS[2]}),
        ]
    )
    quality.update_layout(barmode="stack")
    mo.vstack([drawn(quality, "各期的问题（项）", 320), findings])
    return (quality,)


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 8. 各期之和等于累计吗 · Do the weeks add up

    按期可加的指标（口径为 flow），各期之和减今年累计：应为零，不为零的是有编号的更正，见 `marts.restatement`。
    """)
    return


@app.cell
def _(con, last, year):
    proof = ask(
        con,
        f"""
        SELECT m.metric, any_value(d.label_zh) AS label, sum(m.value) AS sum_of_weeks,
            max(m.value_ytd) FILTER (WHERE m.week_id = ?) AS year_to_date,
            sum(m.value) - max(m.value_ytd) FILTER (WHERE m.week_id = ?) AS difference
        FROM marts.weekly_metric AS m JOIN docs.metric AS d USING (metric)
        WHERE m.week_id IN ({IN_YEAR}) AND m.department_id = 'ALL' AND m.power_type = 'ALL' AND m.channel = 'ALL'
            AND d.basis = 'flow'
        GROUP BY m.metric ORDER BY m.metric
        """,
        last,
        last,
        year.value,
    )
    proof
    return (proof,)


if __name__ == "__main__":
    app.run()
