"""Declares the tables of the schema `release`: keys, types, meaning; the published file repeats these words.

They are filled by `pipeline.release.freeze.issues`, `pipeline.release.freeze.rollback` and
`pipeline.release.revisions.release_folders`.
"""

from __future__ import annotations

from typing import Final

from pipeline.common.quoting import quoted

WEEK: Final = ("VARCHAR NOT NULL", "期：年份与期号 | week: year and issue number")
REVISION: Final = ("INTEGER NOT NULL", "第几次发布；1 为首次发布，之后为修订 | 1 is the first release, then revisions")
FIGURE: Final = {
    "metric": ("VARCHAR NOT NULL", "图表表名.列名，如 window_weekly.value | chart table and column"),
    "keys": ("VARCHAR NOT NULL", "行的键（JSON） | key of the row, as JSON"),
}
VALUES: Final = {
    "value": ("DECIMAL(38, 6)", "本期值 | value of the week"),
    "value_ytd": ("DECIMAL(38, 6)", "今年累计值 | year to date"),
    "text_value": ("VARCHAR", "文字内容（名单、结论、提示） | text: names, conclusions, flags"),
}
# Table → (comment 中文\nEnglish, key, columns: name → (SQL type, meaning 中文 | English)).
TABLES: Final[dict[str, tuple[str, str, dict[str, tuple[str, str]]]]] = {
    "issue": (
        "已发布的各期及其修订\nReleased issues and their revisions",
        "week_id, revision",
        {
            "week_id": WEEK,
            "revision": REVISION,
            "released_at": ("TIMESTAMP NOT NULL", "发布时间（北京时间） | released, Beijing time"),
            "as_of": ("TIMESTAMP", "本期各来源导出时间中最晚的一个 | latest export that it rests on, Beijing time"),
            "figures_hash": ("VARCHAR NOT NULL", "全部数字的 SHA-256 | SHA-256 of all figures"),
            "code_version": (
                "VARCHAR NOT NULL",
                "程序版本与口径（SQL、数据约定、代码表）的摘要 | version of the program, SQL, contracts and code lists",
            ),
            "deliveries": ("VARCHAR NOT NULL", "数字所依据的交付文件（JSON） | deliveries that it rests on, as JSON"),
            "figure_count": ("INTEGER NOT NULL", "数字个数 | number of figures"),
            "reason": ("VARCHAR NOT NULL", "本次发布或修订的原因 | why it was released or revised"),
            "base_revision": (
                "INTEGER",
                "与哪一次比较，首次为空 | revision that it is compared with, null for the first",
            ),
            "contracts": ("VARCHAR", "各来源数据约定的版本（JSON） | version of each source's contract, as JSON"),
        },
    ),
    "figure": (
        "每次发布时冻结的数字，此后不再改动\nFigures as they were frozen at each release; they never change",
        "week_id, revision, metric, keys",
        {"week_id": WEEK, "revision": REVISION, **FIGURE, **VALUES},
    ),
    "revision_diff": (
        "修订与上一次发布的差异及其原因\nHow a revision differs from the one before, and why",
        "week_id, revision, metric, keys",
        {
            "week_id": WEEK,
            "revision": REVISION,
            **FIGURE,
            "kind": ("VARCHAR NOT NULL", "changed 改动，added 新增，removed 去掉 | changed, added or removed"),
            "before": ("DECIMAL(38, 6)", "修订前的本期值 | value before"),
            "after": ("DECIMAL(38, 6)", "修订后的本期值 | value after"),
            "difference": ("DECIMAL(38, 6)", "本期值之差 | difference of the value"),
            "before_ytd": ("DECIMAL(38, 6)", "修订前的累计值 | year to date before"),
            "after_ytd": ("DECIMAL(38, 6)", "修订后的累计值 | year to date after"),
            "difference_ytd": ("DECIMAL(38, 6)", "累计值之差 | difference of the year to date"),
            "before_text": ("VARCHAR", "修订前的文字 | text before"),
            "after_text": ("VARCHAR", "修订后的文字 | text after"),
            "cause": ("VARCHAR", "因哪份交付、哪项更正或口径变化 | delivery, correction or change of code behind it"),
        },
    ),
    "issue_finding": (
        "每次发布时的问题及其处理\nThe findings of each release as they stood then, with what was decided",
        "week_id, revision, finding_id",
        {
            "week_id": WEEK,
            "revision": REVISION,
            "finding_id": ("VARCHAR NOT NULL", "问题编号 | finding"),
            "severity": ("VARCHAR NOT NULL", "critical 或 warning | critical or warning"),
            "status": ("VARCHAR NOT NULL", "当时的状态 | state at that time"),
            "title": ("VARCHAR NOT NULL", "问题名称 | title"),
            "owner": ("VARCHAR", "谁处理 | who settles it"),
            "evidence": ("VARCHAR", "当时的证据 | evidence at that time"),
            "explanation": ("VARCHAR", "当时的解释 | explanation at that time"),
            "decision_id": ("VARCHAR", "所依据的决定 | decision that it rests on"),
            "decided_by": ("VARCHAR", "由谁决定 | who decided"),
            "decided_at": ("TIMESTAMP", "决定时间（北京时间） | time of the decision, Beijing time"),
            "decision_reason": ("VARCHAR", "决定的理由 | reason of the decision"),
            "until": ("DATE", "有效至 | until"),
        },
    ),
    "withdrawal": (
        "已收回的发布：内容已去掉，只留下它存在过的记录\nWithdrawn releases: the record stays, the content is gone",
        "week_id, revision",
        {
            "week_id": WEEK,
            "revision": REVISION,
            "withdrawn_at": ("TIMESTAMP NOT NULL", "收回时间（北京时间） | withdrawn, Beijing time"),
            "withdrawn_by": ("VARCHAR", "由谁收回 | by whom"),
            "reason": ("VARCHAR NOT NULL", "为什么 | why"),
            "figures_hash": ("VARCHAR NOT NULL", "当时全部数字的 SHA-256 | SHA-256 of its figures"),
            "activation_no": (
                "INTEGER",
                "收回时正以它示人的，示人的第几次变化；否则为空 | change of what is shown, null where it was not shown",
            ),
        },
    ),
    "withheld": (
        "每次发布中印作【待核实】的数字，及其原因\nFigures that a release does not print, and why",
        "week_id, revision, table_name, column_name, keys, finding_id",
        {
            "week_id": WEEK,
            "revision": REVISION,
            "table_name": ("VARCHAR NOT NULL", "所在的表，如 charts.window_weekly | table with its schema"),
            "column_name": ("VARCHAR NOT NULL", "列；* 为整行 | column; * is whole rows"),
            "keys": ("VARCHAR NOT NULL", "哪些行（JSON），{} 为该期全部行 | rows with these keys, as JSON"),
            "finding_id": ("VARCHAR NOT NULL", "因哪个问题 | finding"),
            "note": ("VARCHAR NOT NULL", "说明：问题与理由 | the finding and the reason in words"),
        },
    ),
    "activation": (
        "每期先后以哪一次发布示人：发布与退回，只增不改\nWhich revision of an issue was shown from when: append-only",
        "week_id, activation_no",
        {
            "week_id": WEEK,
            "activation_no": ("INTEGER NOT NULL", "第几次变化 | number of the change"),
            "revision": REVISION,
            "kind": (
                "VARCHAR NOT NULL",
                "released 发布、rolled_back 退回、withdrawn 收回 | released, rolled back or withdrawn",
            ),
            "activated_at": ("TIMESTAMP NOT NULL", "自何时起（北京时间） | since when, Beijing time"),
            "decided_by": ("VARCHAR", "由谁 | by whom"),
            "reason": ("VARCHAR NOT NULL", "原因 | why"),
        },
    ),
    "file": (
        "已发布的文件及其 SHA-256：从此不得改动\nReleased files and their SHA-256: they must never change",
        "week_id, revision, file_name",
        {
            "week_id": WEEK,
            "revision": REVISION,
            "file_name": ("VARCHAR NOT NULL", "releases/期/r次/ 下的文件 | file below releases/week/r/"),
            "sha256": ("VARCHAR NOT NULL", "SHA-256"),
            "size_bytes": ("BIGINT NOT NULL", "字节数 | bytes"),
        },
    ),
    "current_figure": (
        "现在所知的数字：按现有记录计算，不论是否已发布\nFigures as known now, from the present records",
        "week_id, metric, keys",
        {"week_id": WEEK, **FIGURE, **VALUES},
    ),
}


def release_ddl() -> str:
    """Returns the statements that make the tables of `release` where they are missing, with their words."""
    statements = []
    for name, (comment, key, columns) in TABLES.items():
        declarations = [f"{column} {sql_type}" for column, (sql_type, _) in columns.items()]
        statements.append(f"CREATE TABLE IF NOT EXISTS release.{name} ({', '.join(declarations)}, PRIMARY KEY ({key}))")
        statements.append(f"COMMENT ON TABLE release.{name} IS {quoted(comment)}")
        for column, (_, meaning) in columns.items():
            statements.append(f"COMMENT ON COLUMN release.{name}.{column} IS {quoted(meaning)}")
    return ";\n".join(statements) + ";\n"
