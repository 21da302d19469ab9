"""Evidence of a whole batch: begun with one timestamp, renewed, and cut into a record for each of its documents.

A batch keeps the *stem*: an evidence record over the root of its tree, which is every document's record but for the
reduced hash tree at the beginning of each chain. Renewing the stem renews all records.

Source: RFC 4998, sections 4.2 (generation) and 5.2 (renewal).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from signflow.signing.evidence.records import ArchiveTimestamp, Chain, EvidenceRecord, encode_chains
from signflow.signing.evidence.tree import HashTree, Path, digest_bytes, reduce_tree
from signflow.signing.timestamps.tsa import ReadyTsa
from signflow.signing.timestamps.verify import build_lasting


@dataclass(frozen=True, slots=True)
class Place:
    """Where one document stands in the tree of one chain.

    Attributes:
        objects: Digests of its data objects, by the chain's digest.
        path: From its leaf to the root.
    """

    objects: tuple[bytes, ...]
    path: Path


def begin_stem(root: bytes, digest: str, tsa: ReadyTsa) -> EvidenceRecord:
    """The stem of a new batch: one timestamp over the root of its tree.

    Raises:
        UnavailableError: The authority does not answer, or not as it must.
    """
    return EvidenceRecord(((_stamped(root, digest, tsa),),))


def renew_timestamps(stems: Sequence[EvidenceRecord], tsa: ReadyTsa) -> tuple[EvidenceRecord, ...]:
    """The stems with one timestamp more each, all from one token: what was over the last one's certificate lasts on.

    No document is read. All stems must be of one digest, which a timestamp renewal does not change.

    Raises:
        UnavailableError: The authority does not answer, or not as it must.
    """
    (digest,) = {stem.newest.digest for stem in stems}
    previous = [digest_bytes(stem.newest.token, digest) for stem in stems]
    tree = HashTree(b"".join(previous), digest)
    stamped = _stamped(tree.root, digest, tsa)
    renewed: list[EvidenceRecord] = []
    for position, (stem, leaf) in enumerate(zip(stems, previous, strict=True)):
        link = replace(stamped, reduced=reduce_tree((leaf,), tree.path(position)))
        renewed.append(EvidenceRecord((*stem.chains[:-1], (*stem.chains[-1], link))))
    return tuple(renewed)


def renew_hash_tree(stem: EvidenceRecord, root: bytes, digest: str, tsa: ReadyTsa) -> EvidenceRecord:
    """The stem with a new chain: one timestamp over the root of a tree whose leaves are `rehashed` with that digest.

    Raises:
        UnavailableError: The authority does not answer, or not as it must.
    """
    return EvidenceRecord((*stem.chains, (_stamped(root, digest, tsa),)))


def rehashed(objects: Sequence[bytes], before: Sequence[Chain], digest: str) -> tuple[bytes, ...]:
    """What stands for a document's data objects in the tree of a later chain.

    Args:
        objects: Their digests by the new digest.
        before: All earlier chains of the document's own record; none for the first.
        digest: The new one.

    Source: RFC 4998, section 5.2, hash-tree renewal, steps 3 and 4.
    """
    if not before:
        return tuple(objects)
    earlier = digest_bytes(encode_chains(before), digest)
    return tuple(digest_bytes(one + earlier, digest) for one in objects)


def cut_record(stem: EvidenceRecord, places: Sequence[Place]) -> EvidenceRecord:
    """The record of one document, from the stem and the document's place in the tree of each of the first chains."""
    chains: list[Chain] = []
    for (first, *rest), place in zip(stem.chains, places, strict=False):
        group = rehashed(place.objects, chains, first.digest)
        chains.append((replace(first, reduced=reduce_tree(group, place.path)), *rest))
    return EvidenceRecord(tuple(chains))


def _stamped(imprint: bytes, digest: str, tsa: ReadyTsa) -> ArchiveTimestamp:
    return ArchiveTimestamp(digest, (), build_lasting(tsa.stamp(imprint, digest).token, tsa))
