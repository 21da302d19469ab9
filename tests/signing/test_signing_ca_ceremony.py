"""The ceremony: roots made, taken away and brought back; certificates renewed, replaced, revoked, asked for outside."""

from __future__ import annotations

import datetime as dt
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from signing_house import ADJUSTER, NOW, ORGANISATION, SECRETARY, House, authentication

from signflow.errors import NotFoundError, RefusedError, SettingsError
from signflow.signing import algorithms
from signflow.signing.algorithms import AlgorithmPolicy, Term
from signflow.signing.authority.account import Place, Standing
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.authority.ceremony import Ceremony, RootPlan
from signflow.signing.authority.exported import read_exported
from signflow.signing.authority.folder import KeyFolder
from signflow.signing.authority.installation import Installation
from signflow.signing.authority.register import EVIDENCE, ISSUERS, ISSUING, ROOT, SEAL, TSA, TSA_ROOT
from signflow.signing.authority.requests import request_certificate, take_certificate
from signflow.signing.authority.roots import bring_roots, export_roots, remove_roots
from signflow.signing.keys.kinds import KeyKind
from signflow.signing.report import Indication
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.validation.validate import validate_pdf

HOUSE = Installation(ORGANISATION, "SE", "http://127.0.0.1:8000", organisation_number="212000-0142")
WORDS = "fyra ord i en rad"
YEAR = dt.timedelta(days=365)
QUICK = [kind for kind in KeyKind if kind is not KeyKind.RSA4096]  # which takes seconds to make


def sitting(folder: Path, now: dt.datetime = NOW, house: Installation = HOUSE) -> Ceremony:
    return Ceremony(KeyFolder(folder, None), house, now)


def opened(folder: Path, now: dt.datetime = NOW, house: Installation = HOUSE) -> LocalAuthority:
    return LocalAuthority.open_house(folder, house, None, now)


def house_of(authority: LocalAuthority, now: dt.datetime = NOW) -> House:
    return House(authority, LocalTsa(authority, lambda: now), now)


def signed_round(house: House, original: bytes) -> bytes:
    adjuster = house.sign(house.sign(original, *SECRETARY), *ADJUSTER)
    return house.seal(house.complete(adjuster, original))


def verdicts(pdf: bytes, authority: LocalAuthority, now: dt.datetime) -> set[Indication]:
    return {one.indication for one in validate_pdf(pdf, authority.trust(now), at=now).signatures}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    opened(tmp_path / "authority")
    return tmp_path / "authority"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


@pytest.mark.parametrize("kind", QUICK)
def test_the_roots_are_as_they_were_chosen(tmp_path: Path, kind: KeyKind) -> None:
    sitting(tmp_path).make(RootPlan(kind, dt.timedelta(days=3650), "Provkommuns rot"))
    root = x509.load_pem_x509_certificate(opened(tmp_path).root_pem)
    assert root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Provkommuns rot"
    assert root.not_valid_after_utc == NOW.replace(microsecond=0) + dt.timedelta(days=3650)
    account = opened(tmp_path).accounts(NOW)[0]
    assert (
        account.kind
        == {
            KeyKind.P256: "ecdsa 256",
            KeyKind.P384: "ecdsa 384",
            KeyKind.RSA3072: "rsa 3072",
            KeyKind.RSA4096: "rsa 4096",
            KeyKind.ED25519: "ed25519 256",
        }[kind]
    )
    with pytest.raises(RefusedError, match="authority-exists"):
        sitting(tmp_path).make(RootPlan())


def test_an_organisation_number_stands_in_the_seal_and_not_in_what_people_get(folder: Path) -> None:
    authority = opened(folder)
    seal = x509.load_der_x509_certificate(authority.seal_signer(NOW).certificate.dump())
    person = authority.issue_one_shot("Anna", "", authentication(), NOW).certificate
    identifier = seal.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    assert [one.value for one in identifier] == ["NTRSE-2120000142"]
    assert "212000" not in person.subject.human_friendly


