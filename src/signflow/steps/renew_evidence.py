"""Evidence for what is archived: new documents come into a batch, and batches are renewed before their protection ends.

Nothing is claimed beside the archive itself: a batch appears whole, under the next number, or not at all, and a renewal is
the next version of one. What is interrupted before that has left nothing but a timestamp that nobody keeps; what is
interrupted after it is found there. So a run that is repeated does what the first did not get to, and nothing twice.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from signflow.archive.evidence_leaves import Leaf
from signflow.archive.package import SIGNED_PDF
from signflow.errors import IntegrityError, NotFoundError, RefusedError, SignflowError, UnavailableError
from signflow.signing.evidence.planner import Act, fittest_digest, outlook
from signflow.signing.evidence.records import EvidenceRecord
from signflow.signing.evidence.renewal import begin_stem, rehashed, renew_hash_tree, renew_timestamps
from signflow.signing.evidence.summary import build_summary, read_holding
from signflow.signing.evidence.tokens import TokenFacts, read_last_token_facts, read_token_facts, weakest
from signflow.signing.evidence.tree import HashTree, digest_bytes, group_digest
from signflow.signing.evidence.validate import worst_of
from signflow.signing.report import Indication
from signflow.steps.evidence_batches import Batch, store_batch, timestamps_part, tree_parts, write_tree
from signflow.steps.evidence_status import read_plan
from signflow.steps.ports import Ports

LARGEST_BATCH = 1 << 20
"""How many documents one batch may have: its tree takes about 70 MB while it is worked on."""

_log = structlog.get_logger()


@dataclass(slots=True)
class EvidenceRun:
    """What a run came to.

    Attributes:
        covered: How many documents came into a new batch.
        renewed: Batches whose timestamp was renewed.
        remade: Batches whose tree was made anew.
        faults: What went wrong, each with what it went wrong with.
    """

    covered: int = 0
    renewed: list[int] = field(default_factory=list[int])
    remade: list[int] = field(default_factory=list[int])
    faults: list[tuple[str, SignflowError]] = field(default_factory=list[tuple[str, SignflowError]])

    def attempt(self, what: str, act: Callable[[], None]) -> None:
        """Do something; what goes wrong is noted and does not keep the rest from being done."""
        try:
            act()
        except SignflowError as error:
            _log.warning("evidence", of=what, error=str(error))
            self.faults.append((what, error))


def renew_evidence(ports: Ports) -> EvidenceRun:
    """Do all that is called for now.

    1. What a crash left stored is indexed. 2. New documents come into a batch, and those whose batch has lapsed. 3. Batches
    that are due get a new timestamp, all of one digest from one token. 4. Trees whose digest ends are made anew. What
    goes wrong with one batch or document does not keep the others waiting.

    Raises:
        UnavailableError: The disk or the index does not answer now.
    """
    run = EvidenceRun()
    ports.archive.evidence.catch_up()  # 1
    run.attempt("new", lambda: _cover(ports, run))  # 2
    due = read_plan(ports.archive, ports.renewal, ports.clock())
    by_digest: defaultdict[str, list[int]] = defaultdict(list)
    for one in due.calling_for(Act.TIMESTAMP):
        by_digest[one.holding.digest].append(one.holding.number)
    for digest, numbers in by_digest.items():
        run.attempt(digest, lambda numbers=numbers: _renew_timestamps(ports, numbers, run))  # 3
    for one in due.calling_for(Act.HASH_TREE):
        number = one.holding.number
        run.attempt(f"batch {number}", lambda number=number: _remake(ports, number, run))  # 4
    return run


def keep_evidence(ports: Ports) -> None:
    """As `renew_evidence`, for work that waits until all of it could be done.

    Raises:
        SignflowError: The first of what went wrong, after everything else was done.
    """
    run = renew_evidence(ports)
    if run.faults:
        raise run.faults[0][1]


def _cover(ports: Ports, run: EvidenceRun) -> None:
    shelf = ports.archive.evidence
    digest = fittest_digest(ports.renewal, ports.clock())
    found = read_plan(ports.archive, ports.renewal, ports.clock())
    lapsed = {one.holding.number for one in found.calling_for(Act.LAPSED)}
    tried: set[tuple[str, int]] = set()
    while documents := [one for one in shelf.uncovered(lapsed, LARGEST_BATCH) if one not in tried]:
        tried.update(documents)
        with tempfile.TemporaryDirectory() as work:
            own: list[TokenFacts | None] = []
            nodes = write_tree(Path(work), 1, _new_leaves(ports, documents, digest, own, run))
            if not own:
                continue
            stem = begin_stem(HashTree(nodes, digest).root, digest, ports.tsa.ready(ports.clock()))
            number = max(shelf.summaries(), default=0) + 1
            alone = weakest(one for one in own if one) if all(own) else None
            summary = build_summary(number, len(own), 0, stem, alone)
            store_batch(ports, number, None, {**timestamps_part(stem), **tree_parts(Path(work), 1)}, summary)
        run.covered += len(own)


def _new_leaves(
    ports: Ports,
    documents: Sequence[tuple[str, int]],
    digest: str,
    own: list[TokenFacts | None],
    run: EvidenceRun,
) -> Iterator[tuple[Leaf, bytes]]:
    """The leaves of documents that can be read; what each one's own last timestamp rests on is added to `own`."""
    for document_id, version in documents:
        try:
            files: dict[str, str] = {}
            facts: TokenFacts | None = None
            for name, data in ports.archive.evidence.files(document_id, version):
                files[name] = digest_bytes(data, digest).hex()
                if name == SIGNED_PDF:
                    facts = _own_facts(data)
        except (IntegrityError, NotFoundError) as error:
            run.faults.append((document_id, error))
            continue
        own.append(facts)
        yield Leaf(document_id, version, files), group_digest(map(bytes.fromhex, files.values()), digest)


