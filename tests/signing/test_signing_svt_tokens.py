"""What a validation token says, to whom, and that nothing in it can be changed without being refused."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from signing_house import ADJUSTER, NOW, SECRETARY, House, Stages, authentication, open_house
from signing_tokens import (
    ISSUER,
    Open,
    changed,
    decode,
    encode,
    issue,
    judge,
    places,
    sign,
    take_apart,
    validated,
    x5c_of,
)

from signflow.errors import RefusedError
from signflow.signing.evidence.jws import read_jws
from signflow.signing.evidence.svt_pdf import ValidatedPdf, embed_svt
from signflow.signing.keys.signer import Signer
from signflow.signing.report import Indication

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "rfc9321.json").read_text("utf-8"))
PASSED = Indication.TOTAL_PASSED


@pytest.fixture(scope="session")
def sealed(house: House, stages: Stages) -> ValidatedPdf:
    return validated(house, stages.sealed)


@pytest.fixture(scope="session")
def token(house: House, sealed: ValidatedPdf) -> str:
    return issue(house, sealed)


@pytest.fixture(scope="session")
def opened(token: str) -> Open:
    return take_apart(token)


def test_a_token_says_what_the_validation_found(token: str, sealed: ValidatedPdf) -> None:
    report = judge(token, sealed)
    assert (report.indication, report.token, report.issuer) == (PASSED, PASSED, ISSUER)
    assert [(one.signatory, one.indication, one.proven_at) for one in report.signatures] == [
        (one.signatory, PASSED, one.signed_at) for one in sealed.report.signatures
    ]
    assert report.authority == "Provkommun Valideringsintyg"


def test_the_claims_are_as_the_rfc_has_them(opened: Open) -> None:
    Draft202012Validator(SCHEMA).validate(opened.payload)
    assert list(opened.header) == ["typ", "alg", "x5c"]
    assert (opened.header["typ"], opened.header["alg"], len(opened.header["x5c"])) == ("JWT", "ES256", 2)
    assert opened.payload["sig_val_claims"]["hash_algo"] == "http://www.w3.org/2001/04/xmlenc#sha256"
    assert re.fullmatch("[0-9a-f]{32}", opened.payload["jti"])
    for signature in opened.payload["sig_val_claims"]["sig"]:
        assert [time["type"].split("/")[-2] for time in signature["time_val"]] == ["sig-timestamp", "pdf-doc-timestamp"]


def test_the_references_are_those_of_the_file_taken_apart_by_other_means(opened: Open, stages: Stages) -> None:
    """The bytes are found with a regular expression, the signature is taken apart with asn1crypto alone."""
    pdf = stages.sealed
    found = re.finditer(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    ranges = [tuple(map(int, one.groups())) for one in found]
    claims = {one["sig_data_ref"][0]["ref"]: one for one in opened.payload["sig_val_claims"]["sig"]}
    assert len(claims) == 3
    for start, length, second, rest in ranges:
        about = claims.pop(f"{start} {length} {second} {rest}", None)
        if about is None:
            continue  # the document timestamp
        assert _digest(pdf[start : start + length] + pdf[second : second + rest]) == about["sig_data_ref"][0]["hash"]
        der = bytes.fromhex(pdf[start + length + 1 : second - 1].decode())
        signer_info = cms.ContentInfo.load(der)["content"]["signer_infos"][0]
        assert _digest(signer_info["signature"].native) == about["sig_ref"]["sig_hash"]
        assert _digest(signer_info["signed_attrs"].untag().dump()) == about["sig_ref"]["sb_hash"]
    assert claims == {}


def _digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


@pytest.mark.oracle("openssl")
def test_openssl_verifies_the_token(token: str, opened: Open, house: House, tmp_path: Path) -> None:
    raw = decode(opened.signature)
    numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    (tmp_path / "signature").write_bytes(encode_dss_signature(*numbers))
    (tmp_path / "input").write_text(token.rpartition(".")[0])
    chain = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in opened.header["x5c"]]
    (tmp_path / "leaf.pem").write_bytes(chain[0].public_bytes(Encoding.PEM))
    (tmp_path / "issuing.pem").write_bytes(chain[1].public_bytes(Encoding.PEM))
    (tmp_path / "root.pem").write_bytes(house.authority.root_pem)
    (tmp_path / "key.pem").write_bytes(
        chain[0].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    _openssl(tmp_path, "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "input")
    at = str(int(NOW.timestamp()))
    _openssl(tmp_path, "verify", "-attime", at, "-CAfile", "root.pem", "-untrusted", "issuing.pem", "leaf.pem")


def _openssl(folder: Path, *arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# --- every claim, every header parameter


def test_no_place_of_a_token_can_be_changed(opened: Open, sealed: ValidatedPdf) -> None:
    """Without the key: header, payload and signature, each place in several ways."""
    tokens = [
        (place, how, opened.text(header=other))
        for place in places(opened.header)
        for how, other in changed(opened.header, place)
    ]
    tokens += [
        (place, how, opened.text(payload=other))
        for place in places(opened.payload)
        for how, other in changed(opened.payload, place)
    ]
    assert len(tokens) > 300
    for place, how, text in tokens:
        report = judge(text, sealed)
        assert report.token is Indication.TOTAL_FAILED, (place, how)
        assert report.indication is Indication.TOTAL_FAILED, (place, how)


# What the issuer states and nothing in the file can contradict: claims and members by name
_STATED = {"jti", "iss", "iat", "aud", "exp", "pol", "msg", "id", "val", "res"}


def test_an_issuer_cannot_say_of_a_file_what_is_not_so(house: House, opened: Open, sealed: ValidatedPdf) -> None:
    """With the issuer's own key: each place that the file can be held against, in several ways."""
    signer = house.authority.evidence_signer(NOW)
    count = 0
    for place in places(opened.payload):
        compared = place[0] == "sig_val_claims" and not _STATED & set(place) and place[-1] != "iss"
        optional = place[-1] in {"hash", "time_val"} and "time_val" in place
        for how, other in changed(opened.payload, place):
            if not compared or (optional and how == "removed") or _says_less(place, how):
                continue
            report = judge(opened.signed_by(signer, payload=other), sealed)
            assert report.indication is not PASSED, (place, how)
            count += 1
    assert count > 150


