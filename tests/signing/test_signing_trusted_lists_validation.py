"""Signatures and timestamps that lead to services in a trusted list. Source: ETSI TS 119 615, 4.4 and 4.5."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore
from signing_lists import NOW, YEAR
from signing_strangers import Holder, Stranger

from signflow.signing.evidence.svt_issue import build_claims
from signflow.signing.evidence.svt_pdf import validate_parts
from signflow.signing.report import Indication, Origin, SignatureReport
from signflow.signing.trust import Trust
from signflow.signing.trusted_lists.model import Edition, ListedService, Period, Service, ServiceKind
from signflow.signing.validation.report_xml import build_xml
from signflow.signing.validation.validate import validate_pdf

EDITION = Edition("SE", 7, NOW - dt.timedelta(days=10), NOW + YEAR)
DAY = dt.timedelta(days=1)
ALWAYS = Period(NOW - 10 * YEAR, None)
QC_STATEMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
QC_COMPLIANCE = bytes.fromhex("300a3008060604008e460101")
"""One statement without further information. Source: ETSI EN 319 412-5, 4.2.1."""


@pytest.fixture(scope="module")
def stranger() -> Stranger:
    return Stranger.open(NOW)


def listed(holder: Holder, kind: ServiceKind, *periods: Period) -> ListedService:
    return ListedService(EDITION, Service("Leverantören AB", "Tjänsten", kind, (holder.der,), periods or (ALWAYS,)))


def trust(stranger: Stranger, *ones: ListedService) -> Trust:
    """Nothing but what the list names, and the authorities' revocation lists."""
    return Trust(roots=(), tsa_roots=(), crls=stranger.trust().crls, listed=ones)


def validated(
    stranger: Stranger,
    pdf: bytes,
    *,
    people: tuple[Period, ...] = (),
    clock: tuple[Period, ...] = (),
    at: dt.datetime = NOW,
) -> SignatureReport:
    known = trust(
        stranger,
        listed(stranger.root, ServiceKind.CERTIFICATES, *people),
        listed(stranger.tsa_root, ServiceKind.TIMESTAMPS, *clock),
    )
    (signature,) = validate_pdf(pdf, known, at=at).signatures
    return signature


def with_compliance(stranger: Stranger) -> Stranger:
    """The same, the signatory's certificate says that it is qualified."""
    old = stranger.signatory.certificate
    builder = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.issuer)
        .public_key(old.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
        .add_extension(x509.UnrecognizedExtension(QC_STATEMENTS, QC_COMPLIANCE), critical=False)
    )
    for extension in old.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    certificate = builder.sign(stranger.root.key, hashes.SHA256())
    return replace(stranger, signatory=Holder(certificate, stranger.signatory.key))


def test_a_signature_under_listed_services_passes_and_says_whose_list(stranger: Stranger, original: bytes) -> None:
    signature = validated(stranger, stranger.sign(original))
    assert signature.indication is Indication.TOTAL_PASSED
    assert signature.path is not None
    assert signature.path.anchor is Origin.TRUSTED_LIST
    assert signature.path.listed is not None
    told = signature.path.listed
    assert (told.territory, told.provider, told.service, told.kind) == ("SE", "Leverantören AB", "Tjänsten", "CA/QC")
    assert (told.sequence, told.next_update_at) == (7, NOW + YEAR)
    assert not told.qualified
    assert signature.timestamp is not None
    assert signature.timestamp.path is not None
    assert signature.timestamp.path.listed is not None
    assert (signature.timestamp.path.listed.kind, signature.timestamp.path.listed.qualified) == ("TSA/QTST", True)


@pytest.mark.parametrize(
    ("periods", "qualified"),
    [
        ((ALWAYS,), True),
        ((Period(NOW - 10 * YEAR, None, disputed=True),), False),
        ((Period(NOW - DAY / 2, None),), False),  # granted when it was used, not yet when it was issued
        ((Period(NOW - 2 * YEAR, NOW - DAY / 2), Period(NOW - DAY / 4, None)), True),
    ],
)
def test_a_certificate_is_qualified_if_it_says_so_and_its_issuer_was_granted(
    stranger: Stranger, original: bytes, periods: tuple[Period, ...], *, qualified: bool
) -> None:
    qualifying = with_compliance(stranger)
    signature = validated(qualifying, qualifying.sign(original), people=periods)
    assert signature.indication is Indication.TOTAL_PASSED
    assert signature.path is not None
    assert signature.path.listed is not None
    assert signature.path.listed.qualified is qualified