def test_certificates_nest(folder: Path) -> None:
    certificates = {
        file.stem: x509.load_pem_x509_certificate(file.read_bytes())
        for file in (folder / "certificates").glob("*.pem")
        if not file.name.endswith(".key.pem")
    }
    for name, above in ISSUERS.items():
        limits = certificates[name].extensions.get_extension_for_class(x509.BasicConstraints).value
        assert limits.ca is (name in {ROOT, ISSUING, TSA_ROOT})
        assert limits.path_length == (0 if name == ISSUING else None)
        if above:
            assert certificates[name].not_valid_after_utc <= certificates[above].not_valid_after_utc
            assert certificates[name].not_valid_before_utc >= certificates[above].not_valid_before_utc


def test_an_exported_root_opens_in_openssl_with_its_words_and_with_no_others(folder: Path, stick: Path) -> None:
    assert export_roots(sitting(folder), stick, WORDS) == [ROOT, TSA_ROOT]
    with pytest.raises(SettingsError, match="exported-key-locked"):
        read_exported(stick / "root.key.pem", "fem ord i en rad nu")
    for words, code in ((WORDS, 0), ("fem ord i en rad nu", 1)):
        done = subprocess.run(
            ["openssl", "pkey", "-in", stick / "root.key.pem", "-passin", f"pass:{words}", "-noout"],
            check=False,
            capture_output=True,
        )
        assert done.returncode == code
    assert {file.stat().st_mode & 0o777 for file in stick.glob("*.key.pem")} == {0o600}


def test_a_short_passphrase_is_refused_before_anything_is_written(folder: Path, stick: Path) -> None:
    with pytest.raises(SettingsError, match="passphrase-short"):
        export_roots(sitting(folder), stick, "kort")
    assert not stick.exists()


def test_without_the_roots_keys_everything_is_signed_as_before(folder: Path, stick: Path, original: bytes) -> None:
    export_roots(sitting(folder), stick, WORDS)
    assert remove_roots(sitting(folder), stick, WORDS) == [ROOT, TSA_ROOT]
    assert not list(folder.rglob("*root.key.pem"))
    later = NOW + dt.timedelta(days=300)
    house = house_of(opened(folder, later), later)
    pdf = signed_round(replace(house, authority=opened(folder, later)), original)
    assert verdicts(pdf, house.authority, later) == {Indication.TOTAL_PASSED}
    with pytest.raises(RefusedError, match="roots-away"):
        export_roots(sitting(folder), stick, WORDS)


@pytest.mark.parametrize("fault", ["no export", "other words", "other root"])
def test_a_root_is_not_removed_before_its_export_has_been_opened(folder: Path, stick: Path, fault: str) -> None:
    if fault == "other root":
        opened(stick.parent / "other")
        export_roots(sitting(stick.parent / "other"), stick, WORDS)
    elif fault == "other words":
        export_roots(sitting(folder), stick, WORDS)
    with pytest.raises(SettingsError):
        remove_roots(sitting(folder), stick, "fem ord i en rad nu" if fault == "other words" else WORDS)
    assert {one.place for one in opened(folder).accounts(NOW)} == {Place.FILE}


def test_lists_of_absent_roots_are_told_of_in_time_and_stop_signing_when_over(folder: Path, stick: Path) -> None:
    export_roots(sitting(folder), stick, WORDS)
    remove_roots(sitting(folder), stick, WORDS)

    def standing(days: int) -> Standing:
        now = NOW + dt.timedelta(days=days)
        return next(one for one in opened(folder, now).accounts(now) if one.label == ROOT).standing

    assert [standing(days) for days in (0, 330, 345, 399, 401)] == [
        Standing.HOLDS,
        Standing.HOLDS,
        Standing.LIST_ENDS,
        Standing.LIST_ENDS,
        Standing.LIST_OVER,
    ]
    over = NOW + dt.timedelta(days=401)
    with pytest.raises(SettingsError, match="authority-list-over"):
        opened(folder, over).issue_one_shot("Anna", "", authentication(), over)
    ceremony = sitting(folder, over)
    ceremony = replace(ceremony, returned=bring_roots(ceremony.read(), stick, WORDS))
    assert ceremony.extend() == [ROOT, TSA_ROOT]
    assert opened(folder, over).issue_one_shot("Anna", "", authentication(), over)


