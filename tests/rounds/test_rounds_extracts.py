"""An item goes to an address once, a request is one sending however often it comes, and every limit holds at its border."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from round_walk import START, Walk, blob, registered

from signflow.rounds.events import ExtractDelivered, ExtractsSent
from signflow.rounds.extracts import (
    LARGEST_LETTER_BYTES,
    LONGEST_REASON,
    MOST_ITEMS,
    MOST_RECIPIENTS,
    MOST_SENDINGS,
    undelivered,
    unmasking,
)
from signflow.rounds.model import Archived, State
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Refusal
from signflow.rounds.sendings import Delivery, Recipient, SentItem
from signflow.steps.extracts import Choice, Order

ADDRESSES = ("bo@example.org", "Bo@Example.org", "eva@example.org", "åsa@example.org", "ÅSA@example.org")
NUMBERS = (1, 2, 3)


def archived() -> Walk:
    walk = Walk()
    walk.must(registered())
    kept = Archived(START, blob("sealed"), "v1", "0" * 128)
    walk.document = replace(walk.present, state=State.ARCHIVED, adjusted_at=START, archived=kept)
    return walk


def item(number: int, size_bytes: int = 1000) -> SentItem:
    return SentItem(number, f"§ {number}", "", 0, "", replace(blob(f"extract {number}"), size_bytes=size_bytes))


def sent(
    key: str, items: Sequence[SentItem], addresses: Sequence[str] = ("bo@example.org",), *, again: bool = False
) -> ExtractsSent:
    return ExtractsSent(key, tuple(items), tuple(Recipient(0, "", one) for one in addresses), again, "Anna")


REQUESTS = st.builds(
    sent,
    st.sampled_from("abcdef"),
    st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True).map(lambda numbers: [item(one) for one in numbers]),
    st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=4),
    again=st.booleans(),
)


def deliver(walk: Walk, became: Delivery) -> None:
    """What becomes of the oldest letter that waits."""
    for sending in walk.present.sendings:
        for one in sending.recipients:
            if one.became is None:
                fact = ExtractDelivered(sending.number, one.number, became, "550 No")
                walk.must(fact)
                assert walk.do(fact) == Refusal(ALREADY_RECORDED)
                return


@given(st.lists(REQUESTS | st.sampled_from(Delivery), max_size=20))
def test_an_item_goes_to_an_address_once_unless_again_or_it_never_came(acts: list[ExtractsSent | Delivery]) -> None:
    walk, taken = archived(), list[ExtractsSent]()
    for act in acts:
        if isinstance(act, Delivery):
            deliver(walk, act)
            continue
        pairs = {(one.number, who.address.casefold()) for one in act.items for who in act.recipients}
        got = {
            (one.number, who.address.casefold())
            for sending in walk.present.sendings
            for who in sending.recipients
            for one in sending.items
            if who.became is not Delivery.UNDELIVERABLE
        }
        before, outcome = walk.present, walk.do(act)
        if any(act.key == one.key for one in taken):
            assert outcome == Refusal(ALREADY_RECORDED)
        elif pairs & got and not act.again:
            assert isinstance(outcome, Refusal)
            assert outcome.code == "extract-sent-already"
        else:
            assert isinstance(outcome, Decision)
            assert len(outcome.work) == 1
            taken.append(act)
            continue
        assert walk.present == before
    for sending, act in zip(walk.present.sendings, taken, strict=True):
        assert [one.number for one in sending.recipients] == [*range(1, len(sending.recipients) + 1)]
        addresses = [one.address.casefold() for one in sending.recipients]
        assert Counter(addresses) == Counter({one.address.casefold() for one in act.recipients})
    keys = [work.key for work in walk.works]
    assert len(set(keys)) == len(keys)


@given(REQUESTS, st.lists(st.booleans(), min_size=1, max_size=5))
def test_the_same_request_is_one_sending_whatever_became_of_it(request: ExtractsSent, came: list[bool]) -> None:
    walk = archived()
    walk.must(request)
    for delivered in came:
        assert walk.do(request) == Refusal(ALREADY_RECORDED)
        deliver(walk, Delivery.SENT if delivered else Delivery.UNDELIVERABLE)
    assert walk.do(replace(request, again=True)) == Refusal(ALREADY_RECORDED)
    assert len(walk.present.sendings) == 1


@given(
    nonce=st.text(max_size=4),
    items=st.lists(st.builds(Choice, st.integers(0, 9), st.booleans(), st.text(max_size=3)), max_size=3),
    addresses=st.lists(st.sampled_from(ADDRESSES), max_size=3),
    again=st.booleans(),
)
def test_the_key_tells_other_choices_from_the_same(
    nonce: str, items: list[Choice], addresses: list[str], *, again: bool
) -> None:
    order = Order(nonce, tuple(items), tuple(Recipient(0, "", one) for one in addresses), again)
    same = replace(order, recipients=tuple(Recipient(7, "Bo", one.swapcase()) for one in addresses))
    assert same.key == order.key
    others = [
        replace(order, nonce=nonce + "x"),
        replace(order, items=(*items, Choice(10))),
        replace(order, items=tuple(replace(one, unmasked=not one.unmasked) for one in items)),
        replace(order, recipients=(*order.recipients, Recipient(0, "", "x@example.org"))),
        replace(order, again=not again),
    ]
    keys = [other.key for other in others if other != order]
    assert order.key not in keys
    assert len(set(keys)) == len(keys)


@given(sizes=st.lists(st.integers(1, LARGEST_LETTER_BYTES // MOST_ITEMS), max_size=MOST_ITEMS - 1), more=st.booleans())
def test_a_letter_is_as_large_as_it_may_be_and_not_a_byte_more(sizes: list[int], *, more: bool) -> None:
    whole = [*sizes, LARGEST_LETTER_BYTES - sum(sizes) + more]
    outcome = archived().do(sent("a", [item(at, size) for at, size in enumerate(whole, 1)]))
    assert outcome == Refusal("extracts-too-large", {"limit": 10}) if more else isinstance(outcome, Decision)


@pytest.mark.parametrize(
    ("items", "recipients", "code"),
    [
        (MOST_ITEMS, MOST_RECIPIENTS, ""),
        (MOST_ITEMS + 1, 1, "too-many-items"),
        (1, MOST_RECIPIENTS + 1, "too-many-recipients"),
        (0, 1, "no-item-chosen"),
        (1, 0, "no-recipient-chosen"),
    ],
)
def test_fifty_items_go_to_fifty_recipients_at_once_and_no_more(items: int, recipients: int, code: str) -> None:
    addresses = [f"p{number}@example.org" for number in range(recipients)]
    outcome = archived().do(sent("a", [item(number) for number in range(1, items + 1)], addresses))
    assert (outcome.code if isinstance(outcome, Refusal) else "") == code
    if isinstance(outcome, Decision):
        assert len(outcome.document.sendings[0].recipients) == recipients


def test_the_same_address_in_other_letters_counts_once_and_the_first_name_stands() -> None:
    addresses = [f"p{number}@example.org" for number in range(MOST_RECIPIENTS)]
    outcome = archived().do(sent("a", [item(1)], [*addresses, *map(str.upper, addresses)]))
    assert isinstance(outcome, Decision)
    assert [one.address for one in outcome.document.sendings[0].recipients] == addresses


def test_two_hundred_sendings_and_no_more() -> None:
    walk = archived()
    for number in range(MOST_SENDINGS):
        walk.must(sent(f"{number}", [item(1)], again=True))
        walk.now += dt.timedelta(minutes=1)
    refused = walk.do(sent("more", [item(1)], again=True))
    assert refused == Refusal("too-many-sendings", {"limit": MOST_SENDINGS})
    assert walk.do(sent("0", [item(1)])) == Refusal(ALREADY_RECORDED)


@given(passages=st.integers(1, 9), word=st.text("ab", min_size=1, max_size=3), more=st.booleans())
def test_a_reason_is_asked_for_and_no_longer_than_it_may_be(passages: int, word: str, *, more: bool) -> None:
    reason = (word * (LONGEST_REASON + 1))[: LONGEST_REASON + more]
    told = unmasking("§ 1", passages, f"  {reason}\n")
    assert told == (Refusal("reason-too-long", {"limit": LONGEST_REASON}) if more else reason)
    assert unmasking("§ 1", passages, " \n ") == Refusal("unmasked-without-reason", {"item": "§ 1"})
    assert not unmasking("§ 1", 0, reason)


def test_what_never_came_stands_until_the_same_has_gone_there() -> None:
    walk = archived()
    walk.must(sent("a", [item(1), item(2)]))
    deliver(walk, Delivery.UNDELIVERABLE)
    ((sending, one),) = undelivered(walk.present)
    assert (sending.number, one.answer) == (1, "550 No")
    walk.must(sent("b", [item(2)], ["BO@example.org"]))
    assert len(undelivered(walk.present)) == 1
    walk.must(sent("c", [item(1)], ["BO@example.org"]))
    assert undelivered(walk.present) == ()