def _says_less(place: tuple[str | int, ...], how: str) -> bool:
    """A token may name fewer proofs of time, of a kind unknown here, fewer issuers, and all in another order."""
    in_times = "time_val" in place
    list_of_times = "time_val" in place[-2:]
    kind = in_times and place[-1] == "type" and how in {"longer", "shorter", "another letter"}
    fewer_issuers = place[-2:] == ("ref", 1) and how == "removed"
    order = (place[-1], how) in {("sig", "turned round"), ("sig_val", "the first twice")}
    return (
        kind
        or fewer_issuers
        or order
        or (list_of_times and how in {"removed", "empty", "turned round", "the first twice"})
    )


@pytest.mark.parametrize(
    ("result", "indication"),
    [("FAILED", Indication.TOTAL_FAILED), ("INDETERMINATE", Indication.INDETERMINATE)],
)
def test_what_was_found_is_what_holds(
    house: House, opened: Open, sealed: ValidatedPdf, result: str, indication: Indication
) -> None:
    payload = json.loads(json.dumps(opened.payload))
    payload["sig_val_claims"]["sig"][1]["sig_val"][0] |= {"res": result, "msg": "why"}
    report = judge(opened.signed_by(house.authority.evidence_signer(NOW), payload=payload), sealed)
    assert (report.indication, report.sub_indication, report.token) == (indication, "why", PASSED)
    assert [one.indication for one in report.signatures] == [PASSED, indication, PASSED]


# --- keys, algorithms, form


def _none(opened: Open, _: House) -> str:
    return opened.text(header={**opened.header, "alg": "none"}).rpartition(".")[0] + "."


