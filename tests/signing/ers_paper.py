"""Documents of made-up bytes, their batch, and the records cut out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from evidence_house import BEGIN, OutsideTsa, ending, years
from signflow.signing.algorithms import AlgorithmPolicy
from signflow.signing.evidence.records import EvidenceRecord
from signflow.signing.evidence.renewal import Place, begin_stem, cut_record, rehashed, renew_hash_tree, renew_timestamps
from signflow.signing.evidence.tree import HashTree, digest_bytes, group_digest
from signflow.signing.evidence.validate import DataObject, RecordReport, validate_record
from signflow.signing.trust import Trust

DIGESTS = ("sha256", "sha384", "sha512")


def made_up(documents: int, objects: int = 3) -> list[list[bytes]]:
    return [[f"{number}/{one}".encode() * 7 for one in range(objects)] for number in range(documents)]


@dataclass
class Batch:
    """A batch whose timestamps are made by the test."""

    documents: list[list[bytes]]
    tsa: OutsideTsa = field(default_factory=lambda: OutsideTsa(BEGIN))
    digest: str = "sha256"
    stem: EvidenceRecord = field(init=False)
    trees: list[HashTree] = field(init=False)

    def __post_init__(self) -> None:
        self.authorities = [self.tsa]
        leaves = (
            group_digest(self._objects(number, self.digest), self.digest) for number in range(len(self.documents))
        )
        self.trees = [HashTree(b"".join(leaves), self.digest)]
        self.stem = begin_stem(self.trees[0].root, self.digest, self.tsa.ready(BEGIN))

    def renew(self, at: dt.datetime, others: Sequence[EvidenceRecord] = ()) -> None:
        self._use(at)
        self.stem = renew_timestamps([self.stem, *others], self.tsa.ready(at))[0]

    def remake(self, at: dt.datetime, digest: str) -> None:
        self._use(at)
        leaves = (
            group_digest(rehashed(self._objects(number, digest), self.record(number).chains, digest), digest)
            for number in range(len(self.documents))
        )
        tree = HashTree(b"".join(leaves), digest)
        self.stem = renew_hash_tree(self.stem, tree.root, digest, self.tsa.ready(at))
        self.trees.append(tree)

    def record(self, number: int) -> EvidenceRecord:
        places = [Place(self._objects(number, tree.digest), tree.path(number)) for tree in self.trees]
        return cut_record(self.stem, places)

    def judge(
        self,
        record: EvidenceRecord,
        objects: Sequence[bytes],
        at: dt.datetime,
        algorithms: AlgorithmPolicy | None = None,
    ) -> RecordReport:
        return validate_record(record, data_objects(objects), self.trust, at=at, algorithms=algorithms or ending())

    @property
    def trust(self) -> Trust:
        return Trust(roots=(), tsa_roots=tuple(one.root_pem for one in self.authorities))

    def _objects(self, number: int, digest: str) -> tuple[bytes, ...]:
        return tuple(digest_bytes(one, digest) for one in self.documents[number])

    def _use(self, at: dt.datetime) -> None:
        if at > self.tsa.begins_at + years(5):
            self.tsa = OutsideTsa(at)
            self.authorities.append(self.tsa)


def data_objects(objects: Sequence[bytes]) -> list[DataObject]:
    return [
        DataObject(str(number), {digest: digest_bytes(one, digest) for digest in DIGESTS})
        for number, one in enumerate(objects)
    ]


def lived(documents: int = 7, objects: int = 3) -> Batch:
    """A batch with everything in it: renewed together with another, made anew, renewed again."""
    batch = Batch(made_up(documents, objects))
    other = Batch(made_up(3, 2))
    batch.renew(BEGIN + years(4), [other.stem])
    batch.renew(BEGIN + years(9))
    batch.remake(BEGIN + years(15), "sha512")
    batch.renew(BEGIN + years(20))
    return batch
