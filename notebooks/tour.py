"""A tour of the published file: which tables there are, how to ask them, and what to beware of."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="发布文件导览", html_head_file="head.html")

with app.setup:
    import marimo as mo
    import plotly.express as px
    import plotly.graph_objects as go
    from published import ask, drawn, open_published, published_file, released_weeks


@app.cell(hide_code=True)
def _():
    mo.md("""
    # 发布文件导览 · A tour of the published file

    分析用的数字都在一个文件里：`published/metrics.duckdb`。它只有已发布的数字，没有办件，也没有个人信息；
    打开不需要加锁，新的一期发布时整体替换，已经打开的人看到的仍是打开时的那一份。

    每一格的 SQL 都可以改了再运行：改动一格，用到它的格会跟着重算。
    """)
    return


@app.cell
def _():
    con = open_published()
    mo.md(f"已打开 `{published_file().name}`，{published_file().stat().st_size / 1e6:.1f} MB。")
    return (con,)


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 1. 里面有什么 · What is in it

    | 模式 | 内容 |
    |---|---|
    | `charts` | 可以直接画图的表：名称、单位、排序、上期、提示都在表里 |
    | `marts` | 按期的指标，分部门、事项类型、办理形式；出处 |
    | `quality` | 检查的结果、问题与处理 |
    | `release` | 每次发布冻结的数字与更正 |
    | `docs` | 数据字典：每个表、每一列的说明，指标的口径 |

    `docs.publication` 说明这份文件本身：**数据标签为“模拟数据”时，数字不是真实统计。**
    """)
    return


@app.cell
def _(con):
    publication = ask(con, "SELECT name, value FROM docs.publication ORDER BY name")
    publication
    return


@app.cell
def _(con):
    tables = ask(
        con,
        """
        SELECT schema_name || '.' || table_name AS name, row_count, description
        FROM docs.table ORDER BY schema_name, table_name
        """,
    )
    tables
    return (tables,)


@app.cell
def _(tables):
    table = mo.ui.dropdown(options=list(tables["name"]), value="charts.window_weekly", label="看哪一张表")
    table
    return (table,)


@app.cell
def _(con, table):
    ask(
        con,
        """
        SELECT column_name, data_type, description FROM docs.column
        WHERE schema_name || '.' || table_name = ? ORDER BY position
        """,
        table.value,
    )
    return


@app.cell
def _(con, table):
    con.table(table.value).limit(20).df()
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 2. 期 · Weeks

    一期印周一到周五，统计上期结束之后到本期结束的每一天，所以各期之和等于今年累计。期号、工作日都从
    `charts.report_week` 取，不要用日期函数去算。
    """)
    return


@app.cell
def _(con):
    ask(con, "SELECT * FROM charts.report_week ORDER BY week_id DESC")
    return


@app.cell
def _(con):
    week = mo.ui.dropdown(options=released_weeks(con), value=released_weeks(con)[-1], label="看哪一期")
    week
    return (week,)


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 3. 综窗四项 · The four window counters

    咨询、受理、颁发、流转互相独立，不是一个漏斗：各画各的坐标，不要相除。
    """)
    return


@app.cell
def _(con, week):
    windows = ask(
        con,
        """
        SELECT week_id, measure_label || '（' || unit || '）' AS measure, value, coalesce(flag, '正常') AS flag
        FROM charts.window_weekly
        WHERE week_id IN (
            SELECT w.week_id FROM docs.report_week AS w JOIN docs.report_week AS i ON i.year = w.year
            WHERE i.week_id = ?
        ) AND week_id <= ? ORDER BY week_id, sort_order
        """,
        week.value,
        week.value,
    )
    four = px.bar(
        windows, x="week_id", y="value", facet_col="measure", facet_col_wrap=2, color="flag",
        color_discrete_map={"正常": "#2f74c0"}, color_discrete_sequence=["#cc4b37"],
    )  # fmt: skip
    four.update_yaxes(matches=None, showticklabels=True)
    drawn(four, "综窗四项，按期", 480)
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 4. 一张长表装下所有指标 · One long table

    `marts.weekly_metric` 一行一个数：哪一期、什么指标、哪个部门、哪类事项、哪种办理形式。
    不分的一维写 `ALL`。**一次只展开一维，其余两维写 `ALL`，否则会重复相加。**
    """)
    return


@app.cell
def _(con, week):
    departments = ask(
        con,
        """
        SELECT d.department_name, m.value AS this_week, m.value_ytd AS year_to_date
        FROM marts.weekly_metric AS m
        JOIN charts.department_volume AS d ON d.week_id = m.week_id AND d.department_id = m.department_id
        WHERE m.week_id = ? AND m.metric = 'case_accepted' AND m.power_type = 'ALL' AND m.channel = 'ALL'
        ORDER BY year_to_date DESC LIMIT 15
        """,
        week.value,
    )
    bars = px.bar(departments[::-1], x="year_to_date", y="department_name", orientation="h", log_x=True)
    drawn(bars, "今年累计受理最多的十五个部门（对数坐标）", 460)
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 5. 办结为什么会多于受理 · Flow and cohort

    `办结` 默认按办结时间计（flow）：去年受理、今年办结的也在内，所以可以多于今年的受理。
    `completed_cohort` 只数今年受理的，永远不会超过。完整的等式是 **上年结转 + 受理 = 办结 + 作废删除 + 期末在办**。
    """)
    return


