"""Asks which of two deliveries of one week is the newer where nothing proves it, and says what took whose place.

What counts in the end `load.succession` writes down; what a replacement changed, the views of `load.replacement` hold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pipeline.common.clock import BEIJING_OFFSET, utc_now
from pipeline.contracts import Contract
from pipeline.ingest.errors import RefusalPlace, RefusedFileError, UnclearSuccessionError
from pipeline.ingest.inbox.archive import stored_original
from pipeline.ingest.inbox.loader import Loader
from pipeline.ingest.inbox.unforeseen import refuse_unforeseen
from pipeline.ingest.load.ledger import AS_CORRECTION, Delivery, arrival_of, end_of_period
from pipeline.ingest.load.overtaking import overtaken_by
from pipeline.ingest.load.replacement import part_words, replaced_words
from pipeline.ingest.load.sent_back import SentBack, sent_back_deliveries
from pipeline.ingest.recognise.match import Recognised, recognise_again
from pipeline.ingest.refusals.inbox import InboxRefusal
from pipeline.ingest.tables.headers.header import find_header

SheetCells = tuple[str, list[list[str | None]]]

EARLY_CLOCKS = timedelta(days=1)
"""By so much a platform's clock may be ahead of ours, or tell another zone's time."""
FUTURE_TIME = "写的导出时间"
"""How the remark on a time of export that cannot be begins; the check `export_time_is_past` looks for it."""


@dataclass(frozen=True)
class Rival:
    """A delivery that counts at the place of another one; `earliest` to `latest` is when it may have been exported.

    `is_correction`: it was taken for the correction of what a steward sent back, without a time of export of its own.
    """

    delivery_id: str
    file_name: str
    as_of: datetime
    is_dated: bool
    earliest: datetime
    latest: datetime
    is_correction: bool = False


def clear_succession(loader: Loader, recognised: Recognised, delivery: Delivery) -> Delivery:
    """Asks where a delivery would take the place of another one, or leave it, and nothing proves which is newer.

    Call it when the rows stand in `raw`: what has no key in common with the other is a part of the same export, and no
    question. Where only the one that counts lacks a time of export, the new one has said more and takes its place; the
    check `undated_is_not_overtaken` tells people. What may be the correction of a delivery that was sent back is taken
    for it: then the delivery that is returned says so. Raises RefusedFileError.
    """
    arrived = arrival_of(loader.con, delivery.delivery_id)
    if arrived is not None:
        # It was taken before and is only read again.
        return delivery
    own = _as_rival(delivery.delivery_id, delivery.file_name, delivery.as_of, delivery.period_end, utc_now(), None)
    sent_back = sent_back_deliveries(loader.con)
    asked: dict[str, Rival] = {}
    for rival in _rivals(loader, delivery):
        is_older_correction = rival.delivery_id in sent_back and own.latest < rival.earliest
        if is_older_correction or _is_unclear(own, rival):
            asked[rival.delivery_id] = rival
    overtaken = overtaken_by(loader.con, recognised.contract, delivery.delivery_id, asked)
    corrected = []
    for delivery_id, rival in asked.items():
        if delivery_id not in overtaken:
            continue
        if own.latest < rival.earliest:
            raise _older_than_sent_back(delivery, own, rival)
        if delivery_id not in sent_back:
            raise _question(delivery, own, rival)
        corrected.append(rival)
    return _as_correction(delivery, corrected, sent_back) if corrected else delivery


def _is_unclear(own: Rival, rival: Rival) -> bool:
    """Whether either of the two may have been exported first, and the dates that they print do not settle it.

    A file that was taken for a correction without a time of its own counts from the decision on: a date alone does not
    put another one before it.
    """
    may_be_of_one_time = own.earliest <= rival.latest and rival.earliest <= own.latest
    is_settled_by_date = own.is_dated and not rival.is_dated and not rival.is_correction
    return may_be_of_one_time and not is_settled_by_date


def _as_correction(delivery: Delivery, corrected: Sequence[Rival], sent_back: Mapping[str, SentBack]) -> Delivery:
    """A delivery as the correction that a decision asked for: it counts after the decision and what was sent back.

    A hand-corrected copy keeps the time of export of the file that it corrects, or has none: its own time is not told.
    """
    decisions = [sent_back[rival.delivery_id] for rival in corrected]
    decision = max(decisions, key=lambda decision: decision.decided_at)
    latest = max(rival.as_of for rival in corrected)
    as_of = max(decision.decided_at.replace(microsecond=0), latest + timedelta(seconds=1))
    names = "、".join(f"“{rival.file_name}”" for rival in corrected)
    sentence = (
        f"{names}已于 {decision.decided_at:%Y-%m-%d %H:%M} 退回（处理意见 {decision.decision_id}），"
        f"这一份没有写更晚的导出时间，{AS_CORRECTION}"
    )
    message = "；".join(filter(None, [delivery.message, sentence]))
    return replace(delivery, as_of=as_of, answers=decision.decision_id, message=message)


def _older_than_sent_back(delivery: Delivery, own: Rival, rival: Rival) -> RefusedFileError:
    return RefusedFileError(
        InboxRefusal.OLDER_THAN_SENT_BACK,
        place=RefusalPlace(delivery.file_name),
        found=f"{own.as_of:%Y-%m-%d %H:%M:%S}",
        time=f"{own.as_of:%Y-%m-%d %H:%M}",
        rival=rival.file_name,
        week_id=delivery.week_id,
        rival_time=f"{rival.as_of:%Y-%m-%d %H:%M}",
    )


def _question(delivery: Delivery, own: Rival, rival: Rival) -> UnclearSuccessionError:
    """The question that fits what the two files say of their time of export."""
    code = InboxRefusal.SAME_EXPORT_TIME if own.is_dated else InboxRefusal.NO_EXPORT_TIME
    if rival.is_dated and not own.is_dated:
        code = InboxRefusal.NO_EXPORT_TIME_BESIDE_ONE
    if own.is_dated and rival.is_correction:
        code = InboxRefusal.TIME_BESIDE_CORRECTION
    return UnclearSuccessionError(
        code,
        place=RefusalPlace(delivery.file_name),
        found=f"{own.as_of:%Y-%m-%d %H:%M:%S}" if own.is_dated else None,
        time=f"{own.as_of:%Y-%m-%d %H:%M}",
        rival=rival.file_name,
        week_id=delivery.week_id,
        rival_time=f"{rival.as_of:%Y-%m-%d %H:%M}",
    )


def _rivals(loader: Loader, delivery: Delivery) -> list[Rival]:
    """The other deliveries that count for the same source, week and scope."""
    found = loader.con.execute(
        "SELECT delivery_id, file_name, as_of, period_end, received_at, answers FROM ledger.delivery WHERE source = ?"
        " AND week_id = ? AND scope = ? AND delivery_id <> ? AND status = 'current' ORDER BY as_of DESC, delivery_id",
        [*delivery.place, delivery.delivery_id],
    ).fetchall()
    return [_as_rival(*row) for row in found]


def _as_rival(
    delivery_id: str, file_name: str, as_of: datetime, period_end: date, received_at: datetime, answers: str | None
) -> Rival:
    """A file without a time of export was made between the end of its period and its arrival."""
    undated = end_of_period(period_end)
    arrived = received_at + BEIJING_OFFSET
    if answers is not None:
        return Rival(delivery_id, file_name, as_of, False, min(undated, arrived), max(as_of, arrived), True)
    if as_of != undated:
        return Rival(delivery_id, file_name, as_of, True, as_of, as_of)
    return Rival(delivery_id, file_name, as_of, False, min(as_of, arrived), max(as_of, arrived))


def believed_time(exported_at: datetime | None, arrived: datetime) -> tuple[datetime | None, str | None]:
    """The printed time of export and nothing to say, or None and the sentence why it is not believed.

    `arrived` is in UTC. 2032-04-24 in a file that came in 2023 is a slip of the pen: believed, it would win for ever.
    """
    if exported_at is None or exported_at <= arrived + BEIJING_OFFSET + EARLY_CLOCKS:
        return exported_at, None
    return None, (
        f"{FUTURE_TIME} {exported_at:%Y-%m-%d %H:%M} 晚于收到文件的时间，不会是真的：按没有写导出时间处理；"
        "请报送部门核对，写错的请改正后重新报送"
    )


def words_of_succession(loader: Loader, contract: Contract, delivery_id: str, counted: Collection[str]) -> str:
    """What people are told of a delivery that was loaded: what it replaced, what replaced it, whose part it is.

    `counted` are the deliveries that counted at its place before it came.
    """
    told = loader.con.execute(
        "SELECT message FROM ledger.delivery WHERE delivery_id = ? AND message IS NOT NULL", [delivery_id]
    ).fetchall()
    sentences = [str(message) for (message,) in told]
    sentences += replaced_words(loader.con, contract, delivery_id, counted)
    sentences += part_words(loader.con, delivery_id)
    return "；".join(sentences)


def find_rival(loader: Loader, delivery: Delivery) -> tuple[str, str] | None:
    """Id and file name of the delivery that counts for the same source, week, scope and as-of; or None."""
    row: tuple[str, str] | None = loader.con.execute(
        "SELECT delivery_id, file_name FROM ledger.delivery WHERE source = ? AND week_id = ? AND scope = ? "
        "AND as_of = ? AND delivery_id <> ? AND status = 'current'",
        [delivery.source, delivery.week_id, delivery.scope, delivery.as_of, delivery.delivery_id],
    ).fetchone()
    return row


def name_of_twin(loader: Loader, recognised: Recognised, delivery: Delivery) -> str | None:
    """The name of the delivery of which this workbook is a copy that a spreadsheet saved: other bytes, same cells."""
    if not recognised.sheets:
        return None
    rival = find_rival(loader, delivery)
    if rival is None:
        return None
    rival_id, rival_name = rival
    stored = stored_original(loader.settings, recognised.contract.name, rival_id)
    if stored is None:
        return None
    try:
        with refuse_unforeseen(rival_name):
            original = recognise_again(stored, loader.settings, loader.calendar, loader.contracts, rival_name)
    except RefusedFileError:
        return None
    return rival_name if _tables(recognised) == _tables(original) else None


def _tables(recognised: Recognised) -> list[SheetCells]:
    """The sheets that hold the contract's table, their names and cells."""
    return [
        (sheet.name, list(sheet.rows))
        for sheet in recognised.sheets
        if find_header(sheet.rows, recognised.contract) is not None
    ]
