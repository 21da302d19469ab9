"""BankID as it should never be: answers that are none, servers that are others, files that cannot be used."""

from __future__ import annotations

import base64
import copy
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bankid_acts import ACT, NAME, NUMBER, TEXTS, now, provider
from bankid_server import Answer, Authority, BankIdServer
from hypothesis import given
from hypothesis import strategies as st

from signflow.errors import RefusedError, SettingsError, UnavailableError
from signflow.identity.bankid import BankId
from signflow.identity.bankid_api import BankIdApi
from signflow.identity.provider import Identity
from signflow.line import Line, client_tls
from signflow.settings import load_settings
from signflow.wiring_identity import open_identity

Change = Callable[[Answer], Answer]
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankIdServer]:
    with BankIdServer(tmp_path_factory.mktemp("bankid")) as one:
        yield one


@pytest.fixture
def bank(honest: BankIdServer) -> Iterator[BankIdServer]:
    yield honest
    honest.instead = None


def changed(**members: Any) -> Change:
    return lambda answer: (answer[0], {**answer[1], **members})


def completed(change: Callable[[dict[str, Any]], object]) -> Change:
    def made(answer: Answer) -> Answer:
        said = copy.deepcopy(answer[1])
        change(said["completionData"])
        return answer[0], said

    return made


def signed(
    reference: str,
    *,
    times: int = 1,
    before: str = "",
    within: str = "",
    name: str = "Signature",
    space: str = "http://www.bankid.com/signature/v1.0.0/types",
) -> str:
    """A signature that says what we did not ask, or not as it is said."""
    unseen = f"<usrNonVisibleData>{base64.b64encode(reference.encode()).decode()}</usrNonVisibleData>" * times
    data = f'<bankIdSignedData xmlns="{space}">{within}{unseen}</bankIdSignedData>'
    xml = f'{before}<{name} xmlns="http://www.w3.org/2000/09/xmldsig#"><Object>{data}</Object></{name}>'
    return base64.b64encode(xml.encode()).decode()


def lacking(name: str) -> Change:
    return lambda answer: (answer[0], {key: value for key, value in answer[1].items() if key != name})


ANY_ANSWER: list[tuple[Change, str]] = [
    (lambda _: (503, {"errorCode": "Maintenance", "details": "x"}), "Maintenance"),
    (lambda _: (500, {"errorCode": "internalError", "details": "x"}), "internalError"),
    (lambda _: (408, {"errorCode": "requestTimeout", "details": "x"}), "requestTimeout"),
    (lambda _: (401, {"errorCode": "unauthorized", "details": "x"}), "unauthorized"),
    (lambda _: (400, {"errorCode": "somethingNew", "details": "x"}), "somethingNew"),
    (lambda _: (502, b"<html>" + NUMBER.encode()), "HTTP 502"),
    (lambda _: (400, {"errorCode": f"<b>{NUMBER}"}), "HTTP 400"),
    (lambda _: (307, b""), "HTTP 307"),
    (lambda _: (200, b""), "JSON"),
    (lambda _: (200, NUMBER.encode() + b"}"), "JSON"),
    (lambda _: (200, b"\xff\xfe"), "JSON"),
    (lambda _: (200, b"[" * 200_000), "JSON"),
    (lambda _: (200, b"9" * 100_000), "JSON"),
    (lambda _: (200, b" " * 600_000), "size"),
    (lambda _: (200, []), "answer"),
    (lambda _: (200, None), "answer"),
    (lacking("orderRef"), "orderRef"),
]
BEGINNINGS: list[tuple[Change, str]] = [
    (lambda _: (400, {"errorCode": "invalidParameters", "details": "x"}), "invalidParameters"),
    (changed(orderRef=7), "orderRef"),
    (changed(autoStartToken="x&redirect=https://evil.example"), "autoStartToken"),
    (changed(qrStartToken="a b c d e f g h i j k"), "qrStartToken"),
    (changed(qrStartToken="0" * 65), "qrStartToken"),
    (changed(qrStartSecret=""), "qrStartSecret"),
    (lacking("qrStartSecret"), "qrStartSecret"),
]
ENDS: list[tuple[Change, str]] = [
    (changed(orderRef="131daac9-16c6-4618-beb0-365768f37288"), "orderRef"),
    (changed(status="done"), "status"),
    (changed(status="pending"), "hintCode"),
    (changed(status="failed", hintCode="../x"), "hintCode"),
    (changed(completionData=None), "completionData"),
    (completed(lambda data: data.update(user=[NUMBER])), "user"),
    (completed(lambda data: data["user"].update(personalNumber="5207306886")), "personalNumber"),
    (completed(lambda data: data["user"].update(personalNumber=int(NUMBER))), "personalNumber"),
    (completed(lambda data: data["user"].update(personalNumber=NUMBER + "\n")), "personalNumber"),
    (completed(lambda data: data["user"].update(personalNumber="١٩٥٢٠٧٣٠٦٨٨٦")), "personalNumber"),
    (completed(lambda data: data["user"].pop("personalNumber")), "personalNumber"),
    (completed(lambda data: data["user"].update(name="")), "name"),
    (completed(lambda data: data["user"].update(name="A\u202eB")), "name"),
    (completed(lambda data: data["user"].update(name="A" * 201)), "name"),
    (completed(lambda data: data.update(signature="")), "signature"),
    (completed(lambda data: data.update(signature="<Signature/>")), "signature"),
    (completed(lambda data: data.update(signature="åäö=")), "signature"),
    (completed(lambda data: data.pop("ocspResponse")), "ocspResponse"),
    (completed(lambda data: data.update(ocspResponse="AAA*A")), "ocspResponse"),
    (completed(lambda data: data.update(signature=signed(ACT.reference + "0"))), "signature"),
    (completed(lambda data: data.update(signature=signed(ACT.reference, times=2))), "signature"),
    (completed(lambda data: data.update(signature=signed(ACT.reference, times=0))), "signature"),
    (completed(lambda data: data.update(signature=signed(ACT.reference, before="<!DOCTYPE Signature>"))), "signature"),
    (completed(lambda data: data.update(signature=signed(ACT.reference, before=BOMB))), "signature"),
    (completed(lambda data: data.update(signature=signed(ACT.reference, within="<a>" * 10_000))), "signature"),
    (completed(lambda data: data.update(signature=signed(ACT.reference, space="http://other.example"))), "signature"),
    (completed(lambda data: data.update(signature=signed(ACT.reference, name="Signatur"))), "signature"),
]


