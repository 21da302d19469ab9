"""Reading what anybody may have made: strictly, within bounds, and never with another end than a refusal or a report."""

from __future__ import annotations

import hashlib
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from signing_appending import appended, body_of
from signing_house import NOW, House, Stages

from signflow.errors import RefusedError
from signflow.signing.report import AMBIGUOUS, PARTLY_COVERED, Indication
from signflow.signing.validation import fields, tables
from signflow.signing.validation.fields import Digests, covers_revision, read_fields
from signflow.signing.validation.objects import MalformedError, Name, Ref, Stream, Word, read_value
from signflow.signing.validation.revisions import read_document
from signflow.signing.validation.validate import validate_pdf

NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8).map(lambda text: "/" + text)
LEAVES = (
    st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.binary(max_size=20)
    | NAMES
    | st.tuples(st.integers(1, 10**6), st.integers(0, 9))
    | st.none()
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


def pyhankos(value: object) -> generic.PdfObject:  # noqa: PLR0911 -- one way out for each type
    """The value as pyHanko writes it."""
    match value:
        case None:
            return generic.NullObject()
        case bool():
            return generic.BooleanObject(value)
        case int():
            return generic.NumberObject(value)
        case bytes():
            return generic.ByteStringObject(value)
        case str():
            return generic.NameObject(value)
        case tuple():
            return generic.IndirectObject(value[0], value[1], None)
        case list():
            return generic.ArrayObject(map(pyhankos, value))
        case dict():
            return generic.DictionaryObject({generic.NameObject(key): pyhankos(one) for key, one in value.items()})
        case _:
            raise TypeError(value)


def ours(value: object) -> object:
    """The value as it should be read."""
    match value:
        case bool():
            return Word("true" if value else "false")
        case str():
            return Name(value)
        case tuple():
            return Ref(*value)
        case list():
            return [ours(one) for one in value]
        case dict():
            return {key: ours(one) for key, one in value.items()}
        case _:
            return value


@given(value=VALUES)
def test_what_another_program_writes_is_read_as_it_was_meant(value: object) -> None:
    out = BytesIO()
    pyhankos(value).write_to_stream(out)
    read, end = read_value(out.getvalue() + b" ", 0)
    assert (read, end) == (ours(value), len(out.getvalue()))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"(a\\)b(c)d)", b"a)b(c)d"),
        (b"(\\101\\7x\\\nz\r\ny)", b"A\x07xz\ny"),
        (b"<48 65\n6c6>", b"Hel`"),
        (b"/A#42", "/AB"),
        (b"-.5 ", -0.5),
        (b"% remark\n[1%x\r2]", [1, 2]),
        (b"<</A<</B()>>/C[]>>", {"/A": {"/B": b""}, "/C": []}),
    ],
)
def test_what_the_format_allows_is_read(written: bytes, read: object) -> None:
    assert read_value(written, 0)[0] == read


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"(",
        b"<<",
        b"<</A 1/A 2>>",
        b"<</A 1/#41 2>>",
        b"<<1 2>>",
        b"[1 2",
        b"<zz>",
        b"/A#4",
        b"truer",
        b"1x",
        b"[" * 2000,
        b"<</A" * 2000,
        b"(" * 100_000,
        b"%" * 100_000,
    ],
    ids=lambda written: repr(written[:12]),
)
def test_what_can_be_read_in_two_ways_is_not_read(written: bytes) -> None:
    with pytest.raises(MalformedError):
        read_value(written, 0)


@given(data=st.binary(max_size=200))
def test_reading_ends_with_an_object_or_a_refusal(data: bytes) -> None:
    try:
        read_value(data, 0)
    except MalformedError:
        return


def test_a_stream_that_grows_beyond_its_bound_is_not_read() -> None:
    bomb = zlib.compress(bytes(10_000_000))
    stream = Stream({"/Filter": Name("/FlateDecode")}, 0, memoryview(bomb))
    with pytest.raises(MalformedError):
        stream.decoded(1_000_000)
    assert len(stream.decoded(10_000_000)) == 10_000_000


def pdf_with(table: bytes, body: bytes = b"") -> bytes:
    start = b"%PDF-1.7\n" + body
    return start + table + b"\nstartxref\n%d\n%%%%EOF\n" % len(start)


