"""Files that somebody has laid hands on."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import replace
from io import BytesIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfWriter
from signing_house import ADJUSTER, NOW, SECRETARY, House, Stages, open_house
from signing_paper import build_tagged_pdf

from signflow.errors import IntegrityError, RefusedError, SignflowError
from signflow.signing import reading
from signflow.signing.gate import CompleteRound, check_round, check_signature_added
from signflow.signing.report import CHANGED_AFTERWARDS, NO_SIGNATURE, Changes, Indication
from signflow.signing.validation.validate import validate_pdf

REQUIRED = [SECRETARY, ADJUSTER]
DER = Encoding.DER


def painted(pdf: bytes) -> bytes:
    """A white box over the first page, in an incremental update."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"1 g 0 700 600 100 re f")))
    return updated(writer)


def annotated(pdf: bytes) -> bytes:
    """A note on the last page."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][-1]
    note = generic.DictionaryObject(
        {
            generic.NameObject("/Type"): generic.NameObject("/Annot"),
            generic.NameObject("/Subtype"): generic.NameObject("/FreeText"),
            generic.NameObject("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 500, 500))),
            generic.NameObject("/Contents"): generic.TextStringObject("Avslås"),
        }
    )
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])
    return updated(writer)


def retitled(pdf: bytes) -> bytes:
    """Another title in the document information."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    info = writer.trailer["/Info"]
    info["/Title"] = generic.TextStringObject("Ett annat ärende")
    writer.update_container(info)
    return updated(writer)