@pytest.mark.parametrize(("change", "reason"), [*ANY_ANSWER, *BEGINNINGS])
def test_an_order_that_was_not_taken_as_it_should_is_none(bank: BankIdServer, change: Change, reason: str) -> None:
    bank.instead = lambda _, answer: change(answer)
    told(bank, lambda: provider(bank).begin(ACT), reason)


@pytest.mark.parametrize(("change", "reason"), [*ANY_ANSWER, *ENDS])
def test_an_answer_that_is_not_as_it_should_be_identifies_nobody(
    bank: BankIdServer, change: Change, reason: str
) -> None:
    begun = provider(bank).begin(ACT)
    bank.orders[-1].approve(NUMBER, NAME)
    bank.instead = lambda _, answer: change(answer)
    told(bank, lambda: provider(bank).complete(ACT, begun.kept, {}, now()), reason)


def test_the_least_that_says_what_we_asked_is_enough(bank: BankIdServer) -> None:
    begun = provider(bank).begin(ACT)
    bank.orders[-1].approve(NUMBER, NAME)
    bank.instead = lambda _, answer: completed(lambda data: data.update(signature=signed(ACT.reference)))(answer)
    assert isinstance(provider(bank).complete(ACT, begun.kept, {}, now()), Identity)


def told(bank: BankIdServer, act: Callable[[], object], reason: str) -> None:
    """It is unavailable for that reason, in words; nothing of what came is in them, and no redirect was followed."""
    before = len(bank.asked)
    with pytest.raises(UnavailableError) as caught:
        act()
    assert caught.value.params == {"reason": reason, "url": bank.url}
    chain: BaseException | None = caught.value
    while chain is not None:
        assert NUMBER not in f"{chain!r} {chain}"
        chain = chain.__cause__ or chain.__context__
    assert all(reason in texts(f"errors.{caught.value.code}", **caught.value.params) for texts in TEXTS)
    assert len(bank.asked) == before + 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = [
    ("orderRef",),
    ("status",),
    ("completionData",),
    ("completionData", "user"),
    ("completionData", "user", "personalNumber"),
    ("completionData", "user", "name"),
    ("completionData", "signature"),
    ("completionData", "ocspResponse"),
    ("completionData", "device"),
]


@given(st.sampled_from(MEMBERS), JSON)
def test_whatever_stands_in_an_answers_place_identifies_nobody_or_whom_it_says(
    honest: BankIdServer, path: tuple[str, ...], value: object
) -> None:
    def change(_: str, answer: Answer) -> Answer:
        said = copy.deepcopy(answer[1])
        inner = said
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value
        return answer[0], said

    begun = provider(honest).begin(ACT)
    honest.orders[-1].approve(NUMBER, NAME)
    honest.instead = change
    try:
        found = provider(honest).complete(ACT, begun.kept, {}, now())
    except (RefusedError, UnavailableError):
        return
    finally:
        honest.instead = None
    assert isinstance(found, Identity)
    said = {"name": value if path[-1] == "name" else NAME, "number": value if "Number" in path[-1] else NUMBER}
    assert {"name": found.name, "number": found.identifier} == said


