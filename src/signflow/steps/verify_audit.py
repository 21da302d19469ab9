"""The audit log held against its own chain and against its anchors: whether it is whole, and what is wrong where.

1. Every entry is recomputed, and bound to the one before; the head is the last.
2. Every anchor is in the database and in the folder, the same in both, and names the one before.
3. The entry that an anchor speaks of is there, with the digest that was stamped.
4. Every anchor's timestamp holds.

What is sound is everything up to the last anchor that says something of this log and has no fault of the chain before
it: that much existed, as it is, when the anchor was stamped. Entries after the last anchor are bound by the chain alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from signflow.signing.evidence.anchor import (
    NOTHING_BEFORE,
    HeadStatement,
    anchor_digest,
    read_statement,
    validate_anchors,
)
from signflow.signing.report import Indication, TimestampReport
from signflow.signing.trust import Trust
from signflow.store.anchors import Anchor, Anchors, KeptLog


class AnchorFault(StrEnum):
    """What is wrong with an anchor."""

    NOT_IN_DATABASE = "anchor-not-in-database"
    NOT_IN_FOLDER = "anchor-not-in-folder"
    DIFFERS = "anchor-differs"  # database and folder disagree
    DAMAGED = "anchor-damaged"  # it is not a statement as signflow writes it
    UNLINKED = "anchor-unlinked"  # it does not follow the one before: one was removed or put in between
    OTHER_LOG = "anchor-other-log"  # the entry that it speaks of is not there, or is another
    BROKEN = "anchor-broken"  # its timestamp is over something else, or was altered
    NOT_PROVEN = "anchor-not-proven"  # its timestamp cannot be judged: by whom, when, or with what it was made


_SAYS_NOTHING = frozenset({AnchorFault.DAMAGED, AnchorFault.OTHER_LOG, AnchorFault.BROKEN, AnchorFault.NOT_PROVEN})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        code: A `ChainFault` or an `AnchorFault`.
        seq: At which entry; 0 where that cannot be told.
        day: Of which anchor; None for the chain.
        reason: Why a timestamp does not hold, as a validation says it; empty for other faults.
    """

    code: str
    seq: int
    day: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """How much is proven.

    Attributes:
        seq: All entries up to this one.
        day: By the anchor of that day.
        at: That long they have existed as they are.
        authority: Who says so.
        local: Nobody outside vouches for the time.
    """

    seq: int
    day: dt.date
    at: dt.datetime
    authority: str
    local: bool


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What is known of the log.

    Attributes:
        at: The instant of validation.
        indication: TOTAL-FAILED if something was altered, INDETERMINATE if only timestamps cannot be judged.
        entries: How many there are.
        anchors: How many there are.
        sound: None while nothing is proven.
        faults: In the order of the entries.
    """

    at: dt.datetime
    indication: Indication
    entries: int
    anchors: int
    sound: Sound | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    """An anchor with what is known of it."""

    day: dt.date
    anchor: Anchor
    statement: HeadStatement | None
    time: TimestampReport


def verify_audit(anchors: Anchors, trust: Trust, *, at: dt.datetime) -> AuditReport:
    """Hold the log against its anchors. The log may be in use meanwhile; nothing is written."""
    kept = anchors.read(_seq_of)
    judged = _judge(kept, trust, at)
    wrong = [*(Fault(str(link.fault), link.seq) for link in kept.faults), *_anchor_faults(kept, judged)]
    altered = any(fault.code != AnchorFault.NOT_PROVEN for fault in wrong)
    indication = Indication.TOTAL_FAILED if altered else Indication.INDETERMINATE
    return AuditReport(
        at=at,
        indication=indication if wrong else Indication.TOTAL_PASSED,
        entries=kept.entries,
        anchors=len(judged),
        sound=_sound(judged, wrong),
        faults=tuple(sorted(wrong, key=lambda fault: (fault.seq, fault.day or dt.date.min))),
    )


def _seq_of(statement: bytes) -> int:
    read = read_statement(statement)
    return read.seq if read else 0


def _judge(kept: KeptLog, trust: Trust, at: dt.datetime) -> list[_Judged]:
    """All finished anchors, the folder's where there is one: whoever writes to the database need not reach it."""
    finished = {day: anchor for day, anchor in kept.rows.items() if anchor.token} | {
        day: anchor for day, anchor in kept.files.items() if anchor.token or day not in kept.rows
    }
    days = sorted(finished)
    times = validate_anchors([(finished[day].statement, finished[day].token) for day in days], trust, at=at)
    return [
        _Judged(day, finished[day], read_statement(finished[day].statement), time)
        for day, time in zip(days, times, strict=True)
    ]


def _anchor_faults(kept: KeptLog, judged: Sequence[_Judged]) -> Iterator[Fault]:
    before = NOTHING_BEFORE
    last_seq = 0
    for one in judged:
        day, statement = one.day, one.statement
        seq = statement.seq if statement else 0
        row, file = kept.rows.get(day), kept.files.get(day)
        if row is None or (not row.token and one is not judged[-1]):  # only the last can be unfinished
            yield Fault(AnchorFault.NOT_IN_DATABASE, seq, day)
        elif file is None or not (file.statement and file.token):
            yield Fault(AnchorFault.NOT_IN_FOLDER, seq, day)
        elif row.statement != file.statement or (row.token and row.token != file.token):
            yield Fault(AnchorFault.DIFFERS, seq, day)
        if statement is None or statement.day != day:
            yield Fault(AnchorFault.DAMAGED, seq, day)
        else:
            if statement.before != before or statement.seq <= last_seq:
                yield Fault(AnchorFault.UNLINKED, seq, day)
            if kept.digests.get(seq) != statement.digest:
                yield Fault(AnchorFault.OTHER_LOG, seq, day)
        if one.time.indication is not Indication.TOTAL_PASSED:
            failed = one.time.indication is Indication.TOTAL_FAILED
            code = AnchorFault.BROKEN if failed else AnchorFault.NOT_PROVEN
            yield Fault(code, seq, day, one.time.sub_indication or "")
        before = anchor_digest(one.anchor.statement, one.anchor.token)
        last_seq = max(last_seq, seq)


def _sound(judged: Sequence[_Judged], wrong: Sequence[Fault]) -> Sound | None:
    """By the latest anchor that says something of this log, and has no fault of the chain before it."""
    unsound = {fault.day for fault in wrong if fault.code in _SAYS_NOTHING}
    broken_at = min((fault.seq for fault in wrong if fault.day is None), default=None)
    for one in reversed(judged):
        if one.statement is None or one.day in unsound:
            continue
        if broken_at is None or one.statement.seq < broken_at:
            return Sound(one.statement.seq, one.day, one.time.at, one.time.authority, one.time.local)
    return None
