"""What an evidence record proves of data objects, to one who holds a certain trust.

The procedure (RFC 4998, sections 4.3 and 5.3), the steps numbered below:

1. The digest of each object stands in the first list of the first timestamp of the first chain.
2. In each chain, each timestamp is over the one before it, with the same digest.
3. In each later chain, the first list holds for each object the digest over its own digest and that of all chains
   before.
4. Each reduced hash tree leads to the imprint of its token.
5. Each token holds, and the digest of its tree, at the time that the next token states; the last one at the instant of
   validation. Times never go back.

Nothing is fetched, no clock is read: the same record, objects, instant and trust give the same report.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from signflow.signing.algorithms import AlgorithmPolicy
from signflow.signing.evidence.records import ArchiveTimestamp, EvidenceRecord
from signflow.signing.evidence.renewal import rehashed
from signflow.signing.evidence.tree import digest_bytes, root_of
from signflow.signing.report import Indication, TimestampReport
from signflow.signing.timestamps.verify import stated_time, validate_token
from signflow.signing.trust import Trust

NOT_IN_RECORD = "not-in-record"
"""Sub-indication that EN 319 102-1 has no name for: the record speaks of other bytes."""

_Verdict: TypeAlias = tuple[Indication, str | None]
_PASSED: _Verdict = (Indication.TOTAL_PASSED, None)
_HASH_FAILURE: _Verdict = (Indication.TOTAL_FAILED, "HASH_FAILURE")
_WORST_FIRST = (Indication.TOTAL_FAILED, Indication.INDETERMINATE, Indication.TOTAL_PASSED)
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class DataObject:
    """A file that a record is to speak of.

    Attributes:
        name: What the report calls it.
        digests: By each digest that the record uses.
    """

    name: str
    digests: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class ArchiveTimestampReport:
    """One archive timestamp of a record.

    Attributes:
        chain: The number of its chain, from 1.
        digest: What its tree is made with.
        control_at: The latest instant at which it is known to have existed.
        timestamp: The token; its indication covers the tree that leads to it.
    """

    chain: int
    digest: str
    control_at: dt.datetime
    timestamp: TimestampReport


@dataclass(frozen=True, slots=True)
class RecordReport:
    """What a record proves at an instant.

    Attributes:
        at: The instant of validation.
        indication: The worst of objects and timestamps.
        sub_indication: Of that worst one.
        proven_at: Since when the objects are proven to have existed as they are; None unless all is TOTAL-PASSED.
        objects: Each with whether the record speaks of it.
        others: How many further digests stand beside those of the objects: the rest of the group.
        timestamps: In order of time.
    """

    at: dt.datetime
    indication: Indication
    sub_indication: str | None
    proven_at: dt.datetime | None
    objects: tuple[tuple[str, bool], ...]
    others: int
    timestamps: tuple[ArchiveTimestampReport, ...]


def read_data_object(path: Path, digests: Iterable[str]) -> DataObject:
    """A file's digests, read once.

    Raises:
        OSError: It cannot be read.
    """
    running = {digest: hashlib.new(digest) for digest in digests}
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK_BYTES):
            for one in running.values():
                one.update(chunk)
    return DataObject(path.name, {digest: one.digest() for digest, one in running.items()})


def validate_record(
    record: EvidenceRecord,
    objects: Sequence[DataObject],
    trust: Trust,
    *,
    at: dt.datetime,
    algorithms: AlgorithmPolicy,
) -> RecordReport:
    """What the record proves of the objects at that instant; call it from a thread without a running event loop.

    Raises:
        ValueError: There is no object, or one lacks a digest that the record uses.
    """
    if not objects:
        raise ValueError(objects)
    leaves = [_expected(record, objects[0], number) for number in range(len(record.chains))]
    timestamps = _validate_timestamps(record, leaves, trust, at, algorithms)
    found = [_named_first(record, one, timestamps[0]) for one in objects]
    verdicts: list[_Verdict] = [] if all(found) else [(Indication.TOTAL_FAILED, NOT_IN_RECORD)]
    verdicts += [worst_of(timestamps)]
    verdicts += [_HASH_FAILURE for one in objects[1:] if not _in_later_chains(record, one)]
    indication, sub_indication = min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict[0]))
    first_list = record.chains[0][0].reduced[:1]
    return RecordReport(
        at,
        indication,
        sub_indication,
        timestamps[0].timestamp.at if indication is Indication.TOTAL_PASSED else None,
        tuple(zip((one.name for one in objects), found, strict=True)),
        max(0, sum(map(len, first_list)) - sum(found)),
        timestamps,
    )


def validate_stem(
    stem: EvidenceRecord, roots: Sequence[bytes], trust: Trust, *, at: dt.datetime, algorithms: AlgorithmPolicy
) -> tuple[ArchiveTimestampReport, ...]:
    """What each timestamp of a batch is worth at that instant, given the roots of its trees.

    It says nothing of documents: whether they are what the trees were made of is another question.

    Raises:
        ValueError: There are not as many roots as chains.
    """
    if len(roots) != len(stem.chains):
        raise ValueError(len(roots))
    return _validate_timestamps(stem, roots, trust, at, algorithms)


def worst_of(timestamps: Iterable[ArchiveTimestampReport]) -> tuple[Indication, str | None]:
    """Indication and sub-indication of the worst of them.

    Raises:
        ValueError: There is none.
    """
    verdicts = ((one.timestamp.indication, one.timestamp.sub_indication) for one in timestamps)
    return min(verdicts, key=lambda verdict: _WORST_FIRST.index(verdict[0]))


def _validate_timestamps(
    record: EvidenceRecord, leaves: Sequence[bytes], trust: Trust, at: dt.datetime, algorithms: AlgorithmPolicy
) -> tuple[ArchiveTimestampReport, ...]:
    """Steps 1 to 5; the leaves are what each chain's first timestamp must be over, or lead from."""
    stated = [stated_time(one.token) or at for chain in record.chains for one in chain]
    control = iter([*stated[1:], at])
    reports: list[ArchiveTimestampReport] = []
    for number, chain in enumerate(record.chains):
        digest = chain[0].digest
        for previous, one in zip((None, *chain), chain, strict=False):
            leaf = leaves[number] if previous is None else digest_bytes(previous.token, digest)
            control_at = next(control)
            token = _validate_link(one, leaf, digest, control_at, trust, algorithms)
            reports.append(ArchiveTimestampReport(number + 1, one.digest, control_at, token))
    return tuple(reports)


