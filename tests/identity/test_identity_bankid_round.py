"""A round in which people identify themselves with BankID, from the register to the archive."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from bankid_acts import provider
from bankid_server import BankIdServer

from life import Life
from signflow.identity.bankid import PROVIDER
from signflow.identity.provider import Pending
from signflow.rounds.model import Method, State
from signflow.rounds.outcome import Decision
from signflow.steps import acts, sign_in
from signflow.steps.import_people import import_people
from signflow.steps.sign_in import Ticket, Visitor

ANNA, HELENE = ("anna@example.org", "195207306886"), ("helene@example.org", "197010632391")
VISITOR = Visitor("sv", "192.0.2.7")


def with_bankid(life: Life, bank: BankIdServer) -> None:
    policy = replace(life.ports.policy, method=Method.BANKID)
    life.with_ports(identity=provider(bank), recognised_by_mail=False, policy=policy)


def register(life: Life, *people: tuple[str, str]) -> None:
    """The numbers of those who are in the register already."""
    names = {one.address: one.name for one in life.ports.people.all()}
    rows = "".join(f"{names[address]};{address};{number}\n" for address, number in people)
    import_people(life.ports, f"namn;e-post;personnummer\n{rows}".encode())


def identified(life: Life, bank: BankIdServer, address: str, number: str) -> tuple[str, Ticket, object]:
    """Somebody with that number opens the link of that address, and the app by its code."""
    token = life.token(address)
    ticket = sign_in.begin(life.ports, token)
    assert isinstance(ticket, Ticket), ticket
    pending = sign_in.go_on(life.ports, token, ticket.secret, VISITOR)
    assert isinstance(pending, Pending)
    order = bank.scan(pending.qr)
    (name,) = (one.name for one in life.ports.people.all() if one.address == address)
    assert life.ports.organisation in order.purpose
    order.approve(number, name)
    return token, ticket, sign_in.go_on(life.ports, token, ticket.secret, VISITOR)


def test_both_identify_themselves_and_the_number_is_in_the_evidence_alone(
    life: Life, sample: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with BankIdServer(tmp_path / "bank") as bank:
        with_bankid(life, bank)
        document = life.drop(sample)
        register(life, ANNA, HELENE)
        for address, number in (ANNA, HELENE):
            token, ticket, outcome = identified(life, bank, address, number)
            assert isinstance(outcome, Decision), outcome
            shown = acts.view_link(life.ports, token).shown.digest
            assert isinstance(acts.answer(life.ports, token, ticket.secret, shown), Decision)
            life.work()
    assert life.load(document).state is State.ARCHIVED
    kept = list((life.settings.data / "archive").rglob("*-identity.json"))
    evidence = [json.loads(one.read_bytes()) for one in kept]
    assert [one["provider"] for one in evidence] == [PROVIDER] * 2
    signed = [base64.b64decode(one["signature"]).decode() for one in evidence]
    assert all(any(number in one for one in signed) for _, number in (ANNA, HELENE))
    assert not any(number in caplog.text for _, number in (ANNA, HELENE))
    for file in life.settings.data.rglob("*"):
        if file.is_file():
            assert not any(number.encode() in file.read_bytes() for _, number in (ANNA, HELENE)), file


def test_another_persons_bankid_is_another_persons(life: Life, sample: bytes, tmp_path: Path) -> None:
    with BankIdServer(tmp_path / "bank") as bank:
        with_bankid(life, bank)
        life.drop(sample)
        register(life, ANNA)
        for number, reason in ((HELENE[1], "sign-in-other-person"), (ANNA[1], "")):
            token, _, outcome = identified(life, bank, ANNA[0], number)
            assert isinstance(outcome, Decision), outcome
            assert sign_in.latest_rejection(life.ports, acts.view_link(life.ports, token)) == reason
