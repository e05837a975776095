"""What is wrong, in the first sentence that people read; and what was seen beside it.

In: a failing row and its check. Out: `fault。evidence`, which findings and results of checks keep as their evidence.
A check says its fault itself (`fault_zh`, else `evidence_zh`); for one that does not, a sentence is made here from its
type, what people call its columns, the value observed and the bounds: `一号，现场：等候分钟为 -3，应不小于 0`.
Elsewhere: values and keys in words in `pipeline.quality.findings.wording`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pipeline.quality.checks.model import FAULT_END, Check
from pipeline.quality.checks.vocabulary import Vocabulary
from pipeline.quality.findings.wording import Row, sentence

ROWS_IN_EVIDENCE: Final = 3


def observation(check: Check, row: Row, words: Vocabulary) -> str:
    """Returns what one failing row shows: its fault, and behind `。` the evidence where the check says more.

    Example: `综窗颁发本周 900，是往周的 30.0 倍。每个工作日 180；前 9 周每个工作日的中位数为 6`.
    """
    meta = check.meta
    evidence = sentence(meta.evidence_zh, row, words) if meta.evidence_zh else ""
    if meta.fault_zh is None and meta.says_what_is_wrong:
        return evidence
    fault = sentence(meta.fault_zh or _made_template(check, words), row, words)
    return f"{fault}{FAULT_END}{evidence}" if evidence else fault


def evidence(check: Check, rows: Sequence[Row], total: int, words: Vocabulary) -> str:
    """Returns the first few failing rows in words, and how many there are in all; an empty text for no rows.

    A single row says all that was seen, several say their faults alone.
    """
    observations = [observation(check, row, words) for row in rows[:ROWS_IN_EVIDENCE]]
    if len(observations) > 1 and check.meta.fault_zh:
        observations = [parted(text)[0] for text in observations]
    if total > ROWS_IN_EVIDENCE:
        observations.append(f"等共 {total} 处")
    return "；".join(observations)


def parted(text: str) -> tuple[str, str]:
    """Parts the evidence of a finding into its fault and the rest: `甲为 9。见表` gives 甲为 9 and 见表."""
    fault, _, rest = text.partition(FAULT_END)
    return fault, rest.strip()


def rest_of(title: str, text: str | None) -> str:
    """Returns what the evidence says beyond the title of its finding.

    All of it where the title is another sentence, as in findings of earlier versions, whose title is the rule.
    """
    fault, rest = parted(text or "")
    return rest if fault == title else text or ""


def _made_template(check: Check, words: Vocabulary) -> str:
    """Makes the fault of a check that does not say it: where, and what was observed against what is allowed."""
    of_type = _week_template if check.is_of_weeks else _TEMPLATES.get(check.type, _rows_template)
    observed = of_type(check, words)
    hidden = {"week_id", "observed", *check.observed_columns, *check.meta.figures}
    keys = [_field(key) for key in check.meta.keys if key not in hidden]
    return f"{'，'.join(keys)}：{observed}" if keys else observed


def _null_template(check: Check, words: Vocabulary) -> str:
    return f"{_label(check.kwargs['column'], words)}为空"


def _set_template(check: Check, words: Vocabulary) -> str:
    column = check.kwargs["column"]
    allowed = "、".join(str(words.value(column, value, {})) for value in check.kwargs["value_set"])
    return f"{_label(column, words)}为“{_field(column)}”，应为：{_plain(allowed)}"


def _between_template(check: Check, words: Vocabulary) -> str:
    column = check.kwargs["column"]
    limits = [f"{words_of} {check.kwargs[bound]}" for bound, words_of in _bounds(check.kwargs)]
    return f"{_label(column, words)}为 {_field(column)}，应{'、'.join(limits)}"


def _bounds(kwargs: Mapping[str, Any]) -> list[tuple[str, str]]:
    known = (("min_value", "不小于"), ("max_value", "不大于"))
    return [(bound, words) for bound, words in known if kwargs.get(bound) is not None]


def _greater_template(check: Check, words: Vocabulary) -> str:
    larger, smaller = check.kwargs["column_A"], check.kwargs["column_B"]
    rule = "不小于" if check.kwargs.get("or_equal") else "大于"
    return f"{_label(larger, words)}为 {_field(larger)}，应{rule}{_label(smaller, words)}的 {_field(smaller)}"


def _unique_template(check: Check, words: Vocabulary) -> str:
    columns = check.kwargs["column_list"]
    labels = "、".join(_label(column, words) for column in columns)
    return f"有几行的{labels}相同：{'，'.join(map(_field, columns))}"


def _week_template(check: Check, words: Vocabulary) -> str:
    del words
    return f"不符合“{_plain(check.meta.title_zh)}”，观测到 {_field('observed')}"


def _rows_template(check: Check, words: Vocabulary) -> str:
    figures = [f"{_label(name, words)} {_field(name)}" for name in check.meta.figures]
    if figures:
        return "，".join(figures)
    return f"不符合“{_plain(check.meta.title_zh)}”"


_TEMPLATES: Final[Mapping[str, Callable[[Check, Vocabulary], str]]] = {
    "expect_column_values_to_not_be_null": _null_template,
    "expect_column_values_to_be_in_set": _set_template,
    "expect_column_values_to_be_between": _between_template,
    "expect_column_pair_values_a_to_be_greater_than_b": _greater_template,
    "expect_compound_columns_to_be_unique": _unique_template,
}


def _label(column: str, words: Vocabulary) -> str:
    return _plain(words.column(column))


def _field(column: str) -> str:
    """The place of a column's value in a template."""
    return f"{{{column}}}"


def _plain(text: str) -> str:
    """Text that stands in a template as it is: a brace would begin the name of a column."""
    return text.replace("{", "{{").replace("}", "}}")