@app.cell
def _(con, week):
    balance = ask(con, "SELECT * FROM marts.group_balance WHERE week_id = ? ORDER BY sort_order", week.value)
    balance
    return (balance,)


@app.cell
def _(balance):
    # The last group of the hall: where the usual groups are used, the other nine power types.
    group = balance.iloc[-1]
    void = group.closed_ytd - group.completed_ytd
    steps = [group.opening, group.accepted_ytd, -group.completed_ytd, -void, group.closing]
    flows = go.Figure(
        go.Waterfall(
            x=["上年结转", "受理", "办结", "作废删除", "期末在办"],
            y=steps,
            measure=["absolute", "relative", "relative", "relative", "total"],
            text=[f"{step:,}" for step in steps],
            textposition="outside",
        )
    )
    drawn(flows, f"{group.power_group_label}：今年的来龙去脉（件）")
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 6. 这个数从哪里来 · Where a number is from

    `marts.provenance` 说明每个数由哪份文件、哪张表、哪几行得来。
    """)
    return


@app.cell
def _(con, week):
    ask(
        con,
        """
        SELECT p.metric, d.file_name, p.sheet, p.first_row_no, p.last_row_no, p.row_count, p.value
        FROM marts.provenance AS p JOIN docs.delivery AS d USING (delivery_id)
        WHERE p.week_id = ? AND p.metric LIKE 'window%' ORDER BY p.metric, d.file_name
        """,
        week.value,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 7. 印出去的与现在的 · As printed, as known now

    发布即冻结。之后的更正是新的一次发布（`revision`），`release.revision_diff` 说明哪个数、改了多少、为什么。
    """)
    return


@app.cell
def _(con):
    ask(
        con,
        """
        SELECT week_id, max(revision) AS revisions, arg_max(released_at, revision) AS released_at,
            arg_max(reason, revision) AS reason, (SELECT count(*) FROM release.revision_diff AS d
                WHERE d.week_id = i.week_id) AS figures_revised
        FROM release.issue AS i GROUP BY week_id ORDER BY week_id DESC
        """,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 8. 这个数可靠吗 · Is it reliable

    引用一个数之前，看看它这一期有没有问题，是否已经处理。
    """)
    return


@app.cell
def _(con, week):
    ask(
        con,
        """
        SELECT f.title, f.severity, f.status, f.owner, w.evidence, w.explanation
        FROM quality.finding_week AS w JOIN quality.finding AS f USING (finding_id)
        WHERE w.week_id = ? ORDER BY f.severity, f.title
        """,
        week.value,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 9. 这个数从哪来 · Where is it from

    文件里带着常用查询（`docs.macro` 列出全部）：一期、一段、同比、首次发布时的、某一天对外的、现在所知的、出处。
    命令行 `zhoubao trace charts.item_ytd 2023-15 其它9类 办结` 回答同样的问题，并附每一步的 SQL。
    """)
    return


@app.cell
def _(con):
    ask(con, "SELECT name, parameters, description FROM docs.macro ORDER BY name")
    return


@app.cell
def _(con, week):
    ask(
        con,
        """
        SELECT keys, file_name, sheet, sum(value) AS value, sum(row_count) AS row_count,
            min(first_row_no) AS first_row_no, max(last_row_no) AS last_row_no
        FROM figure_places(?, 'item_ytd', 'value') GROUP BY ALL ORDER BY keys, file_name
        """,
        week.value,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## 接下来 · Next

    `week_in_depth.py` 细看一期，`year_in_review.py` 回看一年。每张 `charts` 表的说明与示例查询见 `docs/charts.md`，
    用别的工具打开这个文件见 `docs/other-tools.md`。
    """)
    return


if __name__ == "__main__":
    app.run()