def updated(writer: IncrementalPdfFileWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("change", [painted, annotated], ids=lambda change: change.__name__)
@pytest.mark.parametrize("stage", ["secretary", "adjuster", "sealed"])
def test_a_change_after_signing_fails_every_signature(house: House, stages: Stages, stage: str, change) -> None:  # noqa: ANN001 - parametrised
    report = validate_pdf(change(getattr(stages, stage)), house.trust(), at=NOW)
    assert report.indication is Indication.TOTAL_FAILED
    assert {one.sub_indication for one in report.signatures} == {CHANGED_AFTERWARDS}
    assert {one.changes_since for one in report.signatures} == {Changes.FORBIDDEN}


@pytest.mark.parametrize("change", [painted, annotated, retitled], ids=lambda change: change.__name__)
def test_a_change_slipped_in_before_signing_does_not_pass_the_gate(house: House, original: bytes, change) -> None:  # noqa: ANN001 - parametrised
    signed = house.sign(change(original), *SECRETARY)
    assert validate_pdf(signed, house.trust(), at=NOW).indication is Indication.TOTAL_PASSED
    with pytest.raises(IntegrityError, match="signature-other-changes"):
        check_signature_added(original, signed, *SECRETARY, house.trust(), NOW)


def test_a_change_in_the_very_revision_of_a_signature_does_not_pass_the_gate(
    house: House, stages: Stages, original: bytes
) -> None:
    both = house.sign(house.sign(painted(original), *SECRETARY), *ADJUSTER)
    digest = hashlib.sha256(original).hexdigest()
    with pytest.raises(IntegrityError, match="signature-other-changes"):
        check_round(both, digest, REQUIRED, house.trust(), NOW)
    assert check_round(stages.adjuster, digest, REQUIRED, house.trust(), NOW).pdf == stages.adjuster


def test_a_change_after_the_signature_does_not_pass_the_gate(house: House, stages: Stages) -> None:
    with pytest.raises(IntegrityError):
        check_signature_added(stages.original, painted(stages.secretary), *SECRETARY, house.trust(), NOW)


def test_another_person_does_not_pass_the_gate(house: House, original: bytes) -> None:
    signed = house.sign(original, "Sekreterare", "Någon Annan")
    with pytest.raises(IntegrityError, match="signature-other-person"):
        check_signature_added(original, signed, *SECRETARY, house.trust(), NOW)


def test_another_field_does_not_pass_the_gate(house: House, original: bytes) -> None:
    signed = house.sign(original, "Justerare", SECRETARY[1])
    with pytest.raises(IntegrityError, match="signature-not-added"):
        check_signature_added(original, signed, *SECRETARY, house.trust(), NOW)


def test_two_signatures_at_once_do_not_pass_the_gate(house: House, stages: Stages) -> None:
    with pytest.raises(IntegrityError, match="signature-not-added"):
        check_signature_added(stages.original, stages.adjuster, *ADJUSTER, house.trust(), NOW)


def test_a_file_that_does_not_begin_with_the_one_before_does_not_pass_the_gate(house: House, stages: Stages) -> None:
    other = build_tagged_pdf("Ett annat protokoll")
    for before in (other, stages.secretary + b" ", stages.adjuster):
        with pytest.raises(IntegrityError, match="signature-not-incremental"):
            check_signature_added(before, stages.secretary, *SECRETARY, house.trust(), NOW)


def test_an_earlier_signature_that_no_longer_holds_stops_the_next(house: House, stages: Stages) -> None:
    broken = bytearray(stages.secretary)
    broken[100] ^= 1
    try:
        signed = house.sign(bytes(broken), *ADJUSTER)
    except SignflowError:
        return
    with pytest.raises(SignflowError):
        check_signature_added(bytes(broken), signed, *ADJUSTER, house.trust(), NOW)


@pytest.mark.parametrize(
    ("required", "code"),
    [
        ([SECRETARY], "round-other-signature"),
        ([], "round-nobody-required"),
        ([*REQUIRED, ("Sigill", "Provkommun")], "signature-not-added"),
        ([("Sekreterare", ADJUSTER[1]), ("Justerare", SECRETARY[1])], "signature-other-person"),
    ],
)
def test_a_round_is_complete_with_exactly_those_required(
    house: House, stages: Stages, required: list[tuple[str, str]], code: str
) -> None:
    with pytest.raises(IntegrityError, match=code):
        check_round(stages.adjuster, hashlib.sha256(stages.original).hexdigest(), required, house.trust(), NOW)


def test_a_round_on_another_document_is_not_complete(house: House, stages: Stages) -> None:
    with pytest.raises(IntegrityError, match="round-other-document"):
        check_round(stages.adjuster, "0" * 64, REQUIRED, house.trust(), NOW)


def test_only_the_gate_makes_a_complete_round(house: House, stages: Stages) -> None:
    made = house.complete(stages.adjuster, stages.original)
    with pytest.raises(TypeError, match="check_round"):
        CompleteRound(stages.adjuster, made.signatures, made.report, object())


def covered(pdf: bytes) -> list[tuple[int, int]]:
    """The byte ranges of the last signature."""
    last = re.findall(rb"/ByteRange ?\[ *(\d+) +(\d+) +(\d+) +(\d+) *\]", pdf)[-1]
    start1, length1, start2, length2 = map(int, last)
    return [(start1, start1 + length1), (start2, start2 + length2)]


def verdict(house: House, pdf: bytes) -> Indication | None:
    """What the validation says; None where it refuses the file. Any other end is a defect."""
    try:
        return validate_pdf(pdf, house.trust(), at=NOW).indication
    except RefusedError:
        return None


@settings(max_examples=120, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_in_the_covered_range_is_reported(house: House, stages: Stages, where: float, bit: int) -> None:
    (start1, end1), (start2, end2) = covered(stages.secretary)
    offset = int(where * (end1 - start1 + end2 - start2))
    place = start1 + offset if offset < end1 - start1 else start2 + offset - (end1 - start1)
    flipped = bytearray(stages.secretary)
    flipped[place] ^= 1 << bit
    assert verdict(house, bytes(flipped)) is not Indication.TOTAL_PASSED


def test_a_flipped_byte_of_the_words_is_a_hash_failure(house: House, stages: Stages) -> None:
    place = stages.secretary.index(b"stream\n") + 60
    flipped = bytearray(stages.secretary)
    flipped[place] ^= 1
    (signature,) = validate_pdf(bytes(flipped), house.trust(), at=NOW).signatures
    assert (signature.indication, signature.sub_indication) == (Indication.TOTAL_FAILED, "HASH_FAILURE")


@settings(max_examples=60, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 3))
def test_a_damaged_signature_value_never_crashes(house: House, stages: Stages, where: float, bit: int) -> None:
    (_, start), (end, _) = covered(stages.secretary)
    damaged = bytearray(stages.secretary)
    damaged[start + 1 + int(where * (end - start - 2))] ^= 1 << bit
    verdict(house, bytes(damaged))


def test_a_document_without_signatures_says_so(house: House, original: bytes) -> None:
    report = validate_pdf(original, house.trust(), at=NOW)
    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, NO_SIGNATURE)