def _validate_link(  # noqa: PLR0913, PLR0917 -- what is judged, and by which light
    one: ArchiveTimestamp, leaf: bytes, digest: str, control_at: dt.datetime, trust: Trust, algorithms: AlgorithmPolicy
) -> TimestampReport:
    """One timestamp over a leaf, in a chain of that digest."""
    imprint = root_of(one.reduced, one.digest) if one.reduced else leaf  # 4
    token = validate_token(one.token, imprint, trust, at=control_at, digest=one.digest, algorithms=algorithms)  # 5
    verdict: _Verdict = (token.indication, token.sub_indication)
    if one.reduced and leaf not in one.reduced[0]:  # 1, 2, 3
        verdict = _HASH_FAILURE
    elif one.digest != digest:  # 2
        verdict = (Indication.TOTAL_FAILED, "FORMAT_FAILURE")
    elif token.indication is Indication.TOTAL_PASSED and not algorithms.holds(digest, 0, control_at):  # 5
        verdict = (Indication.INDETERMINATE, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
    return replace(token, indication=verdict[0], sub_indication=verdict[1])


def _named_first(record: EvidenceRecord, one: DataObject, first: ArchiveTimestampReport) -> bool:
    """Step 1; without a tree the token is over the one object itself."""
    reduced = record.chains[0][0].reduced
    if reduced:
        return _expected(record, one, 0) in reduced[0]
    return first.timestamp.sub_indication != _HASH_FAILURE[1]


def _in_later_chains(record: EvidenceRecord, one: DataObject) -> bool:
    """Step 3 for an object besides the first."""
    return all(
        _expected(record, one, number) in chain[0].reduced[0] if chain[0].reduced else False
        for number, chain in enumerate(record.chains)
    )


def _expected(record: EvidenceRecord, one: DataObject, number: int) -> bytes:
    """What stands for the object in the first list of that chain."""
    digest = record.chains[number][0].digest
    return rehashed((one.digests[digest],), record.chains[:number], digest)[0]
