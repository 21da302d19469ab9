"""Algorithms, certificates and revocation, each judged at the time that something proves."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from asn1crypto import pdf as asn1_pdf
from cryptography.hazmat.primitives import hashes
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.attributes import AdobeRevinfoProvider
from signing_house import ADJUSTER, NOW, ORGANISATION, SECRETARY, House, Stages
from signing_strangers import Stranger, answer, certify, make_key, revocation_list

from signflow.signing.algorithms import AlgorithmPolicy, Term, policy
from signflow.signing.pades.sign import renew_timestamp
from signflow.signing.report import UNSUPPORTED_FORMAT, Indication, Level, Origin, ValidationReport
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.trust import Trust
from signflow.signing.validation.validate import validate_pdf

YEAR = dt.timedelta(days=365)
NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"


def ending(at: dt.datetime, *families: str) -> AlgorithmPolicy:
    """The present table, but these end then."""
    terms = (Term(one.family, one.bits, at) if one.family in families else one for one in policy().terms)
    return AlgorithmPolicy("a table with other dates", tuple(terms))


@pytest.fixture(scope="module")
def stranger() -> Stranger:
    return Stranger.open(NOW)


def validated(house: House, pdf: bytes, at: dt.datetime, algorithms: AlgorithmPolicy) -> ValidationReport:
    own = house.trust()
    return validate_pdf(
        pdf, Trust(own.roots, own.tsa_roots, own.crls, own.local_tsa_roots, algorithms=algorithms), at=at
    )


@pytest.mark.parametrize("family", ["sha256", "ecdsa"])
def test_an_algorithm_that_ended_needs_a_timestamp_from_before(house: House, stages: Stages, family: str) -> None:
    ended = ending(NOW + 3 * YEAR, family)
    before, after = NOW + 2 * YEAR, NOW + 4 * YEAR
    assert validated(house, stages.sealed, before, ended).indication is Indication.TOTAL_PASSED
    late = validated(house, stages.sealed, after, ended)
    assert late.indication is Indication.INDETERMINATE
    assert late.sub_indication == NO_POE
    assert late.algorithms == "a table with other dates"


def test_what_a_newer_timestamp_proves_outlives_the_algorithm(house: House, stages: Stages) -> None:
    """The last token is made with what still holds; all before it are judged at the time that it states."""
    ended = ending(NOW + 3 * YEAR, "sha384")
    renewed_at = NOW + 2 * YEAR
    renewed = renew_timestamp(stages.sealed, LocalTsa(house.authority, lambda: renewed_at), now=renewed_at)
    report = validated(house, renewed, NOW + 2 * YEAR, ended)
    assert report.indication is Indication.TOTAL_PASSED
    assert [one.proven_at for one in report.signatures] == [NOW.replace(microsecond=0)] * 3
    assert [one.proven_at for one in report.document_timestamps] == [
        NOW.replace(microsecond=0),
        renewed_at.replace(microsecond=0),
    ]


def test_what_never_held_is_helped_by_no_time(house: House, stages: Stages) -> None:
    never = AlgorithmPolicy("without curves", tuple(one for one in policy().terms if one.family != "ecdsa"))
    report = validated(house, stages.sealed, NOW, never)
    assert {one.sub_indication for one in report.signatures} == {"CRYPTO_CONSTRAINTS_FAILURE"}


@pytest.mark.parametrize(
    ("root", "signatory", "reason"),
    [
        ("p256", "rsa1024", NO_POE),
        ("rsa1024", "p256", NO_POE),
        ("p256", "p192", NO_POE),
        ("p256", "p224", NO_POE),
        ("p256", "rsa2048", None),
        ("rsa3072", "p256", None),
    ],
)
def test_key_sizes_of_signatory_and_issuer_count(
    original: bytes, root: str, signatory: str, reason: str | None
) -> None:
    other = Stranger.open(NOW, root=root, signatory=signatory)
    report = validate_pdf(other.sign(original), other.trust(), at=NOW)
    assert report.signatures[0].sub_indication == reason


def test_a_weak_digest_of_the_document_or_a_certificate_is_told(original: bytes, stranger: Stranger) -> None:
    sha1 = validate_pdf(stranger.sign(original, md_algorithm="sha1"), stranger.trust(), at=NOW)
    assert sha1.signatures[0].sub_indication == NO_POE
    assert sha1.signatures[0].digest_algorithm == "sha1"
    weak = Stranger.open(NOW, digest=hashes.SHA224())
    signed = weak.sign(original, stamped=False)
    assert validate_pdf(signed, weak.trust(), at=NOW).indication is Indication.TOTAL_PASSED
    ended = weak.trust(algorithms=ending(NOW, "sha224"))
    assert validate_pdf(signed, ended, at=NOW).signatures[0].sub_indication == NO_POE


def test_a_signature_without_a_timestamp_holds_as_long_as_its_certificate(stranger: Stranger, original: bytes) -> None:
    bare = stranger.sign(original, stamped=False)
    (now,) = validate_pdf(bare, stranger.trust(), at=NOW).signatures
    assert (now.indication, now.level, now.signed_at, now.proven_at) == (
        Indication.TOTAL_PASSED,
        Level.BASIC,
        None,
        None,
    )
    assert now.claimed_at is not None
    later = validate_pdf(bare, stranger.trust(), at=NOW + 2 * YEAR)
    assert (later.indication, later.sub_indication) == (Indication.INDETERMINATE, "OUT_OF_BOUNDS_NO_POE")
    stamped = validate_pdf(stranger.stamp(bare), stranger.trust(), at=NOW + 2 * YEAR)
    assert stamped.signatures[0].indication is Indication.TOTAL_PASSED
    assert stamped.signatures[0].proven_at == NOW


@pytest.mark.parametrize(
    ("subfilter", "level"),
    [
        (fields.SigSeedSubFilter.PADES, Level.TIMESTAMPED),
        (fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED, Level.NOT_BASELINE),
    ],
)
def test_formats_of_others_are_validated(
    stranger: Stranger, original: bytes, subfilter: fields.SigSeedSubFilter, level: Level
) -> None:
    signed = stranger.sign(original, subfilter=subfilter, reason="Därför", location="Luleå")
    (signature,) = validate_pdf(signed, stranger.trust(), at=NOW).signatures
    assert signature.indication is Indication.TOTAL_PASSED
    assert (signature.format, signature.level) == (subfilter.value.removeprefix("/"), level)
    assert (signature.signatory, signature.reason) == ("Nils Främling", "Därför")
    assert (signature.revision, signature.covers_whole_revision) == (2, True)


@pytest.mark.parametrize("name", [b"adbe.pkcs7.sha1", b"adbe.x509.rsa_sha1", b"Prov.eget"])
def test_formats_that_are_not_checked_are_said_to_be_so(stranger: Stranger, original: bytes, name: bytes) -> None:
    signed = stranger.sign(original, subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    written = signed.replace(b"/adbe.pkcs7.detached", b"/" + name.ljust(19, b"x")[:19])
    if len(name) < 19:
        written = signed.replace(b"/adbe.pkcs7.detached", b"/" + name + b" " * (19 - len(name)))
    (signature,) = validate_pdf(written, stranger.trust(), at=NOW).signatures
    assert (signature.indication, signature.sub_indication) == (Indication.INDETERMINATE, UNSUPPORTED_FORMAT)
    assert signature.format == name.decode()


def test_the_path_says_who_issued_what_and_why_it_is_believed(
    house: House, stages: Stages, stranger: Stranger, original: bytes
) -> None:
    (signature,) = validate_pdf(stages.secretary, house.trust(), at=NOW).signatures
    assert signature.path is not None
    leaf, issuing, root = signature.path.certificates
    assert leaf.subject.startswith(f"CN={SECRETARY[1]}")
    assert leaf.digest == signature.certificate_digest
    assert (leaf.issuer, issuing.issuer) == (issuing.subject, root.subject)
    assert root.subject == root.issuer
    assert leaf.not_before <= NOW <= leaf.not_after
    assert leaf.policies
    assert leaf.key == "ecdsa-secp256r1"
    assert signature.path.anchor is Origin.OWN
    assert signature.timestamp is not None
    assert signature.timestamp.path is not None
    assert signature.timestamp.path.anchor is Origin.OWN
    foreign = stranger.sign(original)
    (given,) = validate_pdf(foreign, stranger.trust(), at=NOW).signatures
    assert given.path is not None
    assert given.path.anchor is Origin.FILE
    (unknown,) = validate_pdf(foreign, house.trust(), at=NOW).signatures
    assert unknown.path is not None
    assert (len(unknown.path.certificates), unknown.path.anchor) == (1, None)


def test_an_answer_of_a_responder_in_the_file_is_enough(stranger: Stranger, original: bytes) -> None:
    """No list, but an OCSP response among the signed attributes, as Adobe's programs write it."""
    responder = certify("Svarande", make_key(), stranger.root, NOW, use="ocsp")
    good = answer(stranger.signatory, stranger.root, responder, NOW)
    lists = (revocation_list(stranger.tsa_root, NOW),)
    signed = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name="Främmande", subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED, md_algorithm="sha256"
        ),
        signer=WithAnswer(stranger, good),
        timestamper=stranger.stamper(),
    ).sign_pdf(IncrementalPdfFileWriter(BytesIO(original)))
    (with_it,) = validate_pdf(signed.getvalue(), stranger.trust(crls=lists), at=NOW).signatures
    assert with_it.indication is Indication.TOTAL_PASSED
    revoked = (*lists, revocation_list(stranger.root, NOW, (stranger.signatory,)))
    (spoken_for,) = validate_pdf(signed.getvalue(), stranger.trust(crls=revoked), at=NOW).signatures
    assert spoken_for.sub_indication == "REVOKED_NO_POE"
    (without,) = validate_pdf(stranger.sign(original), stranger.trust(crls=lists), at=NOW).signatures
    assert without.indication is Indication.INDETERMINATE


