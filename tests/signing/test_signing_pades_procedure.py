"""How a signature comes about: what is read, how often, and what happens when the authority changes under it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain, repeat

import pytest
from asn1crypto import x509 as asn1_x509
from pdf_layouts import Layout, write_as
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from signing_house import ADJUSTER, NOW, ORGANISATION, SEAL_FIELD, SECRETARY, House, authentication
from signing_paper import build_stamp, build_tagged_pdf

from signflow.errors import UnavailableError
from signflow.signing.pades.sign import (
    SealRequest,
    SignatureRequest,
    renew_timestamp,
    seal_update,
    sign_update,
    timestamp_update,
)
from signflow.signing.report import Indication
from signflow.signing.timestamps.tsa import ReadyTsa, Tsa
from signflow.signing.validation.validate import validate_pdf

REQUEST = SignatureRequest(*SECRETARY, "Sekreterare", "Vid protokollet", authentication(), build_stamp("Anna"))
SEAL = SealRequest(SEAL_FIELD, None, build_stamp(ORGANISATION))


class Counting(BytesIO):
    """A file that counts what is read of it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.read_bytes = 0
        self.largest_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.read_bytes += len(data)
        self.largest_bytes = max(self.largest_bytes, len(data))
        return data

    def write(self, data: object, /) -> int:
        raise AssertionError(data)


@dataclass
class Changing:
    """The house's authority, said to be ready in other ways, one after the other."""

    tsa: Tsa
    ways: Iterator[Callable[[ReadyTsa], ReadyTsa]]
    asked: int = 0

    @property
    def roots(self) -> tuple[asn1_x509.Certificate, ...]:
        return self.tsa.roots

    def ready(self, now: dt.datetime) -> ReadyTsa:
        self.asked += 1
        return next(self.ways)(self.tsa.ready(now))


def _as_is(ready: ReadyTsa) -> ReadyTsa:
    return ready


def _short(ready: ReadyTsa) -> ReadyTsa:
    return replace(ready, token_bytes=ready.token_bytes - 500)


def _refusing(code: str) -> Callable[[ReadyTsa], ReadyTsa]:
    def ask(_: bytes) -> bytes:
        raise UnavailableError(code, url="http://tsa.example")

    return lambda ready: replace(ready, ask=ask)


def _with_attachment(size_bytes: int) -> bytes:
    """The document with one object more, as large as said."""
    pdf = build_tagged_pdf(ORGANISATION)
    number = int(PdfFileReader(BytesIO(pdf)).trailer["/Size"])
    return write_as(pdf, Layout(), {number: generic.StreamObject(stream_data=bytes(size_bytes))})


@pytest.mark.parametrize(
    "update",
    [
        lambda house, source: sign_update(source, REQUEST, house.authority, house.tsa, now=NOW),
        lambda house, source: seal_update(source, SEAL, house.authority, house.tsa, now=NOW),
        lambda house, source: timestamp_update(source, house.tsa, now=NOW),
    ],
    ids=["signature", "seal and timestamp", "timestamp"],
)
def test_a_large_file_is_read_once_in_small_parts_and_never_written(
    house: House, update: Callable[[House, BytesIO], bytes]
) -> None:
    small, large = (Counting(_with_attachment(size)) for size in (1000, 5_000_000))
    appended = [len(update(house, source)) for source in (small, large)]
    beyond = [source.read_bytes - len(source.getbuffer()) for source in (small, large)]
    assert abs(beyond[0] - beyond[1]) < 1000
    assert beyond[1] < 200_000
    assert large.largest_bytes <= 1 << 20
    assert abs(appended[0] - appended[1]) < 1000


def test_what_is_appended_to_a_file_is_what_the_bytes_would_get(house: House, original: bytes) -> None:
    source = BytesIO(original)
    whole = original + sign_update(source, REQUEST, house.authority, house.tsa, now=NOW)
    assert source.getvalue() == original
    assert validate_pdf(whole, house.trust(), at=NOW).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize("first", [_short, _refusing("tsa-changed")], ids=["longer token", "other certificate"])
def test_an_authority_that_has_changed_is_asked_once_more(
    house: House, original: bytes, first: Callable[[ReadyTsa], ReadyTsa]
) -> None:
    for update in (
        lambda tsa: sign_update(BytesIO(original), REQUEST, house.authority, tsa, now=NOW),
        lambda tsa: seal_update(BytesIO(original), SEAL, house.authority, tsa, now=NOW),
    ):
        tsa = Changing(house.tsa, chain([first], repeat(_as_is)))
        report = validate_pdf(original + update(tsa), house.trust(), at=NOW)
        assert report.indication is Indication.TOTAL_PASSED
        assert len(report.signatures) == 1
        assert tsa.asked == 2


