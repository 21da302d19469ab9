"""Signing in with BankID: a whole order, from the text in the app to the evidence; how it ends otherwise; what is shown meanwhile."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from bankid_acts import ACT, NAME, NUMBER, TEXTS, now, provider
from bankid_server import DAY, BankIdServer, Order
from hypothesis import example, given
from hypothesis import strategies as st

from signflow.errors import RefusedError, UnavailableError
from signflow.identity.bankid import LEVEL, PROVIDER, BankId
from signflow.identity.bankid_api import BankIdApi
from signflow.identity.provider import Identity, Pending
from signflow.line import Line


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankIdServer]:
    with BankIdServer(tmp_path_factory.mktemp("bankid")) as one:
        yield one


def waiting(bank: BankIdServer, kept: dict[str, str | int], at: dt.datetime | None = None) -> Pending:
    pending = provider(bank).complete(ACT, kept, {}, at or now())
    assert isinstance(pending, Pending)
    return pending


def test_a_person_scans_reads_and_is_known(bank: BankIdServer) -> None:
    begun = provider(bank).begin(ACT)
    assert begun.url == ""
    order = bank.scan(waiting(bank, dict(begun.kept)).qr)
    assert order.purpose == ACT.purpose
    assert waiting(bank, dict(begun.kept)) == Pending("approve", "", "")
    order.approve(NUMBER, NAME)
    at = now()
    identity = provider(bank).complete(ACT, begun.kept, {}, at)
    assert isinstance(identity, Identity)
    assert order.completion is not None
    signature = base64.b64decode(order.completion["signature"])
    assert replace(identity, evidence=b"") == Identity(
        provider=PROVIDER,
        at=at,
        level="",
        reference=hashlib.sha256(signature).hexdigest(),
        name=NAME,
        mail="",
        identifier=NUMBER,
        evidence=b"",
    )
    assert json.loads(identity.evidence) == {
        "format": "bankid-6.0",
        "provider": PROVIDER,
        "order_ref": order.reference,
        "reference": ACT.reference,
        "purpose": ACT.purpose,
        "signature": order.completion["signature"],
        "ocsp_response": order.completion["ocspResponse"],
        "received_at": at.isoformat(timespec="seconds"),
    }
    assert ACT.reference == base64.b64decode(order.asked["userNonVisibleData"]).decode()


def test_the_link_opens_the_app_and_the_app_comes_back_to_the_same_act(bank: BankIdServer) -> None:
    begun = provider(bank).begin(ACT)
    order = bank.open_link(waiting(bank, dict(begun.kept)).url)
    order.approve(NUMBER, NAME)
    back = urlsplit(order.asked["returnUrl"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == ACT.return_url
    answer = {name: values[0] for name, values in parse_qs(back.query, strict_parsing=True).items()}
    assert answer == {"state": ACT.state}
    identity = provider(bank).complete(ACT, begun.kept, answer, now())
    assert isinstance(identity, Identity)
    assert identity.identifier == NUMBER


@pytest.mark.parametrize("answer", [{"state": ""}, {"state": f"{ACT.state}x"}, {"state": "åäö"}, {"code": "x"}])
def test_a_browser_that_comes_back_from_another_act_ends_nothing(bank: BankIdServer, answer: dict[str, str]) -> None:
    begun = provider(bank).begin(ACT)
    bank.orders[-1].approve(NUMBER, NAME)
    before = len(bank.asked)
    with pytest.raises(RefusedError, match=r"^sign-in-bankid-failed$"):
        provider(bank).complete(ACT, begun.kept, answer, now())
    assert len(bank.asked) == before
    assert isinstance(provider(bank).complete(ACT, begun.kept, {"state": ACT.state}, now()), Identity)


@pytest.mark.parametrize("end", ["complete", "failed"])
def test_of_two_that_ask_at_once_one_is_told_and_the_other_waits(bank: BankIdServer, end: str) -> None:
    begun = provider(bank).begin(ACT)
    if end == "complete":
        bank.orders[-1].approve(NUMBER, NAME)
    else:
        bank.orders[-1].fail("userCancel")

    def asked() -> Identity | Pending | str:
        try:
            return provider(bank).complete(ACT, begun.kept, {}, now())
        except RefusedError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        told = [one.result() for one in [pool.submit(asked) for _ in range(4)]]
    told = [one for one in told if one != Pending("processing", "", "")]
    assert len(told) == 1
    assert isinstance(told[0], Identity) if end == "complete" else told == ["sign-in-bankid-cancelled"]


def test_an_order_that_bankid_has_forgotten_has_ended(bank: BankIdServer) -> None:
    begun = provider(bank).begin(ACT)
    del bank.orders[-1]
    assert waiting(bank, dict(begun.kept), now() + dt.timedelta(minutes=3.9)).hint == "processing"
    with pytest.raises(RefusedError, match=r"^sign-in-bankid-expired$"):
        waiting(bank, dict(begun.kept), now() + dt.timedelta(minutes=4.1))


def test_beginning_again_places_an_order_of_its_own(bank: BankIdServer) -> None:
    first, second = provider(bank).begin(ACT), provider(bank).begin(ACT)
    bank.orders[-1].approve(NUMBER, NAME)
    assert waiting(bank, dict(first.kept)).hint == "start"
    assert isinstance(provider(bank).complete(ACT, second.kept, {}, now()), Identity)


def test_the_code_is_the_one_of_the_second(bank: BankIdServer) -> None:
    kept = dict(provider(bank).begin(ACT).kept)
    late = waiting(bank, kept, now() + dt.timedelta(seconds=20)).qr
    assert waiting(bank, kept, now() - dt.timedelta(hours=1)).qr.split(".")[2] == "0"
    with pytest.raises(LookupError):
        bank.scan(late)
    assert bank.scan(waiting(bank, kept).qr) is bank.orders[-1]


def test_the_code_is_made_as_bankid_makes_its_example() -> None:
    kept: dict[str, str | int] = {
        "order_ref": "131daac9-16c6-4618-beb0-365768f37288",
        "auto_start_token": "7c40b5c9-fa74-49cf-b98c-bfe651f9a7c6",
        "qr_start_token": "67df3917-fa0d-44e5-b327-edcc928297f8",
        "qr_start_secret": "d28db9a7-4cde-429e-a983-359be676944c",
        "started_ms": 1_700_000_000_400,
    }
    answer = {"orderRef": kept["order_ref"], "status": "pending", "hintCode": "outstandingTransaction"}
    line = Line(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=answer)))
    began_at = dt.datetime.fromtimestamp(1_700_000_000.4, dt.UTC)
    codes: list[str] = []
    for after_s in (0.9, 1, 2.3):
        shown = BankId(BankIdApi("https://bank.example", line), now).complete(
            ACT, kept, {}, began_at + dt.timedelta(seconds=after_s)
        )
        assert isinstance(shown, Pending)
        codes.append(shown.qr)
    assert codes == [
        f"bankid.67df3917-fa0d-44e5-b327-edcc928297f8.{number}.{code}"
        for number, code in enumerate(
            [
                "dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8",
                "949d559bf23403952a94d103e67743126381eda00f0b3cbddbf7c96b1adcbce2",
                "a9e5ec59cb4eee4ef4117150abc58fad7a85439a6a96ccbecc3668b41795b3f3",
            ]
        )
    ]


@pytest.mark.parametrize(
    ("bankids", "ours"),
    [
        ("outstandingTransaction", "start"),
        ("noClient", "start"),
        ("started", "started"),
        ("userMrtd", "document"),
        ("userSign", "approve"),
        ("processing", "processing"),
        ("userCallConfirm", "waiting"),
        ("somethingNew", "waiting"),
    ],
)
def test_every_hint_is_told_in_words(bank: BankIdServer, bankids: str, ours: str) -> None:
    begun = provider(bank).begin(ACT)
    bank.orders[-1].hint = bankids
    pending = waiting(bank, dict(begun.kept))
    assert pending.hint == ours
    assert bool(pending.qr) is bool(pending.url) is (ours == "start")
    assert len({texts(f"identity.hint.{pending.hint}") for texts in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize(
    ("bankids", "ours"),
    [
        ("userCancel", "cancelled"),
        ("expiredTransaction", "expired"),
        ("certificateErr", "certificate"),
        ("startFailed", "not-started"),
        ("cancelled", "replaced"),
        ("notSupportedByUserApp", "app-old"),
        ("transactionRiskBlocked", "failed"),
        ("somethingNew", "failed"),
    ],
)
def test_an_order_that_ends_without_anybody_says_why(bank: BankIdServer, bankids: str, ours: str) -> None:
    begun = provider(bank).begin(ACT)
    bank.orders[-1].fail(bankids)
    with pytest.raises(RefusedError) as caught:
        provider(bank).complete(ACT, begun.kept, {}, now())
    assert caught.value.code == f"sign-in-bankid-{ours}"
    assert len({texts(f"errors.{caught.value.code}", **caught.value.params) for texts in TEXTS}) == len(TEXTS)


@example("a" + "å" * 1000)
@example("aa" + "€" * 1000)
@given(st.text(min_size=1, max_size=3000))
def test_a_purpose_of_any_length_is_shown_as_far_as_bankid_goes(bank: BankIdServer, purpose: str) -> None:
    provider(bank).begin(replace(ACT, purpose=purpose))
    shown = bank.orders.pop().purpose
    assert shown == purpose or (len(purpose.encode()) > 1125 and purpose.startswith(shown.removesuffix("…")))


@pytest.mark.parametrize("address", ["", "testclient", "192.0.2.7:80"])
def test_no_order_is_placed_for_a_browser_from_nowhere(bank: BankIdServer, address: str) -> None:
    before = len(bank.asked)
    with pytest.raises(UnavailableError, match="endUserIp"):
        provider(bank).begin(replace(ACT, address=address))
    assert len(bank.asked) == before


def test_a_browser_may_come_over_ipv6(bank: BankIdServer) -> None:
    provider(bank).begin(replace(ACT, address="2001:DB8::0:7"))
    assert bank.orders[-1].asked["endUserIp"] == "2001:db8::7"


def test_a_level_is_claimed_for_bankid_itself_alone() -> None:
    kept: dict[str, str | int] = {"order_ref": "131daac9-16c6-4618-beb0-365768f37288", "started_ms": 0}
    asked = {"userNonVisibleData": base64.b64encode(ACT.reference.encode()).decode()}
    answer = {
        "orderRef": kept["order_ref"],
        "status": "complete",
        "completionData": {
            "user": {"personalNumber": NUMBER, "name": NAME},
            "signature": base64.b64encode(Order(asked).signature(NUMBER, NAME)).decode(),
            "ocspResponse": "AAAA",
        },
    }
    line = Line(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=answer)))
    levels: list[str] = []
    for host in ("appapi2.bankid.com", "appapi2.test.bankid.com", "appapi2.bankid.com.example"):
        identity = BankId(BankIdApi(f"https://{host}/rp/v6.0", line), now).complete(ACT, kept, {}, now())
        assert isinstance(identity, Identity)
        levels.append(identity.level)
    assert levels == [LEVEL, "", ""]


def test_a_service_that_is_away_is_asked_again_when_it_is_back(tmp_path: Path) -> None:
    with BankIdServer(tmp_path) as bank:
        kept = dict(provider(bank).begin(ACT).kept)
        bank.stop()
        for act in (lambda: provider(bank).begin(ACT), lambda: waiting(bank, kept)):
            with pytest.raises(UnavailableError, match="bankid-unavailable"):
                act()
        bank.start()
        bank.scan(waiting(bank, kept).qr).approve(NUMBER, NAME)
        assert isinstance(provider(bank).complete(ACT, kept, {}, now()), Identity)


def test_secrets_and_numbers_are_told_to_nobody(bank: BankIdServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    begun = provider(bank).begin(ACT)
    pending = waiting(bank, dict(begun.kept))
    bank.orders[-1].approve(NUMBER, NAME)
    identity = provider(bank).complete(ACT, begun.kept, {}, now())
    told = caplog.text + repr((begun, pending, identity, ACT))
    assert "bank" in told
    order = bank.orders[-1]
    for secret in (NUMBER, order.reference, order.auto_start_token, order.qr_start_token, order.qr_start_secret):
        assert secret not in told
    assert hmac.digest(order.qr_start_secret.encode(), b"0", "sha256").hex() not in told


def test_the_certificate_of_a_server_is_no_older_than_it_says(tmp_path: Path) -> None:
    with BankIdServer(tmp_path, valid_until=-DAY) as bank, pytest.raises(UnavailableError, match="expired"):
        provider(bank).begin(ACT)
