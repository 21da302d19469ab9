"""Which protection ends when, and what is to be done about it in time. Pure: facts and a date in, a plan out.

A batch is held up by its newest timestamp. That ends with the first certificate on its way to the root or the first
algorithm it is signed with: a *timestamp renewal* in time carries it on without reading a document. The tree beneath
ends with its digest: then the documents are read and a new tree is made, a *hash-tree renewal*. What has ended before it
was renewed is *lapsed*: no renewal mends it, and its documents begin anew in another batch.

Source: RFC 4998, sections 5.1 and 5.2; ETSI TS 119 511, 6.2 (augmentation in time).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from signflow.errors import UnavailableError
from signflow.signing.algorithms import AlgorithmPolicy
from signflow.signing.evidence.tokens import TokenFacts
from signflow.signing.timestamps.tsa import DIGESTS


class Act(StrEnum):
    """What a batch calls for."""

    NONE = "none"
    TIMESTAMP = "timestamp-renewal"
    HASH_TREE = "hash-tree-renewal"
    LAPSED = "lapsed"


class Because(StrEnum):
    """What ends first."""

    CERTIFICATE = "certificate"
    SIGNATURE_ALGORITHM = "signature-algorithm"
    TREE_DIGEST = "tree-digest"


@dataclass(frozen=True, slots=True)
class End:
    """When something ends, and why.

    Attributes:
        at: The first instant at which it no longer holds.
        because: What ends.
        what: Its name: the authority, or an algorithm with its key size.
    """

    at: dt.datetime
    because: Because
    what: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What holds a batch up.

    Attributes:
        number: Of the batch.
        documents: How many it has.
        digest: What its newest tree is made with.
        newest: Of its newest timestamp.
        alone: Of its documents' own last timestamps, taken together; None if one of them has none.
    """

    number: int
    documents: int
    digest: str
    newest: TokenFacts
    alone: TokenFacts | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one batch can expect.

    Attributes:
        holding: The batch.
        act: What it calls for now.
        end: When its protection ends as things stand, and why.
        alone_until: How long its documents' files can be verified without their evidence records.
    """

    holding: Holding
    act: Act
    end: End
    alone_until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class RenewalRules:
    """By what a plan is made.

    Attributes:
        algorithms: Which of them hold until when.
        margin: How long before its end a protection is renewed.
    """

    algorithms: AlgorithmPolicy
    margin: dt.timedelta


@dataclass(frozen=True, slots=True)
class Plan:
    """All batches, in order of number."""

    outlooks: tuple[Outlook, ...]

    def calling_for(self, act: Act) -> tuple[Outlook, ...]:
        """Those that call for that."""
        return tuple(one for one in self.outlooks if one.act is act)

    @property
    def protected(self) -> int:
        """How many documents have protection that has not ended."""
        return sum(one.holding.documents for one in self.outlooks if one.act is not Act.LAPSED)

    @property
    def alone_until(self) -> dt.datetime | None:
        """How long all documents' files can be verified without their evidence records; None if one cannot."""
        ends = [one.alone_until for one in self.outlooks]
        known = [end for end in ends if end is not None]
        return min(known) if known and len(known) == len(ends) else None

    @property
    def until(self) -> dt.datetime | None:
        """The first end of those; None if there are none."""
        return min((one.end.at for one in self.outlooks if one.act is not Act.LAPSED), default=None)


def plan(holdings: Iterable[Holding], rules: RenewalRules, now: dt.datetime) -> Plan:
    """What each batch calls for, so that nothing ends within the margin."""
    ordered = sorted(holdings, key=lambda one: one.number)
    return Plan(tuple(outlook(one, rules, now) for one in ordered))


def fittest_digest(rules: RenewalRules, now: dt.datetime) -> str:
    """The shortest digest that new trees may be made with: one that holds beyond the margin.

    Raises:
        UnavailableError: `evidence-no-digest`: none does.
    """
    for digest in DIGESTS:
        if rules.algorithms.holds(digest, 0, now + rules.margin):
            return digest
    raise UnavailableError("evidence-no-digest", policy=rules.algorithms.name)


def token_end(facts: TokenFacts, policy: AlgorithmPolicy) -> End:
    """When a token ends, and why."""
    certificate = End(facts.certificates_end_at, Because.CERTIFICATE, facts.authority)
    ends = [
        End(at, Because.SIGNATURE_ALGORITHM, f"{family}-{bits}" if bits else family)
        for family, bits in facts.algorithms
        if (at := policy.ends_at(family, bits)) is not None
    ]
    return min((certificate, *ends), key=lambda end: end.at)


def outlook(holding: Holding, rules: RenewalRules, now: dt.datetime) -> Outlook:
    """What one batch can expect."""
    policy, margin = rules.algorithms, rules.margin
    token = token_end(holding.newest, policy)
    tree_at = policy.ends_at(holding.digest)
    tree = End(tree_at, Because.TREE_DIGEST, holding.digest) if tree_at is not None else None
    end = tree if tree and tree.at < token.at else token
    if end.at <= now:
        act = Act.LAPSED
    elif tree and tree.at <= now + margin:
        act = Act.HASH_TREE
    elif end.at <= now + margin:
        act = Act.TIMESTAMP
    else:
        act = Act.NONE
    return Outlook(holding, act, end, token_end(holding.alone, policy).at if holding.alone else None)