def _own_facts(pdf: bytes) -> TokenFacts | None:
    try:
        return read_last_token_facts(pdf)
    except (RefusedError, IntegrityError):
        return None  # that its own timestamp cannot be read makes evidence beside it no less worth


def _renew_timestamps(ports: Ports, numbers: Sequence[int], run: EvidenceRun) -> None:
    batches: list[Batch] = []
    for number in numbers:
        run.attempt(f"batch {number}", lambda number=number: batches.extend(_due(ports, number, Act.TIMESTAMP)))
    if not batches:
        return
    stems = renew_timestamps([batch.stem for batch in batches], ports.tsa.ready(ports.clock()))
    for batch, stem in zip(batches, stems, strict=True):
        run.attempt(f"batch {batch.number}", lambda batch=batch, stem=stem: _store_renewed(ports, batch, stem, run))


def _store_renewed(ports: Ports, batch: Batch, stem: EvidenceRecord, run: EvidenceRun) -> None:
    _require_gain(ports, batch, stem)
    before = batch.stored.summary
    alone = read_holding(before).alone
    summary = build_summary(batch.number, int(before["documents"]), int(before["left_out"]), stem, alone)
    store_batch(ports, batch.number, batch, timestamps_part(stem), summary)
    run.renewed.append(batch.number)


def _remake(ports: Ports, number: int, run: EvidenceRun) -> None:
    """Source: RFC 4998, section 5.2, hash-tree renewal."""
    for batch in _due(ports, number, Act.HASH_TREE):
        _store_remade(ports, batch, run)


def _store_remade(ports: Ports, batch: Batch, run: EvidenceRun) -> None:
    digest = fittest_digest(ports.renewal, ports.clock())
    chain = batch.stored.trees + 1
    with tempfile.TemporaryDirectory() as work:
        kept: list[bool] = []
        nodes = write_tree(Path(work), chain, _remade_leaves(ports, batch, digest, kept, run))
        stem = renew_hash_tree(batch.stem, HashTree(nodes, digest).root, digest, ports.tsa.ready(ports.clock()))
        _require_gain(ports, batch, stem)
        alone = read_holding(batch.stored.summary).alone
        summary = build_summary(batch.number, sum(kept), len(kept) - sum(kept), stem, alone)
        store_batch(ports, batch.number, batch, {**timestamps_part(stem), **tree_parts(Path(work), chain)}, summary)
    run.remade.append(batch.number)


def _remade_leaves(
    ports: Ports, batch: Batch, digest: str, kept: list[bool], run: EvidenceRun
) -> Iterator[tuple[Leaf, bytes]]:
    """Each document read again; one that is not what it was is left out, and said to be."""
    for position, row in enumerate(batch.rows()):
        old = row[-1]
        try:
            files = _redigested(ports, old, batch.stem.newest.digest, digest)
        except (IntegrityError, NotFoundError) as error:
            run.faults.append((old.document_id, error))
            files = {}
        kept.append(bool(files))
        before = batch.record(row, position).chains
        objects = rehashed([bytes.fromhex(one) for one in files.values()], before, digest)
        node = group_digest(objects, digest) if objects else digest_bytes(b"", digest)
        yield Leaf(old.document_id, old.version, files), node


def _redigested(ports: Ports, old: Leaf, old_digest: str, digest: str) -> Mapping[str, str]:
    """The digests of the leaf's files by the new digest, once they have been found to be what they were by the old one."""
    files: dict[str, str] = {}
    if not old.files:
        return files
    for name, data in ports.archive.evidence.files(old.document_id, old.version):
        if digest_bytes(data, old_digest).hex() != old.files.get(name):
            raise IntegrityError("archive-file-altered", path=f"{old.document_id}/{name}")
        files[name] = digest_bytes(data, digest).hex()
    return files


def _due(ports: Ports, number: int, act: Act) -> Iterator[Batch]:
    """The batch, if what is stored of it calls for that.

    Raises:
        IntegrityError: Its timestamps do not hold, or it is not what was stored.
    """
    batch = Batch(ports.archive.evidence.batch(number))
    if outlook(read_holding(batch.stored.summary), ports.renewal, ports.clock()).act is not act:
        ports.archive.evidence.reindex(batch.stored)  # a crash came between storing it and indexing that
        return
    indication, reason = worst_of(batch.validate(ports))
    if indication is not Indication.TOTAL_PASSED:
        raise IntegrityError("evidence-batch-not-valid", batch=number, indication=indication, reason=reason)
    yield batch


def _require_gain(ports: Ports, batch: Batch, stem: EvidenceRecord) -> None:
    """A renewal by a token that ends no later than what it renews would be done again every day, for nothing."""
    before = read_holding(batch.stored.summary)
    newest = replace(before, digest=stem.newest.digest, newest=read_token_facts(stem.newest.token))
    ends, would_end = (outlook(one, ports.renewal, ports.clock()).end for one in (before, newest))
    if would_end.at <= ends.at:
        until = ends.at.date()
        raise UnavailableError("evidence-renewal-no-gain", batch=batch.number, until=until, what=would_end.what)
