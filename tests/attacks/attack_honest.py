"""Files that nobody has attacked, made in every way that a municipality may meet: all must be believed."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

from asn1crypto import cms
from attack_papers import Hand, Papers, digest_of, filled, with_streams
from attack_pdf import cms_of, places, with_contents
from attack_shadow import prepared
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation import DocumentSecurityStore
from pypdf import PdfWriter
from signing_house import ADJUSTER, NOW, SECRETARY, House
from signing_paper import build_tagged_pdf

from signflow.signing.gate import check_round
from signflow.signing.pades.sign import renew_timestamp
from signflow.signing.report import Changes, Indication, ValidationReport

_FIRST, _LAST, _SEAL = SECRETARY[0], ADJUSTER[0], "Sigill"
_GOOD = Indication.TOTAL_PASSED
_LEVELS = {
    "B-B": Hand(timestamped=False, lasting=False),
    "B-T": Hand(lasting=False),
    "B-LT": Hand(),
    "B-LTA": Hand(archival=True),
    "pkcs7 without timestamp": Hand(timestamped=False, lasting=False, cades=False),
    "pkcs7 with timestamp": Hand(lasting=False, cades=False),
    "pkcs7 with validation data": Hand(cades=False),
}


@dataclass(frozen=True)
class Honest:
    """A file to be believed.

    Attributes:
        name: How it was made.
        signed: The fields whose signatures must be TOTAL-PASSED, and no others.
        build: Makes it.
        after: How long after the signing it is validated.
    """

    name: str
    signed: frozenset[str]
    build: Callable[[Papers], bytes]
    after: dt.timedelta = dt.timedelta()

    def alarms(self, report: ValidationReport) -> list[str]:
        """What the report wrongly objects to."""
        found = [f"{report.indication} {report.sub_indication}"] if report.indication is not _GOOD else []
        found += [f"{one.field}: {one.sub_indication}" for one in report.signatures if one.indication is not _GOOD]
        found += [f"{one.field}: changed" for one in report.signatures if one.changes_since is Changes.FORBIDDEN]
        told = {one.field for one in report.signatures}
        return found if told == self.signed else [*found, f"signed: {sorted(told)}"]


def _signed_by_all(papers: Papers, original: bytes, house: House | None = None) -> bytes:
    house = house or papers.house
    signed = house.sign(house.sign(original, *SECRETARY), *ADJUSTER)
    return house.seal(check_round(signed, digest_of(original), [SECRETARY, ADJUSTER], papers.trust, NOW))


def _renewed(papers: Papers, times: int) -> bytes:
    """Once a year."""
    pdf = papers.sealed
    for year in range(1, times + 1):
        moment = NOW + dt.timedelta(days=365 * year)
        pdf = renew_timestamp(pdf, papers.at(moment).tsa, now=moment)
    return pdf


def _by_pypdf(pdf: bytes) -> bytes:
    out = BytesIO()
    PdfWriter(clone_from=BytesIO(pdf)).write(out)
    return out.getvalue()


def _with_validation_data(papers: Papers) -> bytes:
    """pyHanko merges further lists and certificates into what is there."""
    out = BytesIO(papers.adjuster)
    authority = papers.other_house.authority
    DocumentSecurityStore.add_dss(
        out,
        None,
        certs=list(papers.other_house.trust().parsed_roots),
        crls=[*papers.other_house.trust().parsed_crls, authority.tsa_crl(NOW)],
        force_write=True,
    )
    return out.getvalue()


def _stamped_by_pyhanko(papers: Papers) -> bytes:
    context = papers.context(papers.house.authority.seal_signer(NOW))
    stamper = PdfTimeStamper(papers.stamper)
    writer = IncrementalPdfFileWriter(BytesIO(papers.sealed))
    return asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", context)).getvalue()


def _chain_updated_by_pyhanko(papers: Papers) -> bytes:
    context = papers.context(papers.house.authority.seal_signer(NOW))
    stamper = PdfTimeStamper(papers.stamper)
    reader = PdfFileReader(BytesIO(papers.sealed))
    return asyncio.run(stamper.async_update_archival_timestamp_chain(reader, context, in_place=False)).getvalue()


def _value_made_anew(papers: Papers) -> bytes:
    """What the attacks on byte ranges start from: without a trick it must hold, or they would show nothing."""
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    covered = pdf[: place.gap[0]] + pdf[place.gap[1] :]
    return with_contents(pdf, place, papers.sign_over(covered).dump())


def _stamped_twice(papers: Papers) -> bytes:
    """Two tokens over one signature value, as the format allows."""
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    value = cms_of(pdf, place)
    info = value["content"]["signer_infos"][0]
    tokens = [one for one in info["unsigned_attrs"] if one["type"].native == "signature_time_stamp_token"]
    info["unsigned_attrs"] = cms.CMSAttributes([*tokens, *(one.copy() for one in tokens)])
    return with_contents(pdf, place, value.dump())


def _without_lengths(papers: Papers) -> bytes:
    """The value in BER of indefinite length, as widespread libraries write it, where ISO 32000-2 asks for DER."""
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    value = cms_of(pdf, place)
    return with_contents(pdf, place, b"\x30\x80" + value["content_type"].dump() + value["content"].dump() + b"\0\0")


def _by_two_houses(papers: Papers) -> bytes:
    """The signatures stamped by one authority of time, the seal by another."""
    other = House(papers.house.authority, papers.other_house.tsa)
    return other.seal(papers.house.complete(papers.adjuster, papers.original))


def _certified_then_approved(papers: Papers, permission: MDPPerm) -> bytes:
    certified = {MDPPerm.FILL_FORMS: papers.certified_2, MDPPerm.ANNOTATE: papers.certified_3}[permission]
    return papers.by_pyhanko(certified, _FIRST, Hand())


def _pyhanko_twice(papers: Papers, hand: Hand) -> bytes:
    first = papers.by_pyhanko(papers.original, _FIRST, hand, documented=True)
    return papers.by_pyhanko(first, _LAST, hand, person=ADJUSTER[1], documented=True)


_MADE: Mapping[str, tuple[tuple[str, ...], Callable[[Papers], bytes]]] = {
    "signed once": ((_FIRST,), lambda p: p.secretary),
    "signed twice": ((_FIRST, _LAST), lambda p: p.adjuster),
    "sealed": ((_FIRST, _LAST, _SEAL), lambda p: p.sealed),
    "renewed at once": ((_FIRST, _LAST, _SEAL), lambda p: p.renewed),
    "one page": ((_FIRST, _LAST, _SEAL), lambda p: _signed_by_all(p, build_tagged_pdf("En sida", pages=1))),
    "thirty pages": ((_FIRST, _LAST, _SEAL), lambda p: _signed_by_all(p, build_tagged_pdf("Många", pages=30))),
    "stamped by another authority": (
        (_FIRST, _LAST, _SEAL),
        lambda p: _signed_by_all(p, p.original, House(p.house.authority, p.other_house.tsa)),
    ),
    "stamped by two authorities": ((_FIRST, _LAST, _SEAL), _by_two_houses),
    "renewed by another authority": (
        (_FIRST, _LAST, _SEAL),
        lambda p: renew_timestamp(p.sealed, p.other_house.tsa, now=NOW),
    ),
    "renewed by pyHanko": ((_FIRST, _LAST, _SEAL), _stamped_by_pyhanko),
    "chain updated by pyHanko": ((_FIRST, _LAST, _SEAL), _chain_updated_by_pyhanko),
    "validation data added by pyHanko": ((_FIRST, _LAST), _with_validation_data),
    "cut back to an honest stage": ((_FIRST, _LAST), lambda p: p.sealed[: len(p.adjuster)]),
    "timestamp after the seal was cut off": (
        (_FIRST, _LAST),
        lambda p: renew_timestamp(p.sealed[: len(p.adjuster)], p.house.tsa, now=NOW),
    ),
    "value without lengths": ((_FIRST,), _without_lengths),
    "stamped twice": ((_FIRST,), _stamped_twice),
    "value made anew": ((_FIRST,), _value_made_anew),
    "on cross-reference streams": ((_FIRST, _LAST, _SEAL), lambda p: _signed_by_all(p, with_streams(p.original))),
    "on a file of pypdf": ((_FIRST, _LAST, _SEAL), lambda p: _signed_by_all(p, _by_pypdf(p.original))),
    "form filled in before": ((_FIRST,), lambda p: p.form_signed),
    "form filled in after": ((_FIRST,), lambda p: filled(p.house.sign(p.form, *SECRETARY), "1 000 kr")),
    "form filled in between": (
        (_FIRST, _LAST),
        lambda p: p.house.sign(filled(p.house.sign(p.form, *SECRETARY), "1 000 kr"), *ADJUSTER),
    ),
    "signed over an object in no table": ((_FIRST,), lambda p: prepared(p)[0]),
    "box of its own author": ((_FIRST,), lambda p: p.hidden_then_signed),
    "foreign": ((_FIRST,), lambda p: p.foreign),
    "certified, nothing may change": ((_SEAL,), lambda p: p.certified_1),
    "certified, fields may be filled in": ((_SEAL,), lambda p: p.certified_2),
    "certified, notes may be made": ((_SEAL,), lambda p: p.certified_3),
    "certified, archival": (
        (_SEAL,),
        lambda p: p.by_pyhanko(p.original, _SEAL, Hand(archival=True, certify=MDPPerm.NO_CHANGES)),
    ),
    "certified, then approved": (
        (_SEAL, _FIRST),
        lambda p: _certified_then_approved(p, MDPPerm.FILL_FORMS),
    ),
    "certified with notes, then approved": (
        (_SEAL, _FIRST),
        lambda p: _certified_then_approved(p, MDPPerm.ANNOTATE),
    ),
    "certified, then approved by us": ((_SEAL, _FIRST), lambda p: p.house.sign(p.certified_2, *SECRETARY)),
    "approved by us after pyHanko": (
        (_FIRST, _LAST),
        lambda p: p.house.sign(p.by_pyhanko(p.original, _FIRST, Hand(archival=True), documented=True), *ADJUSTER),
    ),
    "approved by pyHanko after us": (
        (_FIRST, _LAST),
        lambda p: p.by_pyhanko(p.secretary, _LAST, Hand(archival=True), person=ADJUSTER[1], documented=True),
    ),
    "invisible field of pyHanko's": (
        ("Signature1",),
        lambda p: p.by_pyhanko(p.original, "Signature1", Hand(), documented=True),
    ),
    "invisible field of pyHanko's after ours": (
        (_FIRST, "Signature1"),
        lambda p: p.by_pyhanko(p.secretary, "Signature1", Hand(), documented=True),
    ),
}

HONEST: tuple[Honest, ...] = (
    *(Honest(name, frozenset(signed), build) for name, (signed, build) in _MADE.items()),
    *(
        Honest(
            f"renewed {times} times, a year between",
            frozenset({_FIRST, _LAST, _SEAL}),
            lambda papers, times=times: _renewed(papers, times),
            dt.timedelta(days=365 * times),
        )
        for times in range(1, 6)
    ),
    *(
        Honest(
            f"by pyHanko, {level}",
            frozenset({_FIRST}),
            lambda papers, hand=hand: papers.by_pyhanko(papers.original, _FIRST, hand, documented=True),
        )
        for level, hand in _LEVELS.items()
    ),
    *(
        Honest(
            f"by pyHanko twice, {level}",
            frozenset({_FIRST, _LAST}),
            lambda papers, hand=hand: _pyhanko_twice(papers, hand),
        )
        for level, hand in _LEVELS.items()
    ),
)