def _shared_secret(opened: Open, _: House) -> str:
    """The public key, which everybody has, as the secret of an HMAC."""
    certificate = x509.load_der_x509_certificate(base64.b64decode(opened.header["x5c"][0]))
    pem = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signing_input = opened.text(header={**opened.header, "alg": "HS256"}).rpartition(".")[0]
    mac = hmac.HMAC(pem, hashes.SHA256())
    mac.update(signing_input.encode())
    return f"{signing_input}.{encode(mac.finalize())}"


def _twice(part: int) -> Callable[[Open, House], str]:
    """A name that stands twice, the second time otherwise; some readers see the first, some the second."""

    def build(opened: Open, house: House) -> str:
        parts = [json.dumps(opened.header), json.dumps(opened.payload)]
        name = ("typ", "iss")[part]
        parts[part] = parts[part][:-1] + f', "{name}": "x"}}'
        return sign(".".join(encode(one.encode()) for one in parts), house.authority.evidence_signer(NOW))

    return build


def _with_header(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Open, House], str]:
    return lambda opened, house: opened.signed_by(house.authority.evidence_signer(NOW), change(dict(opened.header)))


def _with_payload(**claims: object) -> Callable[[Open, House], str]:
    return lambda opened, house: opened.signed_by(
        house.authority.evidence_signer(NOW), payload={**opened.payload, **claims}
    )


def _without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda header: {key: value for key, value in header.items() if key != name}


def _der_signature(opened: Open, house: House) -> str:
    signing_input = opened.text().rpartition(".")[0]
    return f"{signing_input}.{encode(house.authority.evidence_signer(NOW).sign(signing_input.encode()))}"


def _other_key(opened: Open, house: House) -> str:
    return opened.signed_by(house.authority.seal_signer(NOW))


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        pytest.param(_none, "token-signature", id="no algorithm"),
        pytest.param(_shared_secret, "token-signature", id="the public key as a shared secret"),
        pytest.param(_twice(0), "token-malformed", id="a header parameter twice"),
        pytest.param(_twice(1), "token-malformed", id="a claim twice"),
        pytest.param(_with_header(_without("typ")), "token-malformed", id="no type"),
        pytest.param(_with_header(lambda one: one | {"typ": "jwt"}), "token-malformed", id="the type in small letters"),
        pytest.param(_with_header(_without("x5c")), "token-malformed", id="no certificate"),
        pytest.param(_with_header(lambda one: one | {"x5c": []}), "token-malformed", id="no certificate in the chain"),
        pytest.param(_with_header(lambda one: one | {"alg": "ES384"}), "token-signature", id="another algorithm"),
        pytest.param(_with_header(lambda one: one | {"alg": ["ES256"]}), "token-malformed", id="a list of algorithms"),
        pytest.param(
            _with_header(lambda one: one | {"crit": ["x"], "x": 1}), "token-malformed", id="something critical"
        ),
        pytest.param(_with_header(lambda one: one | {"b64": False}), "token-malformed", id="a payload not encoded"),
        pytest.param(
            _with_header(lambda one: one | {"x5c": one["x5c"][::-1]}), "token-signature", id="chain turned round"
        ),
        pytest.param(
            _with_header(lambda one: {"typ": "JWT", "alg": "ES256", "kid": one["x5c"][0][:44]}),
            "token-malformed",
            id="a key that is not there",
        ),
        pytest.param(_der_signature, "token-signature", id="a signature as CMS has them"),
        pytest.param(_other_key, "token-signature", id="another key"),
        pytest.param(_with_payload(exp=int(NOW.timestamp())), "token-expired", id="expired"),
        pytest.param(_with_payload(iat=int(NOW.timestamp()) + 3600), "TIMESTAMP_ORDER_FAILURE", id="of the future"),
        pytest.param(_with_payload(iat=2**62), "token-malformed", id="beyond all years"),
        pytest.param(_with_payload(nbf=0), "token-malformed", id="a claim that may not be"),
        pytest.param(lambda opened, _: opened.text() + "=", "token-malformed", id="padding"),
        pytest.param(lambda opened, _: opened.text() + ".x", "token-malformed", id="four parts"),
        pytest.param(lambda *_: "", "token-malformed", id="nothing"),
        pytest.param(lambda *_: f"{encode(b'[' * 100_000)}.{encode(b'{}')}.AA", "token-malformed", id="very deep"),
        pytest.param(lambda *_: "A" * 600_000 + "..", "token-malformed", id="very long"),
    ],
)
def test_a_token_of_another_form_or_key_is_refused(
    house: House, opened: Open, sealed: ValidatedPdf, build: Callable[[Open, House], str], reason: str
) -> None:
    report = judge(build(opened, house), sealed)
    assert report.token is not PASSED
    assert report.indication is not PASSED
    assert report.token_reason == reason