def test_without_the_root_only_what_needs_it_is_refused(folder: Path, stick: Path) -> None:
    export_roots(sitting(folder), stick, WORDS)
    remove_roots(sitting(folder), stick, WORDS)
    assert sitting(folder).issue(SEAL, new_key=True).entry.label == "seal-2"
    for refused in (ISSUING, TSA):
        with pytest.raises(SettingsError, match="authority-key-away"):
            sitting(folder).issue(refused, new_key=True)
    with pytest.raises(SettingsError, match="authority-key-away"):
        sitting(folder).extend()
    ceremony = sitting(folder)
    brought = replace(ceremony, returned=bring_roots(ceremony.read(), stick, WORDS))
    assert brought.issue(ISSUING, new_key=True).entry.issuer == ROOT
    assert not list(folder.rglob("*root.key.pem"))


def test_keys_are_replaced_while_the_service_runs_and_all_signatures_stay_valid(folder: Path, original: bytes) -> None:
    house = house_of(opened(folder))
    before = signed_round(house, original)
    for name in (ROOT, ISSUING, TSA_ROOT, TSA, SEAL, EVIDENCE):
        sitting(folder).issue(name, new_key=True)
    after = signed_round(house, original)  # the same authority, not opened again
    trust = house.authority.trust(NOW)
    assert len(trust.roots) == len(trust.tsa_roots) == 2
    for pdf in (before, after):
        assert verdicts(pdf, house.authority, NOW + YEAR) == {Indication.TOTAL_PASSED}
    assert set(house.authority.crls(NOW)) == {"root", "root-2", "issuing", "issuing-2", "tsa-root", "tsa-root-2"}
    assert set(house.authority.certificates()) == set(house.authority.crls(NOW))
    accounts = {one.label: one for one in house.authority.accounts(NOW)}
    assert accounts["seal"].place is Place.DESTROYED
    assert accounts["issuing"].place is Place.FILE  # for its revocation list
    assert house.authority.seal_signer(NOW).chain[0].subject.native["common_name"].endswith(" 2")


def test_the_same_key_with_a_new_certificate(folder: Path) -> None:
    first = opened(folder).seal_signer(NOW).certificate
    made = sitting(folder).issue(SEAL, new_key=False)
    second = opened(folder).seal_signer(NOW).certificate
    assert made.entry.label == "seal-2"
    assert first.public_key.dump() == second.public_key.dump()
    assert first.serial_number != second.serial_number


@pytest.mark.parametrize("kind", QUICK)
def test_the_kind_of_key_is_a_setting(folder: Path, original: bytes, kind: KeyKind) -> None:
    house = replace(HOUSE, kind=kind)
    sitting(folder, house=house).issue(SEAL, new_key=True)
    authority = opened(folder, house=house)
    person = authority.issue_one_shot("Anna", "", authentication(), NOW)
    assert person.algorithm is authority.seal_signer(NOW).algorithm
    assert person.sign(b"x")
    if kind is not KeyKind.ED25519:  # not every validator takes it yet; see the decision about algorithms
        pdf = signed_round(house_of(authority), original)
        assert verdicts(pdf, authority, NOW) == {Indication.TOTAL_PASSED}


