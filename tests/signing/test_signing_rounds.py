"""What a round of signatures leaves behind, and at which times it holds."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signing_house import ADJUSTER, NOW, ORGANISATION, SECRETARY, House, Stages, authentication, open_house
from signing_paper import FIELDS, build_stamp, build_tagged_pdf

from signflow.errors import RefusedError, StaleError
from signflow.signing.gate import check_signature_added
from signflow.signing.pades.sign import SignatureRequest, apply_signature, renew_timestamp
from signflow.signing.report import Changes, Indication, Kind, Level
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.trust import Trust
from signflow.signing.validation.validate import validate_pdf

LATER = [dt.timedelta(0), dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=731)]


@pytest.mark.parametrize("later", LATER, ids=str)
def test_a_sealed_document_holds_long_after_the_one_shot_certificates_are_over(
    house: House, stages: Stages, later: dt.timedelta
) -> None:
    report = validate_pdf(stages.sealed, house.trust(NOW), at=NOW + later)
    assert report.indication is Indication.TOTAL_PASSED
    assert [one.signatory for one in report.signatures] == [SECRETARY[1], ADJUSTER[1], ORGANISATION]
    assert [one.kind for one in report.signatures] == [Kind.PERSON, Kind.PERSON, Kind.SEAL]
    assert {one.level for one in report.signatures} == {Level.ARCHIVAL}
    assert {one.changes_since for one in report.signatures} == {Changes.PERMITTED}


@pytest.mark.parametrize("later", LATER, ids=str)
def test_a_document_between_signatures_holds_long_after_too(house: House, stages: Stages, later: dt.timedelta) -> None:
    report = validate_pdf(stages.secretary, house.trust(NOW), at=NOW + later)
    (signature,) = report.signatures
    assert report.indication is Indication.TOTAL_PASSED
    assert (signature.level, signature.changes_since) == (Level.LONG_TERM, Changes.NONE)
    assert signature.signed_at == NOW.replace(microsecond=0)


def test_fresh_revocation_lists_do_not_disturb_old_signatures(house: House, stages: Stages) -> None:
    at = NOW + dt.timedelta(days=731)
    assert validate_pdf(stages.sealed, house.trust(at), at=at).indication is Indication.TOTAL_PASSED


def test_without_any_list_of_its_own_the_validator_makes_do_with_those_in_the_file(
    house: House, stages: Stages
) -> None:
    trust = Trust((house.authority.root_pem,), (house.authority.tsa_root_pem,))
    report = validate_pdf(stages.sealed, trust, at=NOW)
    assert report.indication is Indication.TOTAL_PASSED


def test_the_report_is_the_same_for_the_same_bytes_instant_and_trust(house: House, stages: Stages) -> None:
    trust = house.trust()
    first, second = (validate_pdf(stages.sealed, trust, at=NOW).to_json() for _ in range(2))
    assert first == second
    assert json.loads(first)["indication"] == "TOTAL-PASSED"


def test_the_report_says_how_the_signatory_was_authenticated(house: House, stages: Stages) -> None:
    signature = validate_pdf(stages.sealed, house.trust(), at=NOW).signature("Justerare")
    assert signature is not None
    assert signature.authentication == authentication().__class__(
        **{name: getattr(authentication(), name) for name in ("method", "level", "reference", "evidence_digest")},
        at=authentication().at.replace(microsecond=250000),
    )
    assert signature.timestamp is not None
    assert signature.timestamp.local


def test_another_root_makes_it_indeterminate(stages: Stages, tmp_path_factory: pytest.TempPathFactory) -> None:
    stranger = open_house(tmp_path_factory.mktemp("stranger") / "authority")
    report = validate_pdf(stages.sealed, stranger.trust(), at=NOW)
    assert report.indication is Indication.INDETERMINATE
    assert {one.sub_indication for one in report.signatures} == {"NO_CERTIFICATE_CHAIN_FOUND"}


def test_a_trusted_root_without_its_tsa_is_not_enough(house: House, stages: Stages) -> None:
    report = validate_pdf(stages.sealed, Trust((house.authority.root_pem,), ()), at=NOW)
    assert report.indication is Indication.INDETERMINATE
    assert {one.signed_at for one in report.signatures} == {None}
    assert {one.level for one in report.signatures} == {Level.BASIC}


def test_renewing_the_timestamp_keeps_everything(house: House, stages: Stages) -> None:
    later = NOW + dt.timedelta(days=365)
    tsa = LocalTsa(house.authority, lambda: later)
    renewed = renew_timestamp(stages.sealed, tsa, now=later)
    assert renewed.startswith(stages.sealed)
    report = validate_pdf(renewed, house.trust(later), at=later + dt.timedelta(days=365))
    assert report.indication is Indication.TOTAL_PASSED
    assert [stamp.timestamp.at for stamp in report.document_timestamps] == [
        NOW.replace(microsecond=0),
        later.replace(microsecond=0),
    ]


def test_signing_in_many_threads_at_once(house: House, original: bytes) -> None:
    people = [f"Ledamot {letter}" for letter in "ABCD"]
    with ThreadPoolExecutor(4) as pool:
        signed = list(pool.map(lambda person: house.sign(original, "Justerare", person), people))
    for person, pdf in zip(people, signed, strict=True):
        check_signature_added(original, pdf, "Justerare", person, house.trust(), NOW)


@settings(max_examples=6, deadline=None)
@given(
    title=st.text("abcåäöÅÄÖ – §", min_size=1, max_size=30),
    pages=st.integers(1, 4),
    order=st.permutations(FIELDS),
    person=st.text("aåäöéÅ -’", min_size=1, max_size=60).filter(lambda name: name.strip() != ""),
)
def test_any_document_and_order_of_signing_holds(
    house: House, title: str, pages: int, order: list[str], person: str
) -> None:
    pdf = build_tagged_pdf(title, pages)
    for field in order:
        before, pdf = pdf, house.sign(pdf, field, person)
        check_signature_added(before, pdf, field, person, house.trust(), NOW)


def test_a_field_is_signed_once(house: House, stages: Stages) -> None:
    with pytest.raises(StaleError, match="signature-field-signed"):
        house.sign(stages.secretary, *SECRETARY)


def test_a_field_that_is_not_there_is_refused(house: House, original: bytes) -> None:
    with pytest.raises(RefusedError, match="signature-field-missing"):
        house.sign(original, "Ordförande", "Anna Söderström")


@pytest.mark.parametrize("stamp", [b"", b"%PDF-1.7\nno", build_tagged_pdf("Två sidor")], ids=["empty", "torn", "long"])
def test_a_stamp_that_is_no_page_is_refused(house: House, original: bytes, stamp: bytes) -> None:
    request = SignatureRequest(*SECRETARY, "Sekreterare", None, authentication(), stamp)
    with pytest.raises(RefusedError, match="stamp-unreadable"):
        apply_signature(original, request, house.authority, house.tsa, now=NOW)


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ("", "signatory-name-empty"),
        (" ", "signatory-name-empty"),
        ("Å" * 65, "signatory-name-too-long"),
        ("Anna 19121212-1212", "signatory-identity-number"),
        ("121212+1212", "signatory-identity-number"),
        ("191212121212", "signatory-identity-number"),
    ],
)
def test_names_that_must_not_stand_in_a_certificate(house: House, original: bytes, person: str, code: str) -> None:
    with pytest.raises(RefusedError, match=code):
        house.sign(original, "Sekreterare", person)


def test_the_metadata_and_the_catalogue_of_what_was_shown_are_not_touched(stages: Stages) -> None:
    appended = stages.sealed[len(stages.original) :]
    assert b"ModDate" not in appended
    assert b"x:xmpmeta" not in appended


def test_the_reason_is_kept(house: House, original: bytes) -> None:
    request = SignatureRequest(
        *SECRETARY, "Sekreterare", "Vid anteckningarna", authentication(), build_stamp("Anna Söderström")
    )
    signed = apply_signature(original, request, house.authority, house.tsa, now=NOW)
    signature = validate_pdf(signed, house.trust(), at=NOW).signature("Sekreterare")
    assert signature is not None
    assert (signature.reason, signature.role, signature.organisation) == (
        "Vid anteckningarna",
        "Sekreterare",
        ORGANISATION,
    )
