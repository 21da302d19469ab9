"""What the audit log's head was on a day: a statement, and a timestamp over it.

The statement is canonical JSON that names the day, the last entry's number and digest, and the digest of the anchor
before, token included. So each token also proves that all earlier anchors existed when it was made.

What is written is checked by others with `openssl ts -verify -data <statement> -in <token> -token_in`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from signflow.signing.report import Indication, TimestampReport
from signflow.signing.timestamps.tsa import ReadyTsa
from signflow.signing.timestamps.verify import build_lasting, validate_token
from signflow.signing.trust import Trust

_DIGEST = "sha256"
_HEX = re.compile("[0-9a-f]{64}")
_LARGEST_BYTES = 1000
_LARGEST_SEQ = 2**63 - 1
NOTHING_BEFORE = "0" * 64


@dataclass(frozen=True, slots=True)
class HeadStatement:
    """What is stamped.

    Attributes:
        day: Whose anchor it is.
        seq: The number of the last entry.
        digest: Its digest.
        before: SHA-256 over statement and token of the anchor before; 64 zeros in the first.
    """

    day: dt.date
    seq: int
    digest: str
    before: str

    def to_bytes(self) -> bytes:
        """As it is stamped and kept."""
        return json.dumps({**asdict(self), "day": str(self.day)}, sort_keys=True, separators=(",", ":")).encode()


def read_statement(data: bytes) -> HeadStatement | None:
    """The statement; None for anything that is not, to the byte, what `to_bytes` writes."""
    if len(data) > _LARGEST_BYTES:
        return None
    try:
        match json.loads(data):
            case {"day": str(day), "seq": int(seq), "digest": str(digest), "before": str(before)}:
                statement = HeadStatement(dt.date.fromisoformat(day), seq, digest, before)
            case _:
                return None
    except (ValueError, RecursionError):
        return None
    well_formed = 0 < seq <= _LARGEST_SEQ and _HEX.fullmatch(digest) and _HEX.fullmatch(before)
    return statement if well_formed and statement.to_bytes() == data else None


def anchor_digest(statement: bytes, token: bytes) -> str:
    """By which the next anchor names this one."""
    return hashlib.sha256(hashlib.sha256(statement).digest() + hashlib.sha256(token).digest()).hexdigest()


def stamp_statement(statement: bytes, tsa: ReadyTsa) -> bytes:
    """The token over the statement, with what is needed to judge it later.

    Raises:
        UnavailableError: The authority does not answer any more.
    """
    return build_lasting(tsa.stamp(hashlib.sha256(statement).digest(), _DIGEST).token, tsa)


def validate_anchors(anchors: Sequence[tuple[bytes, bytes]], trust: Trust, *, at: dt.datetime) -> list[TimestampReport]:
    """What each (statement, token) proves at that instant, oldest first as given.

    1. The newest must hold at the instant of validation.
    2. An older one must hold at the time that the next newer one states, if that one holds and names it; else at the
       instant of validation.

    Source: ETSI EN 319 102-1, 5.6.2.3, proof of existence.
    """
    reports = list[TimestampReport]()
    known_at, newer = at, None
    for statement, token in reversed(anchors):
        if newer is None or newer.before != anchor_digest(statement, token):
            known_at = at
        imprint = hashlib.sha256(statement).digest()
        report = validate_token(token, imprint, trust, at=known_at, digest=_DIGEST)
        reports.append(report)
        newer = read_statement(statement) if report.indication is Indication.TOTAL_PASSED else None
        known_at = report.at
    return reports[::-1]
