"""A signing service that answers wrongly: nothing of it is believed, and no secret of ours is told."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from asn1crypto import algos
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from time_authority import TimeAuthority, now

from signflow.errors import RefusedError, SettingsError, SignflowError, UnavailableError
from signflow.line import Line
from signflow.signing.keys.csc import CscSeal
from signflow.signing.keys.csc_api import CscAccount
from signflow.signing.outside.revocation import RevocationSources

URL = "https://signering.example/csc/v1"
PSS, PKCS1, RSA = "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.1"
Members = dict[str, Any]


class Service:
    """An honest service with one key, until a test changes what it says."""

    def __init__(self) -> None:
        self.authority = TimeAuthority("https://listor.example")
        self.unit = self.authority.unit
        self.pin = ""
        self.asked: list[tuple[str, Members]] = []
        self.headers: list[Mapping[str, str]] = []
        self.changes: dict[str, Callable[[Members], object]] = {}
        self.refusal: tuple[int, bytes] | None = None
        self.token = "nyckelord"
        self.passed = dt.timedelta(0)

    def seal(self) -> CscSeal:
        line = Line(2, transport=httpx.MockTransport(self.answer))
        account = CscAccount(URL, "sigill", lambda: self.token, lambda: self.pin)
        return CscSeal(account, self.authority.roots, line, RevocationSources(line))

    def sign(self, seal: CscSeal | None = None) -> bytes:
        return (seal or self.seal()).seal_signer(now() + self.passed).sign(b"data")

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, content=self.authority.crl())
        method = request.url.path.removeprefix("/csc/v1/")
        asked = json.loads(request.content)
        self.asked.append((method, asked))
        self.headers.append(request.headers)
        if self.refusal:
            return httpx.Response(self.refusal[0], content=self.refusal[1])
        if self.pin and method == "credentials/authorize" and asked.get("PIN") != "2580":
            return httpx.Response(400, json={"error": "invalid_pin", "error_description": f"not {asked.get('PIN')}"})
        said = self.changes.get(method, lambda members: members)(self._honest(method, asked))
        return httpx.Response(200, content=said if isinstance(said, bytes) else json.dumps(said).encode())

    def _honest(self, method: str, asked: Members) -> Members:
        if method == "credentials/info":
            der = self.unit.certificate.public_bytes(Encoding.DER)
            root = self.authority.root.public_bytes(Encoding.DER)
            return {
                "key": {"status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256},
                "cert": {"status": "valid", "certificates": [base64.b64encode(one).decode() for one in (der, root)]},
                "authMode": "explicit" if self.pin else "implicit",
                "PIN": {"presence": "true" if self.pin else "false"},
                "SCAL": "2",
                "multisign": 1,
            }
        if method == "credentials/authorize":
            return {"SAD": "aktivering", "expiresIn": 300}
        return {"signatures": [base64.b64encode(self._signature(asked)).decode()]}

    def _signature(self, asked: Members) -> bytes:
        key, digest, prehashed = self.unit.key, base64.b64decode(asked["hash"][0]), Prehashed(hashes.SHA256())
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(digest, ec.ECDSA(prehashed))
        if asked["signAlgo"] == PKCS1:
            assert "signAlgoParams" not in asked
            return key.sign(digest, padding.PKCS1v15(), prehashed)
        assert asked["signAlgo"] == PSS
        parameters = algos.RSASSAPSSParams.load(base64.b64decode(asked["signAlgoParams"])).native
        assert parameters["hash_algorithm"]["algorithm"] == "sha256"
        assert parameters["mask_gen_algorithm"]["parameters"]["algorithm"] == "sha256"
        return key.sign(digest, padding.PSS(padding.MGF1(hashes.SHA256()), parameters["salt_length"]), prehashed)


@pytest.fixture
def service() -> Service:
    return Service()


def test_an_honest_service_is_asked_in_order_and_told_no_more_than_a_digest(service: Service) -> None:
    assert service.sign()
    assert [method for method, _ in service.asked] == [
        "credentials/info",
        "credentials/authorize",
        "signatures/signHash",
    ]
    assert {one["credentialID"] for _, one in service.asked} == {"sigill"}
    assert all(headers["authorization"] == "Bearer nyckelord" for headers in service.headers)
    assert all(b"data" not in json.dumps(one).encode() for _, one in service.asked)


def test_what_the_service_says_of_itself_is_asked_once_an_hour(service: Service) -> None:
    seal = service.seal()
    for service.passed in (dt.timedelta(0), dt.timedelta(minutes=59), dt.timedelta(minutes=61)):
        service.sign(seal)
    assert [method for method, _ in service.asked].count("credentials/info") == 2


def test_a_token_that_was_changed_is_used_at_once(service: Service) -> None:
    seal = service.seal()
    service.sign(seal)
    service.token = "nytt"
    service.sign(seal)
    assert service.headers[-1]["authorization"] == "Bearer nytt"


def changed(**members: object) -> Callable[[Members], Members]:
    return lambda honest: {**honest, **members}


def within(part: str, **members: object) -> Callable[[Members], Members]:
    return lambda honest: {**honest, part: {**honest[part], **members}}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (within("key", status="disabled"), "key/status"),
        (within("cert", status="revoked"), "cert/status"),
        (changed(authMode="oauth2code"), "authMode"),
        (changed(OTP={"presence": "true"}), "OTP"),
        (within("key", algo=["1.2.840.113549.1.1.11"]), "key/algo"),
    ],
    ids=["disabled", "revoked", "a person must act", "one-time code", "other algorithm"],
)
def test_a_credential_that_cannot_seal_by_itself_is_the_operators_to_mend(
    service: Service, change: Callable[[Members], Members], reason: str
) -> None:
    service.changes["credentials/info"] = change
    with pytest.raises(SettingsError, match="csc-unusable") as caught:
        service.sign()
    assert caught.value.params["reason"] == reason


@pytest.mark.parametrize(
    ("method", "change"),
    [
        ("credentials/info", lambda _: b""),
        ("credentials/info", lambda _: b"<html>"),
        ("credentials/info", lambda _: b"[" * 100_000),
        ("credentials/info", lambda _: b"x" * 300_000),
        ("credentials/info", lambda _: []),
        ("credentials/info", lambda _: {}),
        ("credentials/info", within("cert", certificates=[])),
        ("credentials/info", within("cert", certificates="MIIB")),
        ("credentials/info", within("cert", certificates=["MIIB"])),
        ("credentials/info", within("cert", certificates=["inte base64"])),
        ("credentials/info", lambda honest: {**honest, "cert": {"certificates": honest["cert"]["certificates"] * 6}}),
        ("credentials/info", changed(key=7)),
        ("credentials/info", within("key", algo=[7])),
        ("credentials/authorize", lambda _: {}),
        ("credentials/authorize", changed(SAD=7)),
        ("credentials/authorize", changed(SAD="x" * 60_000)),
        ("signatures/signHash", lambda _: {}),
        ("signatures/signHash", changed(signatures=[])),
        ("signatures/signHash", lambda honest: {"signatures": honest["signatures"] * 2}),
        ("signatures/signHash", changed(signatures=["AAAA"])),
        ("signatures/signHash", changed(signatures=["inte base64"])),
        ("signatures/signHash", changed(signatures=[None])),
    ],
)
def test_an_answer_that_is_not_one_counts_as_none(
    service: Service, method: str, change: Callable[[Members], object]
) -> None:
    service.changes[method] = change
    with pytest.raises(UnavailableError, match=r"csc-(invalid|unavailable)"):
        service.sign()


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        ([PSS], PSS),
        ([PKCS1, PSS, RSA], PSS),
        ([RSA, PSS], PSS),
        ([PKCS1], PKCS1),
        ([RSA], PKCS1),
        (["1.2.840.113549.1.1.13", RSA], PKCS1),
    ],
)
def test_of_what_a_credential_of_rsa_offers_it_signs_with_what_holds_longest(
    service: Service, offered: list[str], expected: str
) -> None:
    service.unit = service.authority.new_unit(key=rsa.generate_private_key(65537, 3072))
    service.changes["credentials/info"] = within("key", algo=offered)
    assert service.sign()
    assert service.asked[-1][1]["signAlgo"] == expected


def test_a_credential_that_signs_pkcs1_alone_ends_with_it(service: Service) -> None:
    service.unit = service.authority.new_unit(key=rsa.generate_private_key(65537, 3072))
    service.changes["credentials/info"] = within("key", algo=[PKCS1])
    seal = service.seal()
    service.sign(seal)
    service.passed = dt.datetime(2029, 1, 1, tzinfo=dt.UTC) - now()
    with pytest.raises(SettingsError, match="algorithm-ended"):
        service.sign(seal)


@pytest.mark.parametrize("algorithms", [["1.2.840.113549.1.1.13"], ["1.2.840.10045.2.1"], ["1.2.840.113549.1.1.5"]])
def test_a_credential_of_rsa_that_offers_neither_padding_seals_nothing(service: Service, algorithms: list[str]) -> None:
    service.unit = service.authority.new_unit(key=rsa.generate_private_key(65537, 3072))
    service.changes["credentials/info"] = within("key", algo=algorithms)
    with pytest.raises(SettingsError, match="csc-unusable") as caught:
        service.sign()
    assert caught.value.params["reason"] == "key/algo"


@pytest.mark.parametrize(("salt_bytes", "holds"), [(32, True), (20, False), (0, False), (None, False)])
def test_a_service_that_pads_otherwise_than_asked_has_not_signed(
    service: Service, salt_bytes: int | None, *, holds: bool
) -> None:
    key = rsa.generate_private_key(65537, 3072)
    service.unit = service.authority.new_unit(key=key)
    service.changes["credentials/info"] = within("key", algo=[PSS])
    pss = padding.PKCS1v15() if salt_bytes is None else padding.PSS(padding.MGF1(hashes.SHA256()), salt_bytes)
    signature = base64.b64encode(key.sign(b"data", pss, hashes.SHA256())).decode()
    service.changes["signatures/signHash"] = changed(signatures=[signature])
    if holds:
        assert service.sign()
    else:
        with pytest.raises(UnavailableError, match=r"csc-invalid.*signature"):
            service.sign()


def test_a_signature_by_another_key_is_none(service: Service) -> None:
    seal = service.seal()
    service.sign(seal)
    service.unit = service.authority.new_unit()
    with pytest.raises(UnavailableError, match="signature"):
        service.sign(seal)


def test_a_key_too_small_is_refused(service: Service) -> None:
    service.unit = service.authority.new_unit(key=ec.generate_private_key(ec.SECP256K1()))
    with pytest.raises(RefusedError, match="key-kind"):
        service.sign()


def test_a_revocation_list_that_cannot_be_had(service: Service) -> None:
    service.authority.crl = lambda: b""  # type: ignore[method-assign]
    with pytest.raises(UnavailableError, match="revocation-unavailable"):
        service.sign()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b'{"error": "invalid_token"}', "invalid_token"),
        (401, b"", "HTTP 401"),
        (503, b"<html>", "HTTP 503"),
        (400, b'{"error": "' + b"a" * 50 + b'"}', "HTTP 400"),
        (400, b'{"error": "hemligt 2580"}', "HTTP 400"),
        (302, b"", "HTTP 302"),
    ],
)
def test_a_refusal_is_told_by_its_name_alone(service: Service, status: int, body: bytes, said: str) -> None:
    service.refusal = status, body
    with pytest.raises(UnavailableError, match="csc-refused") as caught:
        service.sign()
    assert caught.value.params["status"] == said


def test_the_pin_opens_and_a_wrong_one_is_sent_once_until_it_is_another(service: Service) -> None:
    service.pin = "0000"
    seal = service.seal()
    for _ in range(3):
        with pytest.raises(SettingsError, match="csc-pin"):
            service.sign(seal)
    assert [method for method, _ in service.asked].count("credentials/authorize") == 1
    service.pin = "2580"
    assert service.sign(seal)


def test_no_secret_is_in_what_is_raised_or_logged(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    service.pin = "0000"
    seal = service.seal()
    told: list[SignflowError] = []
    for refusal in (None, (401, b'{"error": "invalid_token", "error_description": "nyckelord 0000"}')):
        service.refusal = refusal
        with pytest.raises(SignflowError) as caught:
            service.sign(seal)
        told.append(caught.value)
    everything = caplog.text + "".join(f"{one} {one.params} {one.__cause__}" for one in told)
    assert not any(secret in everything for secret in ("nyckelord", "0000", "aktivering"))
