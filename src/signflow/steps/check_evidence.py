"""Evidence held against the documents that it speaks of: whether every batch proves what it is kept for."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from signflow.archive.evidence_leaves import Leaf
from signflow.errors import IntegrityError, NotFoundError, RefusedError, SignflowError
from signflow.signing.evidence.renewal import rehashed
from signflow.signing.evidence.tree import digest_bytes, group_digest
from signflow.signing.evidence.validate import worst_of
from signflow.signing.report import Indication
from signflow.steps.evidence_batches import Batch
from signflow.steps.ports import Ports


@dataclass(frozen=True, slots=True)
class EvidenceFault:
    """One thing that is not as it should be.

    Attributes:
        batch: In which batch.
        document: Of which document; empty where it is of the batch as a whole.
        error: What is wrong.
    """

    batch: int
    document: str
    error: SignflowError


@dataclass(frozen=True, slots=True)
class EvidenceCheck:
    """What was found.

    Attributes:
        batches: How many batches were looked at.
        documents: How many documents they have.
        faults: What is wrong.
    """

    batches: int
    documents: int
    faults: tuple[EvidenceFault, ...]


def check_evidence(ports: Ports, passing: Callable[[Sequence[int]], Iterable[int]] = iter) -> EvidenceCheck:
    """Look at every batch and every document in it.

    1. The timestamps hold now, over the roots of the trees. 2. Each leaf of the newest tree is made of the digests in the
    list, and for later trees of the record before. 3. The documents are what these digests say.

    Args:
        ports: What the step works with.
        passing: Hands on the batches one by one, and may tell how far it has come.
    """
    numbers = list(ports.archive.evidence.summaries())
    faults: list[EvidenceFault] = []
    documents = 0
    for number in passing(numbers):
        try:
            batch = Batch(ports.archive.evidence.batch(number))
            documents += len(batch.trees[-1])
            faults += _batch_faults(ports, batch)
        except (IntegrityError, NotFoundError, RefusedError) as error:
            faults.append(EvidenceFault(number, "", error))
    return EvidenceCheck(len(numbers), documents, tuple(faults))


def _batch_faults(ports: Ports, batch: Batch) -> Iterator[EvidenceFault]:
    indication, reason = worst_of(batch.validate(ports))  # 1
    if indication is not Indication.TOTAL_PASSED:
        error = IntegrityError("evidence-batch-not-valid", batch=batch.number, indication=indication, reason=reason)
        yield EvidenceFault(batch.number, "", error)
    for position, row in enumerate(batch.rows()):
        try:
            _verify_leaf(batch, row, position)  # 2
            _verify_document(ports, row[-1], batch.stem.newest.digest)  # 3
        except (IntegrityError, NotFoundError) as error:
            yield EvidenceFault(batch.number, row[0].document_id, error)


def _verify_leaf(batch: Batch, row: Sequence[Leaf], position: int) -> None:
    leaf, digest = row[-1], batch.stem.newest.digest
    if not leaf.files:
        return
    objects = [bytes.fromhex(one) for one in leaf.files.values()]
    before = batch.record(row[:-1], position).chains if len(row) > 1 else ()
    expected = group_digest(rehashed(objects, before, digest), digest)
    if not hmac.compare_digest(expected, batch.trees[-1].leaf(position)):
        raise IntegrityError("evidence-batch-damaged", batch=batch.number)


def _verify_document(ports: Ports, leaf: Leaf, digest: str) -> None:
    found = {
        name: digest_bytes(data, digest).hex()
        for name, data in (ports.archive.evidence.files(leaf.document_id, leaf.version) if leaf.files else ())
    }
    for name in sorted(found.keys() | leaf.files.keys()):
        if found.get(name) != leaf.files.get(name):
            raise IntegrityError("archive-file-altered", path=f"{leaf.document_id}/{name}")
