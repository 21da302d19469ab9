"""What a token still proves when certificates and algorithms have ended: the clock is moved, nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from signing_house import NOW, ORGANISATION, House, Stages
from signing_tokens import ISSUER, issue, validated

from signflow.signing import oids
from signflow.signing.algorithms import AlgorithmPolicy, policy
from signflow.signing.evidence.svt_issue import issue_svt
from signflow.signing.evidence.svt_pdf import embed_svt, validate_parts
from signflow.signing.evidence.svt_validate import SvtReport, validate_svt
from signflow.signing.keys.key import SoftwareKey
from signflow.signing.keys.signer import EvidenceSigner
from signflow.signing.report import Indication
from signflow.signing.trust import Trust

PASSED = Indication.TOTAL_PASSED
YEAR = dt.timedelta(days=365)
ECDSA_ENDS = NOW + 12 * YEAR
"""A day on which elliptic curves fall, in this drill."""


def bare(house: House) -> Trust:
    """The roots alone: who validates in years to come has no lists of today but those in the file."""
    return replace(house.trust(), crls=())


def fallen(trust: Trust) -> Trust:
    """The same, on a table by which nothing on elliptic curves holds from that day on, and RSA does."""
    ends = {"ecdsa": ECDSA_ENDS, "rsa": None}
    terms = tuple(replace(term, until=ends.get(term.family, term.until)) for term in policy().terms)
    return replace(trust, algorithms=AlgorithmPolicy("drill", terms))


def judge(token: str, pdf: bytes, trust: Trust, years: float) -> SvtReport:
    return validate_svt(token, validate_parts(pdf, trust, at=NOW + years * YEAR))


@pytest.fixture(scope="module")
def token(house: House, stages: Stages) -> str:
    return issue(house, validated(house, stages.sealed))


@pytest.mark.parametrize(
    ("years", "indication"), [(1, PASSED), (14, PASSED), (16, Indication.INDETERMINATE), (31, Indication.INDETERMINATE)]
)
def test_beside_the_file_a_token_holds_as_long_as_its_certificate(
    house: House, stages: Stages, token: str, years: float, indication: Indication
) -> None:
    assert judge(token, stages.sealed, bare(house), years).indication is indication


@pytest.mark.parametrize(
    ("years", "indication"), [(14, PASSED), (16, PASSED), (19, PASSED), (21, Indication.INDETERMINATE)]
)
def test_in_a_document_timestamp_it_holds_as_long_as_that(
    house: House, stages: Stages, token: str, years: float, indication: Indication
) -> None:
    """The timestamp proves that the token existed while its own certificate was valid."""
    pdf = embed_svt(stages.sealed, token, house.tsa, now=NOW)
    assert judge(token, pdf, bare(house), years).indication is indication


def test_when_an_algorithm_falls_what_was_stated_with_it_falls_too(house: House, stages: Stages, token: str) -> None:
    trust = fallen(bare(house))
    assert judge(token, stages.sealed, trust, 11.9).indication is PASSED
    report = judge(token, stages.sealed, trust, 12)
    assert report.indication is Indication.INDETERMINATE
    assert report.token_reason is not None
    assert report.token_reason.startswith("CRYPTO_CONSTRAINTS_FAILURE")
    carried = judge(token, embed_svt(stages.sealed, token, house.tsa, now=NOW), trust, 12)
    assert carried.indication is Indication.INDETERMINATE, "the timestamp that carries it stands on a curve as well"


def test_stated_anew_in_time_with_what_holds_it_holds_on(house: House, stages: Stages) -> None:
    """Two years before the curves fall the file is validated once more, and the result stated with RSA."""
    before, after = ECDSA_ENDS - 2 * YEAR, ECDSA_ENDS + 6 * YEAR
    signer, root = _rsa_evidence(before)
    trust = fallen(bare(house))
    renewed = issue_svt(validate_parts(stages.sealed, trust, at=before), signer, ISSUER, now=before)
    later = replace(trust, roots=(*trust.roots, root), crls=tuple(crl.dump() for crl in signer.crls))
    file = validate_parts(stages.sealed, later, at=after)
    assert file.report.indication is Indication.INDETERMINATE, "the signatures themselves prove nothing any more"
    report = validate_svt(renewed, file)
    assert (report.indication, report.token_reason) == (PASSED, None)
    assert [one.proven_at for one in report.signatures] == [NOW.replace(microsecond=0)] * 3


def test_stated_too_late_it_says_that_it_is_too_late(house: House, stages: Stages) -> None:
    after = ECDSA_ENDS + YEAR
    signer, root = _rsa_evidence(after)
    trust = fallen(bare(house))
    late = issue_svt(validate_parts(stages.sealed, trust, at=after), signer, ISSUER, now=after)
    later = replace(trust, roots=(*trust.roots, root), crls=tuple(crl.dump() for crl in signer.crls))
    report = validate_svt(late, validate_parts(stages.sealed, later, at=after))
    assert (report.token_reason, report.indication) == (None, Indication.INDETERMINATE)


def test_a_digest_that_has_fallen_binds_nothing(house: House, stages: Stages, token: str) -> None:
    terms = tuple(replace(term, until=ECDSA_ENDS) if term.family == "sha256" else term for term in policy().terms)
    trust = replace(bare(house), algorithms=AlgorithmPolicy("drill", terms))
    assert judge(token, stages.sealed, trust, 12).token is Indication.INDETERMINATE


def test_a_revoked_issuer_is_not_believed(house: House, stages: Stages) -> None:
    signer, root = _rsa_evidence(NOW, revoked=True)
    trust = replace(house.trust(), roots=(*house.trust().roots, root))
    trust = replace(trust, crls=(*trust.crls, *(crl.dump() for crl in signer.crls)))
    token = issue_svt(validate_parts(stages.sealed, trust, at=NOW), signer, ISSUER, now=NOW)
    report = validate_svt(token, validate_parts(stages.sealed, trust, at=NOW + YEAR))
    assert report.token is not PASSED
    assert report.token_reason is not None
    assert report.token_reason.startswith("REVOKED")


def _rsa_evidence(now: dt.datetime, *, revoked: bool = False) -> tuple[EvidenceSigner, bytes]:
    """An evidence key on RSA under a root of its own, made at that time; and the root."""
    root_key = rsa.generate_private_key(65537, 3072)
    key = rsa.generate_private_key(65537, 3072)
    root_name, name = (
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{ORGANISATION} {what}")])
        for what in ("nästa rot", "nästa valideringsintyg")
    )
    root = _certificate(root_name, root_name, root_key.public_key(), root_key, now)
    leaf = _certificate(name, root_name, key.public_key(), root_key, now, evidence=True)
    builder = x509.CertificateRevocationListBuilder().issuer_name(root_name)
    builder = builder.last_update(now).next_update(now + 7 * YEAR)
    if revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(leaf.serial_number).revocation_date(now).build()
        builder = builder.add_revoked_certificate(entry)
    crl = builder.add_extension(x509.CRLNumber(1), critical=False).sign(root_key, hashes.SHA256())
    chain = (asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)),)
    crls = (asn1_crl.CertificateList.load(crl.public_bytes(Encoding.DER)),)
    own = asn1_x509.Certificate.load(leaf.public_bytes(Encoding.DER))
    return EvidenceSigner(own, chain, crls, SoftwareKey(key)), root.public_bytes(Encoding.PEM)


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    signing_key: rsa.RSAPrivateKey,
    now: dt.datetime,
    *,
    evidence: bool = False,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=2))
        .not_valid_after(now + 20 * YEAR)
        .add_extension(x509.BasicConstraints(ca=not evidence, path_length=None), critical=True)
        .add_extension(_usage(authority=not evidence), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
    if evidence:
        policies = [x509.PolicyInformation(x509.ObjectIdentifier(oids.EVIDENCE_POLICY), None)]
        builder = builder.add_extension(x509.CertificatePolicies(policies), critical=False)
    return builder.sign(signing_key, hashes.SHA256())


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
