"""The closed list of what signing leaves behind: all that is honest is on it, and nothing that is not."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import fields
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pypdf import PdfWriter
from signing_appending import appended, body_of, differences, objects_of
from signing_house import ADJUSTER, NOW, SECRETARY, House, Stages
from signing_paper import build_tagged_pdf
from signing_strangers import Stranger

from signflow.signing.pades.sign import renew_timestamp
from signflow.signing.report import Change, Changes, Indication
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.validation.objects import MalformedError, Ref
from signflow.signing.validation.revisions import read_document
from signflow.signing.validation.validate import validate_pdf


def pyhanko_permits(pdf: bytes, base: int) -> bool:
    """pyHanko's own opinion of what followed the revision of that index."""
    result = DEFAULT_DIFF_POLICY.review_file(PdfFileReader(BytesIO(pdf)), base)
    return isinstance(result, DiffResult) and result.modification_level <= ModificationLevel.FORM_FILLING


def in_object_streams(pdf: bytes) -> bytes:
    """The same document as other writers store it: objects and references in compressed streams."""
    writer = PdfWriter(clone_from=BytesIO(pdf))
    out = BytesIO()
    writer.write(out)
    compact = copy_into_new_writer(PdfFileReader(BytesIO(out.getvalue())))
    compact.stream_xrefs = True
    out = BytesIO()
    compact.write(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def renewed(house: House, stages: Stages) -> bytes:
    """The sealed document, its timestamp renewed twice."""
    pdf = stages.sealed
    for years in (1, 2):
        later = NOW + dt.timedelta(days=365 * years)
        pdf = renew_timestamp(pdf, LocalTsa(house.authority, lambda later=later: later), now=later)
    return pdf


def test_every_revision_of_a_round_only_signs(renewed: bytes) -> None:
    assert differences(renewed) == [True] * 6
    assert all(pyhanko_permits(renewed, base) for base in range(1, 6))


def test_a_round_on_a_document_of_streams_only_signs_too(house: House, original: bytes) -> None:
    compact = in_object_streams(original)
    signed = house.sign(house.sign(compact, *SECRETARY), *ADJUSTER)
    assert differences(signed) == [True, True]
    report = validate_pdf(signed, house.trust(), at=NOW)
    assert report.indication is Indication.TOTAL_PASSED
    assert [one.changes_since for one in report.signatures] == [Changes.PERMITTED, Changes.NONE]


@pytest.mark.parametrize("pages", [1, 2, 40])
def test_the_report_says_what_each_revision_did(house: House, pages: int) -> None:
    signed = house.sign(build_tagged_pdf("Protokoll", pages=pages), *SECRETARY)
    stamped = renew_timestamp(signed, house.tsa, now=NOW)
    report = validate_pdf(stamped, house.trust(), at=NOW)
    assert [one.changes for one in report.revisions] == [
        (),
        (Change.SIGNATURE, Change.VALIDATION_DATA),
        (Change.DOCUMENT_TIMESTAMP,),
    ]
    assert [one.end_bytes for one in report.revisions][-1] <= len(stamped)
    assert [one.revision for one in report.signatures] == [2]
    assert [one.revision for one in report.document_timestamps] == [3]


def test_an_honest_revision_put_together_by_hand_only_signs(stages: Stages) -> None:
    """What the tests below change is nothing but what they say."""
    rebuilt = appended(stages.secretary, objects_of(stages.adjuster))
    assert differences(rebuilt) == [True, True]
    assert pyhanko_permits(rebuilt, 1)


def field_of(pdf: bytes, name: str) -> int:
    """Number of the field of that name."""
    document = read_document(pdf)
    for number in {number for revision in document.revisions for number in revision.entries}:
        value = document.value(Ref(number, 0), document.last)
        if isinstance(value, dict) and value.get("/T") == name.encode() and "/FT" in value:
            return number
    raise AssertionError(name)


def page_of(pdf: bytes) -> int:
    document = read_document(pdf)
    return next(
        number
        for number in document.revisions[0].entries
        if isinstance(value := document.value(Ref(number, 0), document.last), dict) and value.get("/Type") == "/Page"
    )


FREE = 5000
"""A number far beyond those in use."""


def with_hidden_object(pdf: bytes, bodies: dict[int, bytes]) -> bytes:
    return appended(pdf, bodies, between=b"%d 0 obj\n<<>>\nendobj\n" % FREE)


def with_words_between(pdf: bytes, bodies: dict[int, bytes]) -> bytes:
    return appended(pdf, bodies, between=b"% nothing to see\n")


def with_orphan(pdf: bytes, bodies: dict[int, bytes]) -> bytes:
    return appended(pdf, {**bodies, FREE: b"<</Type /Nothing>>"})


def with_other_root(pdf: bytes, bodies: dict[int, bytes]) -> bytes:
    return re.sub(rb"/Root \d+ 0 R (?!.*/Root)", b"/Root %d 0 R " % FREE, appended(pdf, bodies), flags=re.DOTALL)


def with_page_rewritten(pdf: bytes, bodies: dict[int, bytes]) -> bytes:
    page = page_of(pdf)
    return appended(pdf, {**bodies, page: body_of(pdf, page).replace(b"/Rotate 0", b"/Rotate 180")})


def with_field_moved(pdf: bytes, bodies: dict[int, bytes]) -> bytes:
    field = field_of(pdf, "Justerare")
    return appended(pdf, {**bodies, field: re.sub(rb"/Rect \[ ?[\d.]+", b"/Rect [ 1", bodies[field])})


def with_other_fields_appearance(pdf: bytes, bodies: dict[int, bytes]) -> bytes:
    other, field = field_of(pdf, "Sigill"), field_of(pdf, "Justerare")
    appearance = re.search(rb"/AP.*?>>", bodies[field], re.DOTALL)
    assert appearance
    return appended(pdf, {**bodies, other: re.sub(rb"/AP.*?>>", appearance[0], body_of(pdf, other), flags=re.DOTALL)})


def with_action(pdf: bytes, bodies: dict[int, bytes]) -> bytes:
    field = field_of(pdf, "Justerare")
    action = b"/A <</S /URI /URI (https://example.org)>> /FT"
    return appended(pdf, {**bodies, field: bodies[field].replace(b"/FT", action, 1)})


def with_signed_field_resigned(pdf: bytes, bodies: dict[int, bytes]) -> bytes:
    field = field_of(pdf, "Justerare")
    value = re.search(rb"/V (\d+) 0 R", bodies[field])
    assert value
    signed = field_of(pdf, "Sekreterare")
    return appended(pdf, {**bodies, signed: re.sub(rb"/V \d+ 0 R", value[0], body_of(pdf, signed))})


def with_encryption(pdf: bytes, bodies: dict[int, bytes]) -> bytes:
    return appended(pdf, bodies, trailer=b" /Foo 1 0 R")


TRICKS = [
    with_hidden_object,
    with_words_between,
    with_orphan,
    with_other_root,
    with_page_rewritten,
    with_field_moved,
    with_other_fields_appearance,
    with_action,
    with_signed_field_resigned,
    with_encryption,
]


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_more_than_signing_is_not_on_the_list(stages: Stages, trick) -> None:  # noqa: ANN001 - parametrised
    assert differences(trick(stages.secretary, objects_of(stages.adjuster)))[1] is False


@pytest.mark.parametrize("writing", [b"%d 0 R", b"%d  0\nR", b"%d%%here\n0 R"], ids=["plain", "spaced", "commented"])
def test_a_number_that_waited_for_an_object_is_not_filled(house: House, original: bytes, writing: bytes) -> None:
    """A page that refers to an object which does not exist yet would show what is appended under that number."""
    page = page_of(original)
    size = read_document(original).revisions[0].trailer["/Size"]
    assert isinstance(size, int)
    for waiting in range(size, size + 40):
        contents = re.sub(
            rb"/Contents (\d+ 0 R)", rb"/Contents [\1 " + writing % waiting + b"]", body_of(original, page)
        )
        prepared = appended(original, {page: contents})
        if differences(house.sign(prepared, *SECRETARY))[-1] is False:
            break
    else:
        pytest.fail("every number was filled")


@pytest.mark.parametrize("shared", [False, True])
def test_a_list_that_is_also_a_pages_contents_does_not_grow(original: bytes, shared: bool) -> None:  # noqa: FBT001 - parametrised
    """Certificates that are added to a list of streams would be drawn, were the list a page's contents too."""
    listed, first, second = 100, 101, 102
    root, page = read_document(original).revisions[0].trailer["/Root"], page_of(original)
    assert isinstance(root, Ref)
    contents = re.search(rb"/Contents (\d+ 0 R)", body_of(original, page))
    assert contents
    bodies = {
        root.number: body_of(original, root.number).replace(b"<<", b"<</DSS <</Certs %d 0 R>> " % listed, 1),
        listed: b"[%s]" % contents[1] if shared else b"[%d 0 R]" % first,
        first: b"<</Length 1>>\nstream\n0\nendstream",
    }
    if shared:
        bodies[page] = body_of(original, page).replace(contents[0], b"/Contents %d 0 R" % listed)
    prepared = appended(original, bodies)
    grown = {
        listed: bodies[listed].replace(b"]", b" %d 0 R]" % second),
        second: b"<</Length 2>>\nstream\n1 \nendstream",
    }
    assert differences(appended(prepared, grown))[1] is not shared


def test_what_others_add_is_judged_by_pyhanko(original: bytes) -> None:
    stranger = Stranger.open(NOW)
    both = stranger.sign(stranger.sign(original), "Andra")
    report = validate_pdf(both, stranger.trust(), at=NOW)
    assert report.indication is Indication.TOTAL_PASSED
    assert [one.only_signing for one in report.revisions] == [True, False, False]  # pyHanko rewrites the metadata
    assert report.signatures[0].changes_since is Changes.PERMITTED
    assert report.revisions[2].changes == (Change.METADATA, Change.SIGNATURE)


HOW = st.sampled_from(["key", "reference", "drop", "overwrite", "bytes", "move", "copy"])
CHOICE = st.integers(0, 10**6)


@settings(max_examples=150, deadline=None)
@given(changes=st.lists(st.tuples(HOW, CHOICE, CHOICE, CHOICE), min_size=1, max_size=3))
def test_what_is_on_the_list_pyhanko_permits(stages: Stages, changes: list[tuple[str, int, int, int]]) -> None:
    """An honest revision, its objects changed at random: never more lenient than the other analysis."""
    bodies = objects_of(stages.adjuster)
    everything = sorted(set(objects_of(stages.original, 0)) | set(bodies))
    for how, which, what, where in changes:
        number, other = sorted(bodies)[which % len(bodies)], everything[what % len(everything)]
        changed(bodies, how, number, other, where)
        if not bodies:
            return
    pdf = appended(stages.secretary, bodies)
    try:
        only_signs = differences(pdf)[1]
    except MalformedError:
        event("unreadable")
        return
    event("only signs" if only_signs else "something else")
    if only_signs:
        assert pyhanko_permits(pdf, 1)


def changed(bodies: dict[int, bytes], how: str, number: int, other: int, where: int) -> None:
    """One change, to that object, with another one at hand."""
    body = bodies[number]
    match how:
        case "key":
            key, value = KEYS[where % len(KEYS)], VALUES[other % len(VALUES)]
            bodies[number] = body.replace(b"<<", b"<<%s %s " % (key, value), 1)
        case "reference":
            places = list(re.finditer(rb"\d+ 0 R", body))
            if places:
                place = places[where % len(places)]
                bodies[number] = body[: place.start()] + b"%d 0 R" % other + body[place.end() :]
        case "overwrite":
            bodies[other] = body
        case "bytes":
            place = where % len(body)
            bodies[number] = body[:place] + bytes([32 + where % 95]) + body[place + 1 :]
        case "copy":
            bodies[FREE + number] = body
        case _:
            moved = bodies.pop(number)
            if how == "move":
                bodies[FREE + number] = moved


KEYS = [
    b"/V",
    b"/AP",
    b"/Rect",
    b"/F",
    b"/Annots",
    b"/Contents",
    b"/Kids",
    b"/Fields",
    b"/Type",
    b"/Certs",
    b"/OC",
    b"/Lock",
]
VALUES = [b"null", b"1", b"true", b"/Sig", b"()", b"[]", b"<<>>", b"1 0 R", b"3 0 R", b"[ 5 0 R ]", b"9999 0 R"]


def test_a_certification_that_allows_nothing_is_respected(original: bytes) -> None:
    stranger = Stranger.open(NOW)
    locked = stranger.sign(original, "Lås", certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES)
    stamped = stranger.stamp(locked)
    report = validate_pdf(stamped, stranger.trust(), at=NOW)
    assert report.signatures[0].permissions == 1
    assert report.indication is Indication.TOTAL_PASSED
    field = field_of(locked, "Sekreterare")
    value = b"<</Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <00>>>"
    filled = appended(locked, {field: body_of(locked, field).replace(b"<<", b"<</V %d 0 R " % FREE, 1), FREE: value})
    assert differences(filled)[1]
    after = validate_pdf(filled, stranger.trust(), at=NOW)
    assert after.signatures[0].changes_since is Changes.FORBIDDEN


def test_fields_that_a_signature_locks_stay_as_they_are(house: House, original: bytes) -> None:
    stranger = Stranger.open(NOW)
    lock = fields.FieldMDPSpec(fields.FieldMDPAction.INCLUDE, fields=["Justerare"])
    spec = fields.SigFieldSpec("Låsande", field_mdp_spec=lock)
    writer = IncrementalPdfFileWriter(BytesIO(original))
    fields.append_signature_field(writer, spec)
    out = BytesIO()
    writer.write(out)
    locking = stranger.sign(out.getvalue(), "Låsande")
    for field, changes in (("Sekreterare", Changes.PERMITTED), ("Justerare", Changes.FORBIDDEN)):
        signed = house.sign(locking, field, "Anna Söderström")
        report = validate_pdf(signed, stranger.trust().joined(house.trust()), at=NOW)
        locked = report.signature("Låsande")
        assert locked is not None
        assert locked.changes_since is changes