def test_room_is_made_for_a_token_that_is_longer_than_said(house: House, original: bytes) -> None:
    tsa = Changing(house.tsa, repeat(_short))
    appended = timestamp_update(BytesIO(original), tsa, now=NOW)
    stamps = validate_pdf(original + appended, house.trust(), at=NOW).document_timestamps
    assert [one.timestamp.indication for one in stamps] == [Indication.TOTAL_PASSED]


def test_an_authority_that_keeps_changing_is_as_if_it_did_not_answer(house: House, original: bytes) -> None:
    tsa = Changing(house.tsa, repeat(_refusing("tsa-changed")))
    with pytest.raises(UnavailableError, match="tsa-changed"):
        sign_update(BytesIO(original), REQUEST, house.authority, tsa, now=NOW)
    assert tsa.asked == 2


@pytest.mark.parametrize("code", ["tsa-unavailable", "tsa-refused"])
def test_an_authority_that_does_not_answer_leaves_nothing_behind(house: House, original: bytes, code: str) -> None:
    tsa = Changing(house.tsa, repeat(_refusing(code)))
    with pytest.raises(UnavailableError, match=code):
        sign_update(BytesIO(original), REQUEST, house.authority, tsa, now=NOW)
    assert tsa.asked == 1


def test_a_token_that_never_fits_is_never_cut(house: House, original: bytes) -> None:
    shrinking = (lambda ready, less=less: replace(ready, token_bytes=ready.token_bytes - less) for less in (400, 900))
    tsa = Changing(house.tsa, shrinking)
    with pytest.raises(UnavailableError, match="tsa-changed"):
        timestamp_update(BytesIO(original), tsa, now=NOW)


def test_the_room_that_is_left_is_little(house: House, original: bytes) -> None:
    sealed = renew_timestamp(house.sign(house.sign(original, *SECRETARY), *ADJUSTER), house.tsa, now=NOW)
    for signature in PdfFileReader(BytesIO(sealed)).embedded_signatures:
        content = signature.pkcs7_content
        assert 0 < len(content) - len(content.rstrip(b"\0")) < 200


def test_a_stamp_that_is_larger_than_its_field_is_made_smaller_and_keeps_its_shape(
    house: House, original: bytes
) -> None:
    def box(stamp_pdf: bytes) -> list[float]:
        request = replace(REQUEST, stamp_pdf=stamp_pdf)
        signed = original + sign_update(BytesIO(original), request, house.authority, house.tsa, now=NOW)
        fields = PdfFileReader(BytesIO(signed)).root["/AcroForm"]["/Fields"]
        field = next(one.get_object() for one in fields if one.get_object()["/T"] == SECRETARY[0])
        return [float(edge) for edge in field["/AP"]["/N"]["/BBox"]]

    field_width, field_height = 230.0, 52.0
    assert box(build_stamp("Anna")) == [0, field_height, field_width, 0]
    left, top, right, bottom = box(build_tagged_pdf("En A4-sida", 1, ()))
    assert (left, bottom) == (0, 0)
    assert top == pytest.approx(841.89, abs=0.01)
    assert right / top == pytest.approx(field_width / field_height, rel=1e-4)


def test_a_field_of_a_size_that_is_no_whole_number_gets_its_stamp(house: House, original: bytes) -> None:
    reader = PdfFileReader(BytesIO(original))
    reference = next(one for one in reader.root["/AcroForm"]["/Fields"] if one.get_object()["/T"] == SECRETARY[0])
    field = reference.get_object()
    field["/Rect"] = generic.ArrayObject(map(generic.FloatObject, ("56.25", "600.5", "256.125", "656.75")))
    pdf = write_as(original, Layout(), {reference.idnum: field})
    signed = PdfFileReader(BytesIO(house.sign(pdf, *SECRETARY)))
    box = signed.get_object(reference.reference)["/AP"]["/N"]["/BBox"]
    scale = 199.875 / 230  # the stamp is wider than the field
    assert [float(edge) for edge in box] == pytest.approx([0, 56.25 / scale, 230, 0], abs=0.01)
