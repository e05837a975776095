"""Words for what was decided on evidence, where no cell of a file says it plainly: what, why, and how sure that is.

The sentences go into the message of the delivery, which people read after a run, in `status` and in the ledger.
"""

from __future__ import annotations

from enum import StrEnum


class Sureness(StrEnum):
    """How sure a decision is: LIKELY where nothing speaks against it, TO_CHECK where a person should look once."""

    LIKELY = "把握大"
    TO_CHECK = "请核对"


def decided(what: str, evidence: str, sureness: Sureness) -> str:
    """Returns one sentence: 期号取自文件名（依据：标题没有写；把握大）."""
    return f"{what}（依据：{evidence}；{sureness}）"
