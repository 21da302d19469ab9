"""What ends when, and what is called for: dates in, a plan out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from ers_paper import Batch, made_up
from hypothesis import given
from hypothesis import strategies as st
from signing_house import House, Stages

from evidence_house import BEGIN, ending, years
from signflow.errors import IntegrityError, UnavailableError
from signflow.signing.evidence.planner import (
    Act,
    Because,
    Holding,
    RenewalRules,
    fittest_digest,
    outlook,
    plan,
)
from signflow.signing.evidence.summary import build_summary, read_holding
from signflow.signing.evidence.tokens import TokenFacts, read_last_token_facts, read_token_facts, weakest

DAY = dt.timedelta(days=1)
MARGIN = dt.timedelta(days=180)


def facts(until: dt.datetime, *algorithms: tuple[str, int], local: bool = False) -> TokenFacts:
    return TokenFacts(BEGIN, "Stämpeltjänsten", local, until, algorithms or (("ecdsa", 256), ("sha256", 0)))


def holding(until: dt.datetime, digest: str = "sha256", number: int = 1) -> Holding:
    return Holding(number, 10, digest, facts(until), None)


@pytest.mark.parametrize(
    ("left", "act"),
    [
        (years(5), Act.NONE),
        (MARGIN + DAY, Act.NONE),
        (MARGIN, Act.TIMESTAMP),
        (DAY, Act.TIMESTAMP),
        (dt.timedelta(0), Act.LAPSED),
        (-DAY, Act.LAPSED),
    ],
)
def test_a_certificate_that_ends_calls_for_a_new_timestamp_in_time(left: dt.timedelta, act: Act) -> None:
    found = outlook(holding(BEGIN + left), RenewalRules(ending(), MARGIN), BEGIN)
    assert (found.act, found.end.because, found.end.at) == (act, Because.CERTIFICATE, BEGIN + left)


@pytest.mark.parametrize("ended", ["sha256", "ecdsa"])
@pytest.mark.parametrize("digest", ["sha256", "sha512"])
def test_an_algorithm_that_ends_calls_for_what_mends_it(ended: str, digest: str) -> None:
    rules = RenewalRules(ending((ended, BEGIN + DAY)), MARGIN)
    found = outlook(holding(BEGIN + years(9), digest), rules, BEGIN)
    assert found.end.at == BEGIN + DAY
    of_the_tree = ended == digest
    assert found.act is (Act.HASH_TREE if of_the_tree else Act.TIMESTAMP)


def test_what_has_no_term_never_held() -> None:
    unknown = replace(holding(BEGIN + years(9)), newest=facts(BEGIN + years(9), ("gost", 256)))
    found = outlook(unknown, RenewalRules(ending(), MARGIN), BEGIN)
    assert (found.act, found.end.what) == (Act.LAPSED, "gost-256")


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(-900, 9000), st.sampled_from(["sha256", "sha384"])), max_size=8)
)
def test_a_plan_counts_and_orders(batches: list[tuple[int, int, str]]) -> None:
    unique = {number: (days, digest) for number, days, digest in batches}
    holdings = [holding(BEGIN + days * DAY, digest, number) for number, (days, digest) in unique.items()]
    made = plan(holdings, RenewalRules(ending(), MARGIN), BEGIN)
    assert [one.holding.number for one in made.outlooks] == sorted(unique)
    alive = [days for days, _ in unique.values() if days > 0]
    assert made.protected == 10 * len(alive)
    assert made.until == (BEGIN + min(alive) * DAY if alive else None)
    assert len(made.calling_for(Act.LAPSED)) == len(unique) - len(alive)
    assert sum(len(made.calling_for(act)) for act in Act) == len(unique)
    assert made.alone_until is None


def test_new_trees_are_made_with_the_shortest_digest_that_holds() -> None:
    soon = BEGIN + DAY
    assert fittest_digest(RenewalRules(ending(), MARGIN), BEGIN) == "sha256"
    assert fittest_digest(RenewalRules(ending(("sha256", soon)), MARGIN), BEGIN) == "sha384"
    assert fittest_digest(RenewalRules(ending(("sha256", soon), ("sha384", soon)), MARGIN), BEGIN) == "sha512"
    gone = ending(("sha256", soon), ("sha384", soon), ("sha512", soon))
    with pytest.raises(UnavailableError, match="evidence-no-digest"):
        fittest_digest(RenewalRules(gone, MARGIN), BEGIN)


def test_what_a_token_rests_on_is_read_from_it() -> None:
    batch = Batch(made_up(2))
    found = read_token_facts(batch.stem.newest.token)
    assert found == TokenFacts(
        BEGIN,
        batch.tsa.name,
        local=True,
        certificates_end_at=BEGIN + years(10),
        algorithms=(("ecdsa", 256), ("sha256", 0)),
    )


def test_a_sealed_pdf_says_how_long_it_holds_alone(house: House, stages: Stages) -> None:
    found = read_last_token_facts(stages.sealed)
    assert found is not None
    certificate, _ = house.authority.tsa_signer()
    assert found.certificates_end_at == certificate.certificate.not_valid_after
    assert found.local
    assert read_last_token_facts(stages.adjuster) is None


def test_several_taken_together_are_as_weak_as_the_weakest() -> None:
    one, other = facts(BEGIN + DAY, ("rsa", 3072)), facts(BEGIN + years(3), ("sha1", 0), local=True)
    together = weakest([one, other])
    assert together is not None
    assert together.certificates_end_at == BEGIN + DAY
    assert together.algorithms == (("rsa", 3072), ("sha1", 0))
    assert together.local
    assert weakest([]) is None


@pytest.mark.parametrize("token", [b"", b"\x30\x00", b"junk"])
def test_what_is_no_token_is_told(token: bytes) -> None:
    with pytest.raises(IntegrityError, match="evidence-token-unreadable"):
        read_token_facts(token)


def test_a_batch_says_of_itself_what_the_planner_needs() -> None:
    batch = Batch(made_up(3))
    batch.renew(BEGIN + years(4))
    alone = facts(BEGIN + years(9))
    summary = build_summary(7, 3, 0, batch.stem, alone)
    assert read_holding(summary) == Holding(7, 3, "sha256", read_token_facts(batch.stem.newest.token), alone)
    assert [one["tree"] for one in summary["timestamps"]] == [1, 1]
    for broken in ({}, {**summary, "timestamps": []}, {**summary, "number": "x"}):
        with pytest.raises(IntegrityError, match="evidence-summary-unreadable"):
            read_holding(broken)