def test_an_algorithm_that_has_ended_signs_nothing_new(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = AlgorithmPolicy("drill", (Term("sha256", 0, None), Term("sha384", 0, None), Term("ecdsa", 256, NOW + YEAR)))
    monkeypatch.setattr("signflow.signing.keys.kinds.policy", lambda: ended)
    assert algorithms.policy() is not ended
    authority = opened(folder)
    authority.issue_one_shot("Anna", "", authentication(), NOW)
    later = NOW + YEAR
    for act in (authority.seal_signer, authority.evidence_signer, authority.tsa_crl):
        with pytest.raises(SettingsError, match="algorithm-ended"):
            act(later)
    with pytest.raises(SettingsError, match="algorithm-ended"):
        authority.issue_one_shot("Anna", "", authentication(), later)


def test_what_is_revoked_signs_no_more_and_what_it_signed_before_stays(folder: Path, original: bytes) -> None:
    house = house_of(opened(folder))
    sealed = signed_round(house, original)
    later = NOW + dt.timedelta(days=10)
    ceremony = sitting(folder, later)
    ceremony.revoke(SEAL, x509.ReasonFlags.key_compromise, later - dt.timedelta(days=1))
    with pytest.raises(SettingsError, match="authority-revoked"):
        house.authority.seal_signer(later)
    crl = x509.load_der_x509_crl(house.authority.crls(later)[ISSUING])
    serial = x509.load_pem_x509_certificate((folder / "certificates" / "seal.pem").read_bytes()).serial_number
    entry = crl.get_revoked_certificate_by_serial_number(serial)
    assert entry is not None
    assert entry.revocation_date_utc == (later - dt.timedelta(days=1)).replace(microsecond=0)
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason is x509.ReasonFlags.key_compromise
    sitting(folder, later).issue(SEAL, new_key=True)
    assert house.authority.seal_signer(later)
    assert verdicts(sealed, house.authority, later) == {Indication.TOTAL_PASSED}
    assert len(x509.load_der_x509_crl(house.authority.crls(later)[ISSUING])) == 1


def test_a_revoked_issuer_issues_no_more(folder: Path) -> None:
    sitting(folder).revoke(ISSUING, x509.ReasonFlags.unspecified, NOW)
    authority = opened(folder)
    with pytest.raises(SettingsError, match="authority-revoked"):
        authority.issue_one_shot("Anna", "", authentication(), NOW)
    with pytest.raises(SettingsError, match="authority-revoked"):
        authority.seal_signer(NOW)
    entry = next(iter(x509.load_der_x509_crl(authority.crls(NOW)[ROOT])))
    assert list(entry.extensions) == []


@pytest.mark.parametrize(
    ("label", "at", "error", "code"),
    [
        ("nobody", NOW, NotFoundError, "no-such-certificate"),
        (ROOT, NOW, RefusedError, "revocation-elsewhere"),
        (SEAL, NOW + YEAR, RefusedError, "revocation-in-future"),
    ],
)
def test_what_cannot_be_revoked(folder: Path, label: str, at: dt.datetime, error: type[Exception], code: str) -> None:
    with pytest.raises(error, match=code):
        sitting(folder).revoke(label, x509.ReasonFlags.unspecified, at)


def test_revoked_once_is_enough(folder: Path) -> None:
    sitting(folder).revoke(SEAL, x509.ReasonFlags.superseded, NOW)
    with pytest.raises(RefusedError, match="revoked-already"):
        sitting(folder).revoke(SEAL, x509.ReasonFlags.superseded, NOW)


@pytest.mark.parametrize(("days_left", "renewed"), [(61, []), (59, ["seal-2", "evidence-2"])])
def test_what_ends_soon_is_renewed_by_itself(folder: Path, days_left: int, renewed: list[str]) -> None:
    now = NOW + dt.timedelta(days=365 * 15 - days_left)
    authority = opened(folder, now)
    assert authority.renew(now) == renewed
    assert authority.renew(now) == []
    assert not any(one.needs_attention for one in authority.accounts(now))


def test_twenty_nine_years_of_renewals_never_stop(folder: Path) -> None:
    attention: dict[int, set[str]] = {}
    authority = opened(folder)
    for month in range(29 * 8):  # eight times a year
        now = NOW + dt.timedelta(days=45 * month)
        authority.renew(now)
        authority.issue_one_shot("Anna", "", authentication(), now)
        authority.seal_signer(now)
        authority.tsa_crl(now)
        needy = {one.label for one in authority.accounts(now) if one.needs_attention}
        attention |= {month: needy} if needy else {}
    assert attention == {}
    assert len(authority.accounts(now)) < 20


def test_nothing_is_renewed_by_itself_that_would_hold_no_longer(folder: Path) -> None:
    now = NOW + dt.timedelta(days=365 * 30 - 30)
    authority = opened(folder, now)
    for _ in range(3):
        authority.renew(now)
    count = len(authority.accounts(now))
    assert authority.renew(now) == []
    assert len(authority.accounts(now)) == count
    assert {one.label for one in authority.accounts(now) if one.needs_attention} >= {ROOT, TSA_ROOT}


def outside_authority(subject: x509.Name, request: bytes, *, ca: bool, usage: str) -> bytes:
    """A certificate and its root, as somebody else's authority issues them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Statens rot")])
    common = x509.CertificateBuilder().issuer_name(name).not_valid_before(NOW).not_valid_after(NOW + YEAR)
    basic = x509.BasicConstraints(ca=True, path_length=None)
    root = (
        common.subject_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .add_extension(basic, critical=True)
        .sign(key, hashes.SHA256())
    )
    names = [
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ]
    usages = x509.KeyUsage(**{one: one in usage.split() for one in names})
    certificate = (
        common.subject_name(subject)
        .public_key(x509.load_pem_x509_csr(request).public_key())
        .serial_number(2)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usages, critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)


def test_a_seal_from_the_organisations_own_authority(folder: Path) -> None:
    request = request_certificate(sitting(folder), SEAL)
    assert x509.load_pem_x509_csr(request).is_signature_valid
    again = x509.load_pem_x509_csr(request_certificate(sitting(folder), SEAL))
    assert again.public_key() == x509.load_pem_x509_csr(request).public_key()
    pem = outside_authority(x509.load_pem_x509_csr(request).subject, request, ca=False, usage="content_commitment")
    assert take_certificate(sitting(folder), SEAL, pem) == "seal-2"
    authority = opened(folder)
    signer = authority.seal_signer(NOW)
    assert signer.certificate.issuer.native["common_name"] == "Statens rot"
    assert [one.subject.native["common_name"] for one in signer.chain] == ["Statens rot"]
    assert any(b"BEGIN" in root and len(root) > 100 for root in authority.trust(NOW).roots)
    assert len(authority.trust(NOW).roots) == 2
    with pytest.raises(RefusedError, match="certificate-not-requested"):
        take_certificate(sitting(folder), SEAL, pem)
    with pytest.raises(RefusedError, match="revocation-elsewhere"):
        sitting(folder).revoke("seal-2", x509.ReasonFlags.unspecified, NOW)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("another key", "certificate-other-key"),
        ("no root", "certificate-chain"),
        ("another root", "certificate-chain"),
        ("no certificate", "certificate-chain"),
        ("an authority", "certificate-unusable"),
        ("another use", "certificate-unusable"),
        ("over", "certificate-unusable"),
    ],
)
def test_a_certificate_that_does_not_fit_is_refused(folder: Path, fault: str, code: str) -> None:
    request = request_certificate(sitting(folder), SEAL)
    subject = x509.load_pem_x509_csr(request).subject
    other = request_certificate(sitting(folder), EVIDENCE)
    usage = "key_encipherment" if fault == "another use" else "content_commitment"
    asked = other if fault == "another key" else request
    pem = outside_authority(subject, asked, ca=fault == "an authority", usage=usage)
    certificate, root = (one.public_bytes(Encoding.PEM) for one in x509.load_pem_x509_certificates(pem))
    if fault == "another root":
        foreign = outside_authority(subject, request, ca=False, usage=usage)
        root = x509.load_pem_x509_certificates(foreign)[1].public_bytes(Encoding.PEM)
    given = {"no root": certificate, "no certificate": b"", "another root": certificate + root}.get(fault, pem)
    now = NOW + 2 * YEAR if fault == "over" else NOW
    with pytest.raises(SettingsError, match=code):
        take_certificate(sitting(folder, now), SEAL, given)
    assert opened(folder).seal_signer(NOW).certificate.issuer.native["common_name"].startswith(ORGANISATION)


def test_an_issuing_authority_below_the_organisations_own(folder: Path) -> None:
    request = request_certificate(sitting(folder), ISSUING)
    subject = x509.load_pem_x509_csr(request).subject
    pem = outside_authority(subject, request, ca=True, usage="key_cert_sign crl_sign")
    assert take_certificate(sitting(folder), ISSUING, pem) == "issuing-2"
    signer = opened(folder).issue_one_shot("Anna", "", authentication(), NOW)
    assert [one.subject.native["common_name"] for one in signer.chain][-1] == "Statens rot"
    assert len(signer.crls) == 1  # ours; that of the root above is fetched from where it says
