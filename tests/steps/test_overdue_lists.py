"""What people are told when the trusted list that a verification rests on should have been renewed before it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from signing_lists import NOW, YEAR
from signing_paper import build_tagged_pdf
from signing_strangers import Holder, Stranger

from signflow.signing.report import Indication, ValidationReport
from signflow.signing.trust import Trust
from signflow.signing.trusted_lists.model import Edition, ListedService, Period, Service, ServiceKind
from signflow.signing.validation.validate import validate_pdf
from signflow.steps.verify_words import tell_document_timestamp, tell_signature
from signflow.texts import LANGUAGES, Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
SECOND = dt.timedelta(seconds=1)
DUE = NOW + dt.timedelta(days=3)
TOLD = {
    "sv": "Den betrodda förteckningen för SE skulle ha förnyats senast 23 november 2026 kl. 13.00, men någon nyare fanns "
    "inte här vid kontrollen. Om en tjänst har förlorat sitt godkännande sedan dess syns det inte.",
    "en": "The trusted list of SE was due to be renewed by 23 November 2026, 13:00, and no newer one was here at the check. "
    "A service that has since been withdrawn would not be seen.",
}


@pytest.fixture(scope="module")
def stranger() -> Stranger:
    return Stranger.open(NOW)


@pytest.fixture(scope="module")
def pdf(stranger: Stranger) -> bytes:
    return stranger.sign(build_tagged_pdf("Främmande"))


def listed(holder: Holder, kind: ServiceKind, due: dt.datetime | None, territory: str = "SE") -> ListedService:
    service = Service("Leverantören AB", "Tjänsten", kind, (holder.der,), (Period(NOW - YEAR, None),))
    return ListedService(Edition(territory, 7, NOW - YEAR, due), service)


def verified(stranger: Stranger, pdf: bytes, at: dt.datetime, *ones: ListedService) -> ValidationReport:
    trust = Trust(roots=(), tsa_roots=(), crls=stranger.trust().crls, listed=ones)
    return validate_pdf(pdf, trust, at=at)


def told(report: ValidationReport, language: Language) -> list[str]:
    texts = Texts(TEMPLATES, language)
    (signature,) = report.signatures
    stamps = [tell_document_timestamp(one, report.at, texts) for one in report.document_timestamps]
    sentences = [one.sentences for one in (tell_signature(signature, report.at, texts), *stamps)]
    return [one for told in sentences for one in told if "förnyats" in one or "renewed" in one]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("at", "late"), [(DUE - SECOND, False), (DUE, True), (DUE + SECOND, True)])
def test_from_the_instant_at_which_it_was_due_it_is_said_once(
    stranger: Stranger, pdf: bytes, language: Language, at: dt.datetime, *, late: bool
) -> None:
    people = listed(stranger.root, ServiceKind.CERTIFICATES, DUE)
    clock = listed(stranger.tsa_root, ServiceKind.TIMESTAMPS, DUE)
    report = verified(stranger, pdf, at, people, clock)
    assert report.indication is Indication.TOTAL_PASSED, "what the list says of the past is as true as before"
    assert told(report, language) == [TOLD[language]] * late
    (signature,) = json.loads(report.to_json())["signatures"]
    machine = [one["path"]["listed"]["next_update_at"] for one in (signature, signature["timestamp"])]
    assert machine == ["2026-11-23T12:00:00Z"] * 2


def test_a_list_that_is_closed_is_never_overdue(stranger: Stranger, pdf: bytes) -> None:
    people = listed(stranger.root, ServiceKind.CERTIFICATES, None)
    clock = listed(stranger.tsa_root, ServiceKind.TIMESTAMPS, None)
    assert told(verified(stranger, pdf, DUE, people, clock), "en") == []


def test_each_list_is_said_by_itself_and_only_where_it_vouches(stranger: Stranger, pdf: bytes) -> None:
    people = listed(stranger.root, ServiceKind.CERTIFICATES, DUE + SECOND)
    clock = listed(stranger.tsa_root, ServiceKind.TIMESTAMPS, DUE, "FI")
    other = listed(stranger.tsa_root, ServiceKind.CERTIFICATES, DUE)
    (sentence,) = told(verified(stranger, pdf, DUE, people, clock, other), "en")
    assert sentence == TOLD["en"].replace("SE", "FI")


def test_a_timestamp_over_the_whole_file_says_it_too(stranger: Stranger) -> None:
    stamped = stranger.stamp(stranger.sign(build_tagged_pdf("Främmande"), stamped=False))
    clock = listed(stranger.tsa_root, ServiceKind.TIMESTAMPS, DUE)
    for at, late in ((DUE - SECOND, False), (DUE, True)):
        report = verified(stranger, stamped, at, clock)
        assert report.document_timestamps[0].timestamp.indication is Indication.TOTAL_PASSED
        assert told(report, "sv") == [TOLD["sv"]] * late


def test_of_a_broken_signature_nothing_is_said(stranger: Stranger, pdf: bytes) -> None:
    people = listed(stranger.root, ServiceKind.CERTIFICATES, DUE)
    clock = listed(stranger.tsa_root, ServiceKind.TIMESTAMPS, DUE)
    report = verified(stranger, pdf, DUE, people, clock)
    broken = replace(report.signatures[0], indication=Indication.TOTAL_FAILED)
    assert told(replace(report, signatures=(broken,)), "sv") == []