HOSTILE = {
    "previous is itself": pdf_with(b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1 /Root 1 0 R /Prev 9>>"),
    "more entries than bytes": pdf_with(b"xref\n0 2000000\n0000000000 65535 f \ntrailer\n<</Size 1>>"),
    "entries of no width": pdf_with(
        b"1 0 obj\n<</Type /XRef /W [0 0 0] /Index [0 999999999] /Size 1 /Length 0>>\nstream\n\nendstream\nendobj"
    ),
    "entries without end": pdf_with(
        b"1 0 obj\n<</Type /XRef /W [1 1 1] /Index [0 999999999] /Size 1 /Length 0>>\nstream\n\nendstream\nendobj"
    ),
    "a length that leads to itself": pdf_with(
        b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Size 2 /Root 1 0 R>>",
        b"1 0 obj\n<</Length 1 0 R>>\nstream\nx\nendstream\nendobj\n",
    ),
    "a comment without end": pdf_with(b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1 /Root 1 0 R>>").rstrip()
    + b" 1 0 obj %",
}


@pytest.mark.parametrize("pdf", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_tables_are_refused(house: House, pdf: bytes) -> None:
    with pytest.raises(RefusedError, match="pdf-unreadable"):
        validate_pdf(pdf, house.trust(), at=NOW)


def test_a_form_that_goes_in_a_circle_is_refused(house: House, original: bytes) -> None:
    document = read_document(original)
    field = read_first_field(original)
    looped = appended(original, {field: body_of(original, field).replace(b"<<", b"<</Kids [%d 0 R] " % field, 1)})
    assert document.last == 0
    with pytest.raises(RefusedError, match="pdf-unreadable"):
        validate_pdf(looped, house.trust(), at=NOW)


def read_first_field(pdf: bytes) -> int:
    document = read_document(pdf)
    return next(
        number
        for number in document.revisions[0].entries
        if isinstance(value := document.value(Ref(number, 0), 0), dict) and value.get("/FT") == "/Sig"
    )


def test_too_many_of_anything_are_refused(house: House, stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, limit in ((tables, "LIMIT_REVISIONS"), (tables, "LIMIT_OBJECTS"), (fields, "LIMIT_SIGNATURES")):
        with monkeypatch.context() as patched:
            patched.setattr(module, limit, 1)
            with pytest.raises(RefusedError, match="pdf-unreadable"):
                validate_pdf(stages.sealed, house.trust(), at=NOW)


def ranges(pdf: bytes) -> list[bool]:
    document = read_document(pdf)
    return [covers_revision(document, one) for one in read_fields(document)]


def test_every_honest_signature_covers_its_revision(stages: Stages) -> None:
    assert ranges(stages.sealed) == [True] * 4
    assert ranges(stages.sealed + b"\r\n") == [True] * 4


@pytest.mark.parametrize(
    "shift", [(0, 1, 0, 0), (0, -1, 0, 0), (0, 0, 1, -1), (0, 0, 0, -3), (1, 0, 0, 0), (0, 0, -2, 2)]
)
def test_a_range_that_leaves_out_more_or_less_covers_nothing(
    house: House, stages: Stages, shift: tuple[int, int, int, int]
) -> None:
    document = read_document(stages.secretary)
    (honest,) = read_fields(document)
    assert honest.byte_range is not None
    written = b"[0 %d %d %d]" % honest.byte_range[1:]
    assert stages.secretary.count(written) == 1
    # a number that would need one digit more is moved the other way: everything else stays where it is
    there, back = (
        b"[%d %d %d %d]" % tuple(one + sign * by for one, by in zip(honest.byte_range, shift, strict=True))
        for sign in (1, -1)
    )
    moved = (there if len(there) <= len(written) else back).ljust(len(written))
    tampered = stages.secretary.replace(written, moved)
    assert len(tampered) == len(stages.secretary)
    assert ranges(tampered) == [False]
    report = validate_pdf(tampered, house.trust(), at=NOW)
    assert report.indication is Indication.TOTAL_FAILED
    assert report.sub_indication in {PARTLY_COVERED, "HASH_FAILURE", "FORMAT_FAILURE"}


def test_two_fields_with_one_value_are_ambiguous(house: House, stages: Stages) -> None:
    document = read_document(stages.secretary)
    (signed,) = read_fields(document)
    empty = next(
        number
        for number in document.revisions[0].entries
        if isinstance(value := document.value(Ref(number, 0), document.last), dict)
        and value.get("/FT") == "/Sig"
        and "/V" not in value
    )
    body = body_of(stages.secretary, empty).replace(b"<<", b"<</V %d 0 R " % signed.number, 1)
    report = validate_pdf(appended(stages.secretary, {empty: body}), house.trust(), at=NOW)
    assert {one.sub_indication for one in report.signatures} == {AMBIGUOUS}


@settings(max_examples=30)
@given(data=st.binary(min_size=60, max_size=200), cuts=st.lists(st.integers(1, 50), min_size=1, max_size=4))
def test_digests_of_ranges_are_those_of_the_bytes(data: bytes, cuts: list[int]) -> None:
    digests = Digests(data, cuts)
    for cut in cuts:
        byte_range = (0, cut, cut + 5, len(data) - cut - 5)
        assert digests.whole("sha256") == hashlib.sha256(data).digest()
        assert digests.of(byte_range, "sha256") == hashlib.sha256(data[:cut] + data[cut + 5 :]).digest()
