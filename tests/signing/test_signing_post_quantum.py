"""The second token, signed with ML-DSA-65: it holds where elliptic curves have fallen, for those who hold its certificate."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from signing_house import NOW, ORGANISATION, House, Stages
from signing_tokens import ISSUER, encode, issue, take_apart, validated

from signflow.errors import IntegrityError, SettingsError
from signflow.signing.algorithms import AlgorithmPolicy, policy
from signflow.signing.evidence.post_quantum import FILE, PostQuantumKey
from signflow.signing.evidence.svt_pdf import ValidatedPdf, validate_parts
from signflow.signing.evidence.svt_validate import validate_svt
from signflow.signing.report import Indication
from signflow.signing.trust import Trust

PASSED = Indication.TOTAL_PASSED


def open_key(folder: Path, passphrase: str | None = None) -> PostQuantumKey:
    return PostQuantumKey.open(folder, organisation=ORGANISATION, country="SE", passphrase=passphrase, now=NOW)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> PostQuantumKey:
    return open_key(tmp_path_factory.mktemp("post-quantum"))


@pytest.fixture(scope="module")
def file(house: House, stages: Stages, key: PostQuantumKey) -> ValidatedPdf:
    return validate_parts(stages.sealed, believing(house.trust(), key), at=NOW)


@pytest.fixture(scope="module")
def token(key: PostQuantumKey, file: ValidatedPdf) -> str:
    return key.issue_svt(file, ISSUER, now=NOW)


def believing(trust: Trust, key: PostQuantumKey) -> Trust:
    return replace(trust, roots=(*trust.roots, key.certificate_pem))


def test_both_tokens_say_the_same(house: House, token: str, file: ValidatedPdf) -> None:
    second, usual = validate_svt(token, file), validate_svt(issue(house, file), file)
    assert (second.indication, usual.indication) == (PASSED, PASSED)
    assert second.signatures == usual.signatures
    header = take_apart(token).header
    assert (header["typ"], header["alg"], len(header["x5c"])) == ("JWT", "ML-DSA-65", 1)
    assert take_apart(token).payload["sig_val_claims"]["hash_algo"] == "http://www.w3.org/2001/04/xmlenc#sha512"


def test_it_holds_where_curves_have_fallen(house: House, stages: Stages, key: PostQuantumKey, token: str) -> None:
    at = NOW + dt.timedelta(days=365 * 10)
    terms = tuple(replace(term, until=at) if term.family == "ecdsa" else term for term in policy().terms)
    trust = replace(believing(house.trust(), key), crls=(), algorithms=AlgorithmPolicy("drill", terms))
    later = validate_parts(stages.sealed, trust, at=at)
    assert later.report.indication is Indication.INDETERMINATE
    assert validate_svt(issue(house, validated(house, stages.sealed)), later).indication is Indication.INDETERMINATE
    assert validate_svt(token, later).indication is PASSED


def test_who_does_not_hold_its_certificate_does_not_believe_it(house: House, stages: Stages, token: str) -> None:
    report = validate_svt(token, validated(house, stages.sealed))
    assert report.token is Indication.INDETERMINATE


def test_another_key_of_the_same_name_is_not_believed(token: str, file: ValidatedPdf) -> None:
    opened = take_apart(token)
    signing_input = token.rpartition(".")[0]
    forged = f"{signing_input}.{encode(MLDSA65PrivateKey.generate().sign(signing_input.encode()))}"
    assert validate_svt(forged, file).token_reason == "token-signature"
    usual = opened.text(header={**opened.header, "alg": "ES256"})
    assert validate_svt(usual, file).token_reason == "token-signature"


@settings(max_examples=40)
@given(place=st.integers(0, 10**6), letter=st.sampled_from("AZaz09-_"))
def test_any_letter_changed_is_refused(token: str, file: ValidatedPdf, place: int, letter: str) -> None:
    place %= len(token)
    other = token[:place] + letter + token[place + 1 :]
    assert other == token or validate_svt(other, file).token is not PASSED


def test_the_key_is_made_once_and_kept_encrypted(tmp_path: Path) -> None:
    first, again = open_key(tmp_path, "lösenord"), open_key(tmp_path, "lösenord")
    assert first.certificate_pem == again.certificate_pem
    assert b"ENCRYPTED PRIVATE KEY" in (tmp_path / FILE).read_bytes()
    with pytest.raises(SettingsError, match="vault-locked"):
        open_key(tmp_path, "ett annat")


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    open_key(tmp_path)
    (tmp_path / FILE).chmod(0o644)
    with pytest.raises(SettingsError, match="vault-permissions"):
        open_key(tmp_path)


def test_a_damaged_file_is_said_to_be(tmp_path: Path) -> None:
    open_key(tmp_path)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:-60])
    with pytest.raises(IntegrityError, match="authority-damaged"):
        open_key(tmp_path)