def test_a_token_that_has_not_expired_holds(house: House, opened: Open, sealed: ValidatedPdf) -> None:
    later = _with_payload(exp=int(NOW.timestamp()) + 1, aud=["https://a.example", "https://b.example"])
    assert judge(later(opened, house), sealed).indication is PASSED


def _one_shot(house: House) -> Signer:
    return house.authority.issue_one_shot("Anna Söderström", "Sekreterare", authentication(), NOW)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(_one_shot, id="a signatory's"),
        pytest.param(lambda house: house.authority.seal_signer(NOW), id="the seal's"),
        pytest.param(lambda house: house.authority.tsa_signer()[0], id="the time-stamping authority's"),
    ],
)
def test_other_keys_of_the_same_authority_may_not_state_anything(
    house: House, opened: Open, sealed: ValidatedPdf, key: Callable[[House], Signer]
) -> None:
    signer = key(house)
    header = {**opened.header, "x5c": [base64.b64encode(signer.certificate.dump()).decode(), *opened.header["x5c"][1:]]}
    report = judge(opened.signed_by(signer, header), sealed)
    assert (report.indication, report.token_reason) == (Indication.INDETERMINATE, "token-not-entitled")


def test_a_stranger_who_calls_himself_the_same_is_not_believed(
    opened: Open, sealed: ValidatedPdf, tmp_path: Path
) -> None:
    signer = open_house(tmp_path / "stranger").authority.evidence_signer(NOW)
    report = judge(opened.signed_by(signer, {**opened.header, "x5c": x5c_of(signer)}), sealed)
    assert (report.token, report.token_reason) == (Indication.INDETERMINATE, "NO_CERTIFICATE_CHAIN_FOUND")
    assert {one.indication for one in report.signatures} == {Indication.INDETERMINATE}


# --- other files


def test_a_token_is_about_its_file_alone(house: House, token: str, original: bytes) -> None:
    """The same people, the same text, signed once more."""
    secretary = house.sign(original, *SECRETARY)
    twin = house.seal(house.complete(house.sign(secretary, *ADJUSTER), original))
    report = judge(token, validated(house, twin))
    assert (report.token, report.indication) == (PASSED, Indication.INDETERMINATE)
    assert {one.sub_indication for one in report.signatures} == {"token-silent"}


def test_a_signature_that_the_token_does_not_know_is_not_covered(
    house: House, stages: Stages, sealed: ValidatedPdf
) -> None:
    earlier = issue(house, validated(house, stages.adjuster))
    report = judge(earlier, sealed)
    assert [one.indication for one in report.signatures] == [PASSED, PASSED, Indication.INDETERMINATE]
    assert report.indication is Indication.INDETERMINATE


def test_a_byte_changed_under_a_signature_is_found(house: House, token: str, stages: Stages) -> None:
    pdf = bytearray(stages.sealed)
    at = pdf.index(b"/Title") + 9
    pdf[at] ^= 1
    report = judge(token, validated(house, bytes(pdf)))
    assert report.indication is Indication.TOTAL_FAILED
    assert {one.sub_indication for one in report.signatures} == {"token-other-file"}