@pytest.mark.parametrize(
    ("people", "clock", "passes"),
    [
        ((), (), True),
        ((Period(NOW - YEAR, NOW + DAY),), (), True),  # withdrawn after it was made
        ((), (Period(NOW - YEAR, NOW + DAY),), True),
        ((Period(NOW - YEAR, NOW - DAY),), (), False),  # withdrawn before
        ((), (Period(NOW - YEAR, NOW - DAY),), False),
        ((Period(NOW + DAY, None),), (), False),  # granted only after
        ((), (Period(NOW + DAY, None),), False),
        ((Period(NOW - YEAR, NOW - DAY), Period(NOW - DAY, None)), (), True),
    ],
)
def test_what_counts_is_the_time_at_which_it_was_made(
    stranger: Stranger, original: bytes, people: tuple[Period, ...], clock: tuple[Period, ...], *, passes: bool
) -> None:
    signature = validated(stranger, stranger.sign(original), people=people, clock=clock, at=NOW + 2 * DAY)
    assert (signature.indication is Indication.TOTAL_PASSED) is passes
    if not passes:
        assert signature.sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"


def test_a_service_vouches_for_what_it_is_listed_for_and_nothing_else(stranger: Stranger, original: bytes) -> None:
    crossed = trust(
        stranger,
        listed(stranger.root, ServiceKind.TIMESTAMPS),
        listed(stranger.tsa_root, ServiceKind.CERTIFICATES),
    )
    (signature,) = validate_pdf(stranger.sign(original), crossed, at=NOW).signatures
    assert signature.indication is Indication.INDETERMINATE
    assert signature.path is not None
    assert signature.path.anchor is None
    assert signature.path.listed is None


def test_a_list_may_name_the_timestamping_certificate_itself(stranger: Stranger, original: bytes) -> None:
    known = trust(
        stranger, listed(stranger.root, ServiceKind.CERTIFICATES), listed(stranger.tsa, ServiceKind.TIMESTAMPS)
    )
    (signature,) = validate_pdf(stranger.sign(original), known, at=NOW).signatures
    assert signature.indication is Indication.TOTAL_PASSED
    assert signature.timestamp is not None
    assert signature.timestamp.path is not None
    assert len(signature.timestamp.path.certificates) == 1
    assert signature.timestamp.path.anchor is Origin.TRUSTED_LIST


def test_a_root_that_is_trusted_anyway_does_not_depend_on_the_list(stranger: Stranger, original: bytes) -> None:
    over = listed(stranger.root, ServiceKind.CERTIFICATES, Period(NOW - YEAR, NOW - DAY))
    (signature,) = validate_pdf(stranger.sign(original), stranger.trust(listed=(over,)), at=NOW).signatures
    assert signature.indication is Indication.TOTAL_PASSED
    assert signature.path is not None
    assert (signature.path.anchor, signature.path.listed) == (Origin.FILE, None)


class Bare(Stranger):
    """Embeds nobody's certificate but the signatory's."""

    def signer(self, **more: Any) -> signers.SimpleSigner:
        return signers.SimpleSigner(
            signing_cert=self.signatory.asn1,
            signing_key=self.signatory.asn1_key,
            cert_registry=SimpleCertificateStore(),
            **more,
        )


def test_the_report_for_programs_holds_an_anchor_that_only_the_list_has(stranger: Stranger, original: bytes) -> None:
    bare = Bare(stranger.at, stranger.root, stranger.signatory, stranger.tsa_root, stranger.tsa)
    known = trust(
        stranger, listed(stranger.root, ServiceKind.CERTIFICATES), listed(stranger.tsa_root, ServiceKind.TIMESTAMPS)
    )
    validated = validate_parts(bare.sign(original), known, at=NOW)
    (signature,) = validated.report.signatures
    assert signature.indication is Indication.TOTAL_PASSED
    assert base64.b64encode(stranger.root.der) in build_xml(validated)
    (claims,) = build_claims(validated, "https://signflow.example", "sha256", NOW).sig_val_claims.sig
    assert claims.signer_cert_ref.type == "chain_hash"
