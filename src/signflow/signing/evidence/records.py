"""Evidence records as values, read from DER and written to it.

Records are written byte by byte here: renewing a tree of a million leaves writes as many sequences of archive
timestamps, and a timestamp token must stay exactly the bytes that were hashed. They are read with asn1crypto, bounded.

Source: RFC 4998, sections 3.1, 4.1, 5.1 and appendix B (ASN.1 module of 1988, implicit tags).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from asn1crypto import algos, core

from signflow.errors import RefusedError
from signflow.signing.der import OCTET_STRING, SEQUENCE, context, integer, tlv
from signflow.signing.evidence.tree import ReducedTree
from signflow.signing.kept import KeptToken
from signflow.signing.timestamps.tsa import DIGESTS

RECORD_LIMIT_BYTES = 50_000_000
_CHAINS_LIMIT = 100
_TIMESTAMPS_LIMIT = 1_000
_LISTS_LIMIT = 64
_GROUP_LIMIT = 100_000

_DIGEST_ALGORITHM = 0
_REDUCED_TREE = 2


@dataclass(frozen=True, slots=True)
class ArchiveTimestamp:
    """One timestamp with the path that leads to it.

    Attributes:
        digest: Name of the digest that the tree is made with.
        reduced: The reduced hash tree; empty where the timestamp is over the hash itself.
        token: The timestamp token, DER.
    """

    digest: str
    reduced: ReducedTree
    token: bytes


Chain = tuple[ArchiveTimestamp, ...]
"""Timestamps of one tree, each but the first over the one before it."""


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """Evidence that data objects existed.

    Attributes:
        chains: In order of time; each but the first is over the data objects and the chains before it.
    """

    chains: tuple[Chain, ...]

    @property
    def digests(self) -> tuple[str, ...]:
        """The digest of each chain, in order."""
        return tuple(chain[0].digest for chain in self.chains)

    @property
    def newest(self) -> ArchiveTimestamp:
        """The timestamp that holds the rest up."""
        return self.chains[-1][-1]

    def to_der(self) -> bytes:
        """The record as a file. Source: RFC 4998, section 3.1."""
        algorithms = tlv(SEQUENCE, *(tlv(SEQUENCE, _identifier(one)) for one in dict.fromkeys(self.digests)))
        return tlv(SEQUENCE, integer(1), algorithms, encode_chains(self.chains))


def encode_chains(chains: Sequence[Chain]) -> bytes:
    """An ArchiveTimeStampSequence, DER: what a hash-tree renewal hashes. Source: RFC 4998, sections 5.1 and 5.2."""
    return tlv(SEQUENCE, *(tlv(SEQUENCE, *map(_timestamp, chain)) for chain in chains))


def read_record(der: bytes) -> EvidenceRecord:
    """The record in a file.

    Raises:
        RefusedError: `evidence-unreadable`: it is no evidence record, is encrypted or too large, or uses a digest that
            was never fit for it.
    """
    if len(der) > RECORD_LIMIT_BYTES:
        raise RefusedError("evidence-unreadable", reason="too-large")
    try:
        record: Any = _Record.load(der, strict=True)
        if record["version"].native != 1 or record["encryptionInfo"].native is not None:
            raise RefusedError("evidence-unreadable", reason="version-or-encryption")
        chains = tuple(_read_chain(chain) for chain in _bounded(record["archiveTimeStampSequence"], _CHAINS_LIMIT))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise RefusedError("evidence-unreadable", reason=type(error).__name__) from error
    if not chains or not all(chains):
        raise RefusedError("evidence-unreadable", reason="empty")
    return EvidenceRecord(chains)


class _ReducedTree(core.SequenceOf):
    class _List(core.SequenceOf):
        _child_spec = core.OctetString

    _child_spec = _List


class _ArchiveTimestamp(core.Sequence):
    _fields = [  # noqa: RUF012 -- asn1crypto reads it from the class
        ("digestAlgorithm", algos.DigestAlgorithm, {"implicit": 0, "optional": True}),
        ("attributes", core.SetOf, {"implicit": 1, "optional": True, "spec": core.Any}),
        ("reducedHashtree", _ReducedTree, {"implicit": 2, "optional": True}),
        ("timeStamp", KeptToken),
    ]


class _Chain(core.SequenceOf):
    _child_spec = _ArchiveTimestamp


class _Chains(core.SequenceOf):
    _child_spec = _Chain


class _Algorithms(core.SequenceOf):
    _child_spec = algos.DigestAlgorithm


class _Record(core.Sequence):
    _fields = [  # noqa: RUF012 -- asn1crypto reads it from the class
        ("version", core.Integer),
        ("digestAlgorithms", _Algorithms),
        ("cryptoInfos", core.SequenceOf, {"implicit": 0, "optional": True, "spec": core.Any}),
        ("encryptionInfo", core.Sequence, {"implicit": 1, "optional": True}),
        ("archiveTimeStampSequence", _Chains),
    ]


def _read_chain(chain: Any) -> Chain:
    return tuple(_read_timestamp(one) for one in _bounded(chain, _TIMESTAMPS_LIMIT))


def _read_timestamp(value: Any) -> ArchiveTimestamp:
    token = value["timeStamp"]
    named = value["digestAlgorithm"]
    if named.native is None:
        info = token["content"]["encap_content_info"]["content"].parsed
        named = info["message_imprint"]["hash_algorithm"]
    digest: str = named["algorithm"].native
    if digest not in DIGESTS:
        raise RefusedError("evidence-unreadable", reason=f"digest {digest}"[:100])
    lists = value["reducedHashtree"]
    reduced = () if isinstance(lists, core.Void) else tuple(map(_read_list, _bounded(lists, _LISTS_LIMIT)))
    return ArchiveTimestamp(digest, reduced, token.dump())


def _read_list(value: Any) -> tuple[bytes, ...]:
    return tuple(bytes(one.native) for one in _bounded(value, _GROUP_LIMIT))


def _bounded(values: Any, limit: int) -> Any:
    if len(values) > limit:
        raise RefusedError("evidence-unreadable", reason="too-many")
    return values


def _timestamp(one: ArchiveTimestamp) -> bytes:
    lists = (tlv(SEQUENCE, *(tlv(OCTET_STRING, value) for value in row)) for row in one.reduced)
    reduced = context(_REDUCED_TREE, *lists) if one.reduced else b""
    return tlv(SEQUENCE, context(_DIGEST_ALGORITHM, _identifier(one.digest)), reduced, one.token)


@cache
def _identifier(digest: str) -> bytes:
    # without parameters: RFC 5754, section 2
    return algos.DigestAlgorithmId(digest).dump()