def test_references_of_two_signatures_cannot_be_exchanged(house: House, opened: Open, sealed: ValidatedPdf) -> None:
    signer = house.authority.evidence_signer(NOW)
    for name in ("sig_ref", "sig_data_ref", "signer_cert_ref", "time_val"):
        payload = json.loads(json.dumps(opened.payload))
        first, second, _ = payload["sig_val_claims"]["sig"]
        first[name], second[name] = second[name], first[name]
        report = judge(opened.signed_by(signer, payload=payload), sealed)
        assert report.indication is Indication.TOTAL_FAILED, name
        assert [one.sub_indication for one in report.signatures][:2] == ["token-other-file"] * 2, name


def test_a_byte_range_in_another_order_is_another(house: House, opened: Open, sealed: ValidatedPdf) -> None:
    payload = json.loads(json.dumps(opened.payload))
    data = payload["sig_val_claims"]["sig"][0]["sig_data_ref"][0]
    a, b, c, d = data["ref"].split()
    data["ref"] = f"{c} {d} {a} {b}"
    report = judge(opened.signed_by(house.authority.evidence_signer(NOW), payload=payload), sealed)
    assert report.signatures[0].sub_indication == "token-other-file"


def test_no_token_without_a_signature(house: House, original: bytes) -> None:
    with pytest.raises(RefusedError, match="svt-no-signature"):
        issue(house, validated(house, original))


def test_a_signature_that_does_not_hold_is_stated_as_it_is(house: House, stages: Stages) -> None:
    pdf = bytearray(stages.sealed)
    pdf[pdf.index(b"/Title") + 9] ^= 1
    file = validated(house, bytes(pdf))
    report = judge(issue(house, file), file)
    assert (report.token, report.indication) == (PASSED, Indication.TOTAL_FAILED)


# --- in the file


def test_a_token_in_a_document_timestamp_is_found_there(house: House, token: str, stages: Stages) -> None:
    file = validated(house, embed_svt(stages.sealed, token, house.tsa, now=NOW))
    assert file.report.indication is PASSED
    [carried] = file.parts.carried
    assert carried.text == token
    report = judge(carried.text, file)
    assert (report.indication, len(report.signatures)) == (PASSED, 3)
    assert report.known_at == NOW.replace(microsecond=0)


def test_a_token_may_name_the_key_of_its_timestamp(house: House, opened: Open, stages: Stages) -> None:
    """As the first implementation does: `kid` is the digest of the certificate that signed the timestamp."""
    signer, _ = house.authority.tsa_signer()
    kid = base64.b64encode(signer.certificate.sha256).decode()
    token = opened.signed_by(signer, {"typ": "JWT", "alg": "ES256", "kid": kid})
    pdf = embed_svt(stages.sealed, token, house.tsa, now=NOW)
    assert judge(token, validated(house, pdf)).token_reason == "token-not-entitled"
    trust = house.trust()
    believed = ValidatedPdf(
        validated(house, pdf).report,
        validated(house, pdf).parts,
        type(trust)((*trust.roots, signer.certificate.dump()), trust.tsa_roots, trust.crls, trust.local_tsa_roots),
    )
    assert judge(token, believed).indication is PASSED


# --- whatever else comes


@settings(max_examples=60)
@given(place=st.integers(0, 10_000), letter=st.sampled_from("ABCXYZabcxyz019-_.= \x00é"))
def test_any_letter_changed_is_refused(token: str, sealed: ValidatedPdf, place: int, letter: str) -> None:
    place %= len(token)
    other = token[:place] + letter + token[place + 1 :]
    assert (other == token) or judge(other, sealed).token is Indication.TOTAL_FAILED


@given(st.text(max_size=200) | st.tuples(*[st.binary(max_size=60)] * 3).map(lambda parts: ".".join(map(encode, parts))))
def test_what_is_no_token_is_refused_and_nothing_worse(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_jws(text)