class WithAnswer(signers.SimpleSigner):
    """Puts an OCSP response among the signed attributes."""

    def __init__(self, stranger: Stranger, good: object) -> None:
        plain = stranger.signer()
        super().__init__(
            signing_cert=plain.signing_cert, signing_key=plain.signing_key, cert_registry=plain.cert_registry
        )
        self._good = good

    def _signed_attr_providers(self, *args: object, **kwargs: object):  # noqa: ANN202 -- pyHanko's generator
        yield from super()._signed_attr_providers(*args, **kwargs)
        yield AdobeRevinfoProvider(asn1_pdf.RevocationInfoArchival({"ocsp": [self._good]}))


def test_a_revoked_signatory_is_not_valid(stranger: Stranger, original: bytes) -> None:
    lists = (
        revocation_list(stranger.root, NOW, (stranger.signatory,)),
        revocation_list(stranger.tsa_root, NOW),
    )
    (signature,) = validate_pdf(stranger.sign(original), stranger.trust(crls=lists), at=NOW).signatures
    assert (signature.indication, signature.sub_indication) == (Indication.INDETERMINATE, "REVOKED_NO_POE")


def test_the_table_names_its_source_and_known_ends() -> None:
    table = policy()
    assert table.ends_at("sha1") == dt.datetime(2012, 8, 1, tzinfo=dt.UTC)
    assert table.ends_at("rsa", 3072) == dt.datetime(2029, 1, 1, tzinfo=dt.UTC)
    assert table.ends_at("rsa-pss", 4096) is None
    assert table.ends_at("ecdsa", 384) is None
    assert not table.holds("ecdsa", 192, NOW)
    assert not table.holds("rot13", 0, NOW)
    assert "TS 119 312" in table.name


def test_the_report_is_deterministic_in_every_detail(house: House, stages: Stages) -> None:
    first, second = (validate_pdf(stages.sealed, house.trust(), at=NOW).to_json() for _ in range(2))
    assert first == second
    for word in (ORGANISATION, ADJUSTER[1], '"revisions"', '"anchor": "own-authority"', '"only_signing": true'):
        assert word in first