def test_a_server_that_never_ends_is_given_up(bank: BankIdServer) -> None:
    given_up = threading.Event()

    def wait(_: str, answer: Answer) -> Answer:
        given_up.wait(30)
        return answer

    bank.instead = wait
    line = Line(0.3, tls=client_tls(bank.certificate, bank.roots))
    try:
        with pytest.raises(UnavailableError, match="timeout"):
            BankId(BankIdApi(bank.url, line), now).begin(ACT)
    finally:
        given_up.set()


def test_another_server_is_not_spoken_to(bank: BankIdServer, tmp_path: Path) -> None:
    Authority("Test SSL Root CA", tmp_path / "other.pem")
    line = Line(5, tls=client_tls(bank.certificate, tmp_path / "other.pem"))
    before = len(bank.asked)
    with pytest.raises(UnavailableError, match="CERTIFICATE_VERIFY_FAILED"):
        BankId(BankIdApi(bank.url, line), now).begin(ACT)
    assert len(bank.asked) == before


def test_the_roots_that_browsers_trust_are_not_bankids(bank: BankIdServer) -> None:
    with pytest.raises(UnavailableError, match="CERTIFICATE_VERIFY_FAILED"):
        BankId(BankIdApi(bank.url, Line(5)), now).begin(ACT)
    assert [one["subject"] for one in client_tls(bank.certificate, bank.roots).get_ca_certs()] == [
        ((("commonName", "Test SSL Root CA"),),)
    ]


def test_a_server_by_another_name_is_not_spoken_to(tmp_path: Path) -> None:
    with BankIdServer(tmp_path, name="127.0.0.2") as bank, pytest.raises(UnavailableError, match="VERIFY_FAILED"):
        provider(bank).begin(ACT)


def test_bankid_lets_nobody_in_but_us(bank: BankIdServer, tmp_path: Path) -> None:
    Authority("Testbank Customer CA", tmp_path / "issuer.pem").certify("Signflow", tmp_path / "client.pem")
    line = Line(5, tls=client_tls(tmp_path / "client.pem", bank.roots))
    before = len(bank.asked)
    with pytest.raises(UnavailableError, match="bankid-unavailable"):
        BankId(BankIdApi(bank.url, line), now).begin(ACT)
    assert len(bank.asked) == before


def test_the_settings_lead_to_bankid(bank: BankIdServer, tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path, **(bank.settings() | {"bankid_url": f"{bank.url}/"}))
    identity = open_identity(settings, now)
    assert identity is not None
    assert identity.name == "BankID"
    identity.begin(ACT)
    assert bank.orders[-1].purpose == ACT.purpose


def test_a_key_that_others_may_read_is_not_used(bank: BankIdServer, tmp_path: Path) -> None:
    copied = tmp_path / "client.pem"
    copied.write_bytes(bank.certificate.read_bytes())
    copied.chmod(0o640)
    settings = load_settings(data=tmp_path, **(bank.settings() | {"bankid_certificate_file": str(copied)}))
    with pytest.raises(SettingsError, match="secret-file-open"):
        open_identity(settings, now)


@pytest.mark.parametrize("setting", ["bankid_certificate_file", "bankid_roots"])
@pytest.mark.parametrize(
    "content", [None, b"", b"\xff\xfe", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_files_that_cannot_be_used_are_named(
    bank: BankIdServer, tmp_path: Path, setting: str, content: bytes | None
) -> None:
    file = tmp_path / "given.pem"
    if content is not None:
        file.touch(0o600)
        file.write_bytes(content)
    settings = load_settings(data=tmp_path, **(bank.settings() | {setting: str(file)}))
    with pytest.raises(SettingsError, match="setting-invalid") as caught:
        open_identity(settings, now)
    assert str(file) in str(caught.value)


@pytest.mark.oracle("openssl")
def test_a_key_under_a_passphrase_is_refused_and_nobody_is_asked_for_it(bank: BankIdServer, tmp_path: Path) -> None:
    file = tmp_path / "client.pem"
    file.touch(0o600)
    locked = subprocess.run(
        ["openssl", "pkcs8", "-topk8", "-in", bank.certificate, "-passout", "pass:hemligt"],
        capture_output=True,
        check=True,
    )
    file.write_bytes(bank.certificate.read_bytes().partition(b"-----BEGIN PRIVATE")[0] + locked.stdout)
    settings = load_settings(data=tmp_path, **(bank.settings() | {"bankid_certificate_file": str(file)}))
    with pytest.raises(SettingsError, match="setting-invalid"):
        open_identity(settings, now)


def test_what_openssl_writes_beside_certificates_does_no_harm(bank: BankIdServer, tmp_path: Path) -> None:
    file = tmp_path / "client.pem"
    file.touch(0o600)
    file.write_bytes("Bag Attributes\n    friendlyName: Åre kommun\n".encode("latin-1") + bank.certificate.read_bytes())
    settings = load_settings(data=tmp_path, **(bank.settings() | {"bankid_certificate_file": str(file)}))
    identity = open_identity(settings, now)
    assert identity is not None
    assert json.loads(json.dumps(dict(identity.begin(ACT).kept)))["order_ref"] == bank.orders[-1].reference