@settings(max_examples=60, deadline=None)
@given(garbage=st.binary(max_size=300), cut=st.integers(0, 20000))
def test_what_is_no_pdf_is_refused(house: House, original: bytes, garbage: bytes, cut: int) -> None:
    for data in (garbage, b"%PDF-1.7\n" + garbage, original[:cut] + garbage):
        with pytest.raises(RefusedError, match="pdf-unreadable"):
            validate_pdf(data, house.trust(), at=NOW)


def test_a_file_from_before_the_certificates_is_not_valid_then(house: House, stages: Stages) -> None:
    report = validate_pdf(stages.secretary, house.trust(), at=NOW - dt.timedelta(days=1))
    assert report.indication is Indication.INDETERMINATE


def test_a_namesake_from_another_authority_does_not_pass_the_gate(
    house: House, original: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    forger = open_house(tmp_path_factory.mktemp("forger") / "authority")
    forged = forger.sign(original, *SECRETARY)
    with pytest.raises(IntegrityError, match="signature-not-valid"):
        check_signature_added(original, forged, *SECRETARY, house.trust(), NOW)


def test_an_encrypted_file_is_refused(house: House, stages: Stages) -> None:
    writer = PdfWriter(clone_from=BytesIO(stages.original))
    writer.encrypt("", algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    with pytest.raises(RefusedError, match="pdf-unreadable"):
        validate_pdf(out.getvalue(), house.trust(), at=NOW)
    with pytest.raises(RefusedError, match="pdf-unreadable"):
        house.sign(out.getvalue(), *SECRETARY)


def test_a_file_that_is_too_large_is_refused(house: House, stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LIMIT_BYTES", len(stages.sealed) - 1)
    with pytest.raises(RefusedError, match="too-large"):
        validate_pdf(stages.sealed, house.trust(), at=NOW)


def revoking(house: House, issuer: str, name: str, revoked_at: dt.datetime, at: dt.datetime) -> bytes:
    """A list of that issuer in which the certificate of that name stands."""
    register = house.authority._register
    holder, certificate = register.current(issuer), register.current(name).certificate
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(certificate.serial_number)
        .revocation_date(revoked_at)
        .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
        .build()
    )
    builder = x509.CertificateRevocationListBuilder(
        holder.certificate.subject, at, at + dt.timedelta(days=7), revoked_certificates=[entry]
    )
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(holder.key.public_key)
    builder = builder.add_extension(x509.CRLNumber(10**18), critical=False).add_extension(identifier, critical=False)
    return builder.sign(holder.key.private, hashes.SHA384() if issuer == "tsa-root" else hashes.SHA256()).public_bytes(
        DER
    )


def test_a_time_stamping_authority_revoked_since_proves_nothing(house: House, stages: Stages) -> None:
    at = NOW + dt.timedelta(days=30)
    fresh = revoking(house, "tsa-root", "tsa", at - dt.timedelta(days=1), at)
    trust = replace(house.trust(), crls=(*house.trust().crls, fresh))
    report = validate_pdf(stages.sealed, trust, at=at)
    assert report.indication is Indication.INDETERMINATE
    assert report.document_timestamps[0].timestamp.sub_indication == "REVOKED_NO_POE"


@pytest.mark.parametrize(
    ("days", "indication"), [(-1, Indication.INDETERMINATE), (1, Indication.TOTAL_PASSED)], ids=["before", "after"]
)
def test_a_seal_revoked_before_it_was_used_is_not_valid(
    house: House, stages: Stages, days: int, indication: Indication
) -> None:
    at = NOW + dt.timedelta(days=30)
    fresh = revoking(house, "issuing", "seal", NOW + dt.timedelta(days=days), at)
    trust = replace(house.trust(at), crls=(*house.trust(at).crls, fresh))
    report = validate_pdf(stages.sealed, trust, at=at)
    assert report.indication is indication
