"""Extracts as those concerned get them: one letter each, masked unless somebody decided otherwise, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from extract_house import MINUTES, NUMBER, PEOPLE, SECRET, archived, attached_words
from life import Life, text_of
from signflow.errors import UnavailableError
from signflow.rounds.model import Document, State
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Outcome, Refusal
from signflow.rounds.sendings import Delivery, Recipient
from signflow.steps.extracts import Choice, Order, offered_items, send_extracts

BO = Recipient(0, "Förvaltningen B", "bo@example.org")
EVA = Recipient(0, "", "eva@example.org")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE) as life:
        yield life


def send(life: Life, document: Document, order: Order) -> Outcome:
    outcome = send_extracts(life.ports, document, order, "Helene Olofsson")
    life.work()
    return outcome


def test_one_item_goes_to_one_address_and_the_letter_says_what_it_is(house: Life) -> None:
    document = archived(house)
    outcome = send(house, document, Order("n1", (Choice(1),), (BO,)))
    assert isinstance(outcome, Decision)
    (mail,) = house.mails(BO.address)
    text = " ".join(text_of(mail).split())
    assert document.archived is not None
    for said in ("Miljönämnden", "6 maj 2026", "§ 1 Taxa för avfall", document.archived.pdf.digest, "/verify"):
        assert said in text
    assert text.startswith("Hej Förvaltningen B!")
    assert "Skickat av: Helene Olofsson, Södertörnskommunerna" in text
    assert mail["Subject"] == "Utdrag § 1: Protokoll från Miljönämnden"
    assert mail["Reply-To"].addresses[0].addr_spec == PEOPLE["Helene Olofsson"]
    assert mail["Auto-Submitted"] == "auto-generated"
    ((name, said),) = attached_words(mail).items()
    assert name == "Utdrag, § 1 Protokoll från Miljönämnden 2026-05-06.pdf"
    assert "Nämnden antar taxan." in said
    assert "Lekplatser" not in said
    assert document.archived.pdf.digest[:20] in said
    sending = house.load(document).sendings[0]
    assert [one.became for one in sending.recipients] == [Delivery.SENT]
    kinds = [entry.kind for entry in house.ports.store.history(document.id)][-2:]
    assert kinds == ["extract-sent", "extract-delivered"]


def test_several_items_to_several_are_one_letter_each(house: Life) -> None:
    document = archived(house)
    send(house, document, Order("n1", (Choice(1), Choice(3)), (BO, EVA)))
    for address in (BO.address, EVA.address):
        (mail,) = house.mails(address)
        assert len(attached_words(mail)) == 2
    assert text_of(house.mails(EVA.address)[0]).startswith("Hej!")


def test_what_the_web_copy_hides_is_hidden_unless_somebody_decided_otherwise(house: Life) -> None:
    document = archived(house)
    assert [item.passages for item in offered_items(house.ports, document.id)] == [0, 2, 0]
    refused = send(house, document, Order("n1", (Choice(2, unmasked=True, because=" "),), (BO,)))
    assert refused == Refusal("unmasked-without-reason", {"item": "§ 2"})
    send(house, document, Order("n2", (Choice(2), Choice(3)), (EVA,)))
    send(house, document, Order("n3", (Choice(2, unmasked=True, because="Beslut  dnr 5"),), (BO,)))
    (masked,), (unmasked,) = house.mails(EVA.address), house.mails(BO.address)
    hidden, shown = "".join(attached_words(masked).values()), "".join(attached_words(unmasked).values())
    raw = b"".join(part.get_content() for part in masked.iter_attachments())
    assert "[maskat]" in hidden
    assert "2 uppgifter är ersatta" in " ".join(hidden.split())
    assert "Nämnden avslår." in hidden
    for secret in (SECRET, NUMBER):
        assert secret not in hidden
        assert secret.encode() not in raw
        assert secret in shown
    for mail in (masked, unmasked):
        assert "Vera" not in mail.as_string()
        assert SECRET not in text_of(mail)
    assert "I § 2 är uppgifter ersatta med [maskat]." in " ".join(text_of(masked).split())
    assert "§ 3 Lekplatser" in text_of(masked)
    (entry,) = (one for one in house.ports.store.history(document.id) if one.kind == "extract-unmasked")
    assert entry.data == {"items": "§ 2", "reason": "Beslut dnr 5"}


def test_the_same_request_is_one_sending_and_an_item_goes_to_an_address_once(house: Life) -> None:
    document = archived(house)
    order = Order("n1", (Choice(1),), (BO,))
    assert isinstance(send(house, document, order), Decision)
    assert send(house, document, order) == Refusal(ALREADY_RECORDED)
    already = Refusal("extract-sent-already", {"item": "§ 1", "person": BO.named})
    assert send(house, document, Order("n2", (Choice(1), Choice(3)), (BO,))) == already
    assert send(house, document, Order("n1", (Choice(1),), (EVA, BO))) == already
    assert isinstance(send(house, document, Order("n2", (Choice(3),), (BO, EVA))), Decision)
    assert isinstance(send(house, document, Order("n3", (Choice(1),), (BO,), again=True)), Decision)
    assert len(house.mails(BO.address)) == 3
    assert len(house.mails(EVA.address)) == 1
    assert len({str(mail["Message-ID"]) for mail in house.mails(BO.address)}) == 3


def test_nothing_is_sent_before_the_archive_has_it(house: Life) -> None:
    document = house.drop(MINUTES)
    refused = send(house, document, Order("n1", (Choice(1),), (BO,)))
    assert refused == Refusal("extract-not-archived", {"state": State.REVIEW})


class _Picky:
    """A mail server that takes nothing for some addresses."""

    def __init__(self, real: object, refused: set[str], code: str) -> None:
        self._real = real
        self._refused = refused
        self._code = code

    def deliver(self, message: EmailMessage) -> None:
        address = message["To"].addresses[0].addr_spec
        if address in self._refused:
            raise UnavailableError(self._code, address=address, reason="550 No such user")
        self._real.deliver(message)  # type: ignore[attr-defined]


def test_a_dead_address_is_told_and_can_be_tried_anew(house: Life) -> None:
    document = archived(house)
    real = house.ports.delivery
    house.with_ports(delivery=_Picky(real, {BO.address}, "mail-refused"))
    send(house, document, Order("n1", (Choice(1),), (BO, EVA)))
    recipients = house.load(document).sendings[0].recipients
    assert [one.became for one in recipients] == [Delivery.UNDELIVERABLE, Delivery.SENT]
    assert recipients[0].answer == "550 No such user"
    assert [entry.kind for entry in house.ports.store.history(document.id)][-2:] == [
        "extract-undeliverable",
        "extract-delivered",
    ]
    assert not house.ports.store.open_work()
    house.with_ports(delivery=real)
    assert isinstance(send(house, document, Order("n2", (Choice(1),), (BO,))), Decision)
    assert len(house.mails(BO.address)) == 1


def test_a_server_that_is_away_is_waited_for_and_holds_up_no_other(house: Life) -> None:
    document = archived(house)
    real = house.ports.delivery
    house.with_ports(delivery=_Picky(real, {BO.address}, "mail-unavailable"))
    with pytest.raises(UnavailableError, match="mail-unavailable"):
        send(house, document, Order("n1", (Choice(1),), (BO, EVA)))
    assert [one.became for one in house.load(document).sendings[0].recipients] == [None, Delivery.SENT]
    house.with_ports(delivery=real)
    house.work()
    assert [one.became for one in house.load(document).sendings[0].recipients] == [Delivery.SENT, Delivery.SENT]
    assert len(house.mails(BO.address)) == len(house.mails(EVA.address)) == 1
