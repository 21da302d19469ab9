"""The audit log's head is stamped, once a day: what lies before it cannot be rewritten without that being seen."""

from __future__ import annotations

import datetime as dt

from signflow.signing.evidence.anchor import (
    NOTHING_BEFORE,
    HeadStatement,
    anchor_digest,
    read_statement,
    stamp_statement,
)
from signflow.steps.ports import Ports
from signflow.store.anchors import Anchor, Head


def anchor_audit(ports: Ports, day: dt.date) -> None:
    """Stamp the head of that day, unless nothing was logged since the last anchor.

    1. What is to be stamped is fixed; an anchor that was begun before comes first. 2. It is stamped, written into the
    folder, and recorded. Run twice it is done once.

    Raises:
        UnavailableError: The time-stamping authority or the disk does not answer now.
    """

    def build(head: Head, last: Anchor | None) -> bytes | None:
        stamped = read_statement(last.statement) if last else None
        if head.seq == (stamped.seq if stamped else 0):
            return None
        before = anchor_digest(last.statement, last.token) if last else NOTHING_BEFORE
        return HeadStatement(day, head.seq, head.digest, before).to_bytes()

    def stamp(statement: bytes) -> bytes:
        return stamp_statement(statement, ports.tsa.ready(ports.clock()))

    while (begun := ports.anchors.intend(day, build)) is not None:  # 1
        ports.anchors.finish(begun, stamp)  # 2
