"""Signing files that other programs wrote: only what must change changes, and the result holds."""

from __future__ import annotations

import subprocess
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_layouts import Layout, Xref, write_as
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from signing_house import ADJUSTER, NOW, ORGANISATION, SECRETARY, House
from signing_paper import build_tagged_pdf

from judges import tool
from signflow.errors import RefusedError
from signflow.signing.pades.sign import renew_timestamp
from signflow.signing.report import Changes, Indication
from signflow.signing.validation.validate import validate_pdf

READABLE = [xref for xref in Xref if xref is not Xref.HYBRID]
LAYOUTS = [
    Layout(xref, line, form, annotations, identified, ends)
    for xref in READABLE
    for line, form, annotations, identified, ends in (
        (b"\n", False, False, True, True),
        (b"\r\n", True, True, False, False),
        (b"\r", True, False, False, True),
    )
]
layouts = st.builds(
    Layout,
    xref=st.sampled_from(READABLE),
    line=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    form_in_catalog=st.booleans(),
    annotations_apart=st.booleans(),
    identified=st.booleans(),
    ends_in_line=st.booleans(),
)


def _whole_round(house: House, pdf: bytes) -> list[bytes]:
    secretary = house.sign(pdf, *SECRETARY)
    adjuster = house.sign(secretary, *ADJUSTER)
    sealed = house.seal(house.complete(adjuster, pdf))
    return [pdf, secretary, adjuster, sealed, renew_timestamp(sealed, house.tsa, now=NOW)]


def _reader(pdf: bytes) -> PdfFileReader:
    return PdfFileReader(BytesIO(pdf))


def _plain(value: generic.PdfObject) -> bytes:
    out = BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()


def _numbers(reader: PdfFileReader) -> range:
    return range(1, int(reader.trailer["/Size"]))


@settings(max_examples=12)
@given(layout=layouts, pages=st.integers(1, 3))
def test_a_whole_round_holds_on_any_layout(house: House, layout: Layout, pages: int) -> None:
    stages = _whole_round(house, write_as(build_tagged_pdf(ORGANISATION, pages), layout))
    for before, after in pairwise(stages):
        assert after.startswith(before)
    report = validate_pdf(stages[-1], house.trust(), at=NOW)
    assert report.indication is Indication.TOTAL_PASSED
    assert len(report.signatures) == 3
    assert len(report.document_timestamps) == 2
    assert {one.changes_since for one in report.signatures} == {Changes.PERMITTED}


@pytest.mark.oracle("qpdf")
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: f"{one.xref}-{one.line.hex()}")
def test_qpdf_finds_every_revision_of_every_layout_well_formed(house: House, layout: Layout, tmp_path: Path) -> None:
    for number, pdf in enumerate(_whole_round(house, write_as(build_tagged_pdf(ORGANISATION), layout))):
        file = tmp_path / f"{number}.pdf"
        file.write_bytes(pdf)
        said = subprocess.run([tool("qpdf"), "--check", str(file)], capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.oracle("qpdf")
@pytest.mark.parametrize("how", ["--linearize", "--object-streams=generate", "--qdf"])
def test_files_that_qpdf_wrote_are_signed(house: House, how: str, tmp_path: Path) -> None:
    before, written, after = (tmp_path / f"{name}.pdf" for name in ("before", "written", "after"))
    before.write_bytes(build_tagged_pdf(ORGANISATION))
    subprocess.run([tool("qpdf"), how, str(before), str(written)], check=True)
    after.write_bytes(_whole_round(house, written.read_bytes())[-1])
    said = subprocess.run([tool("qpdf"), "--check", str(after)], capture_output=True, text=True, check=False)
    assert "No syntax or stream encoding errors" in said.stdout, said.stdout + said.stderr
    assert validate_pdf(after.read_bytes(), house.trust(), at=NOW).indication is Indication.TOTAL_PASSED


@pytest.mark.oracle("pdfsig")
@pytest.mark.parametrize("xref", READABLE)
def test_pdfsig_finds_the_signatures_of_every_layout_valid(house: House, xref: Xref, tmp_path: Path) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(_whole_round(house, write_as(build_tagged_pdf(ORGANISATION), Layout(xref)))[3])
    said = subprocess.run(
        [tool("pdfsig"), "-nocert", str(file)], capture_output=True, text=True, check=False, timeout=60
    ).stdout
    assert said.count("Signature Validation: Signature is Valid.") == 3, said


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: f"{one.xref}-{one.line.hex()}")
def test_a_revision_changes_the_field_the_form_and_where_validation_data_hangs_and_nothing_else(
    house: House, layout: Layout
) -> None:
    before = write_as(build_tagged_pdf(ORGANISATION), layout)
    old, new = _reader(before), _reader(house.sign(before, *SECRETARY))
    references = [generic.Reference(number, 0) for number in _numbers(old) if old.xrefs[generic.Reference(number, 0)]]
    known = [one for one in references if one not in old.xrefs.xref_stream_refs]
    changed = [one for one in known if _plain(old.get_object(one)) != _plain(new.get_object(one))]
    field = next(one for one in new.root["/AcroForm"]["/Fields"] if one.get_object()["/T"] == SECRETARY[0])
    form = () if layout.form_in_catalog else (new.root.raw_get("/AcroForm").reference,)
    assert set(changed) == {new.root_ref, field.reference, *form}
    assert {key for key in new.root if new.root.raw_get(key) != old.root.get(key)} <= {"/DSS", "/AcroForm"}
    was, became = old.get_object(field.reference), field.get_object()
    assert {key for key in became if became.raw_get(key) != was.get(key)} == {"/V", "/AP"}


@pytest.mark.parametrize("xref", READABLE)
def test_the_cross_references_go_on_as_they_were(house: House, xref: Xref) -> None:
    before = write_as(build_tagged_pdf(ORGANISATION), Layout(xref))
    appended = house.sign(before, *SECRETARY)[len(before) :]
    assert (b"\nxref\n" in appended) == (xref is Xref.TABLE)
    assert b"/Prev " in appended


@pytest.mark.parametrize("layout", [Layout(), Layout(identified=False)], ids=["identified", "not identified"])
def test_the_first_half_of_the_identifier_stays_and_the_second_is_new(house: House, layout: Layout) -> None:
    before = write_as(build_tagged_pdf(ORGANISATION), layout)
    first, second = (house.sign(before, *SECRETARY) for _ in range(2))
    identifiers = {_reader(pdf).document_id for pdf in (first, second)}
    assert len({late for _, late in identifiers}) == 2
    if layout.identified:
        assert {early for early, _ in identifiers} == {_reader(before).document_id[0]}


def test_validation_data_stands_in_the_file_once(house: House) -> None:
    for pdf in _whole_round(house, build_tagged_pdf(ORGANISATION))[1:]:
        store = _reader(pdf).root["/DSS"]
        for key in ("/Certs", "/CRLs"):
            values = [one.get_object().data for one in store[key]]
            assert len(values) == len(set(values)) > 0


def test_a_hybrid_file_is_refused_before_anything_is_signed(house: House) -> None:
    with pytest.raises(RefusedError, match="hybrid"):
        house.sign(write_as(build_tagged_pdf(ORGANISATION), Layout(Xref.HYBRID)), *SECRETARY)


def test_a_file_without_a_form_gets_a_timestamp_too(house: House) -> None:
    pdf = build_tagged_pdf(ORGANISATION, fields=())
    reader = _reader(pdf)
    root = reader.root
    del root["/AcroForm"]
    bare = _with_changed(pdf, reader.root_ref, root)
    stamped = renew_timestamp(renew_timestamp(bare, house.tsa, now=NOW), house.tsa, now=NOW)
    report = validate_pdf(stamped, house.trust(), at=NOW)
    assert [one.timestamp.indication for one in report.document_timestamps] == [Indication.TOTAL_PASSED] * 2
    assert len({one.field for one in report.document_timestamps}) == 2


def _conditions() -> list[tuple[str, generic.DictionaryObject]]:
    name, number = generic.NameObject, generic.NumberObject
    lock = generic.DictionaryObject({"/Type": name("/SigFieldLock"), "/Action": name("/All")})
    seed = generic.DictionaryObject({"/Type": name("/SV"), "/Ff": number(0)})
    return [("/Lock", lock), ("/SV", seed)]


@pytest.mark.parametrize(("key", "value"), _conditions(), ids=["lock", "seed value"])
def test_a_field_with_conditions_is_refused(house: House, key: str, value: generic.DictionaryObject) -> None:
    pdf = build_tagged_pdf(ORGANISATION)
    reader = _reader(pdf)
    fields = {one.get_object()["/T"]: one for one in reader.root["/AcroForm"]["/Fields"]}
    field = fields[SECRETARY[0]].get_object()
    field[key] = value
    changed = _with_changed(pdf, fields[SECRETARY[0]].reference, field)
    with pytest.raises(RefusedError, match="signature-forbidden"):
        house.sign(changed, *SECRETARY)
    house.sign(changed, *ADJUSTER)  # whose field has none


def _certified(level: int | None) -> bytes:
    pdf = build_tagged_pdf(ORGANISATION)
    reader = _reader(pdf)
    parameters = generic.DictionaryObject({} if level is None else {"/P": generic.NumberObject(level)})
    transform = generic.DictionaryObject(
        {"/TransformMethod": generic.NameObject("/DocMDP"), "/TransformParams": parameters}
    )
    certification = generic.DictionaryObject({"/Reference": generic.ArrayObject([transform])})
    root = reader.root
    root["/Perms"] = generic.DictionaryObject({"/DocMDP": certification})
    return _with_changed(pdf, reader.root_ref, root)


def test_a_document_that_is_certified_as_final_is_refused(house: House) -> None:
    with pytest.raises(RefusedError, match="signature-forbidden"):
        house.sign(_certified(1), *SECRETARY)


@pytest.mark.parametrize("level", [None, 2, 3])
def test_a_document_that_is_certified_otherwise_is_signed(house: House, level: int | None) -> None:
    assert b"/ETSI.CAdES.detached" in house.sign(_certified(level), *SECRETARY)


def test_two_fields_of_one_name_are_refused(house: House) -> None:
    with pytest.raises(RefusedError, match="signature-field-missing"):
        house.sign(build_tagged_pdf(ORGANISATION, fields=("Sekreterare", "Sekreterare")), *SECRETARY)


@pytest.mark.parametrize("cut", [0, 1, 9, 200, 5000])
def test_a_torn_file_is_refused(house: House, original: bytes, cut: int) -> None:
    torn = original[:cut] if cut < 200 else original[:-cut]
    with pytest.raises(RefusedError, match="pdf-unreadable"):
        house.sign(torn, *SECRETARY)


def _with_changed(pdf: bytes, reference: generic.Reference, value: generic.PdfObject) -> bytes:
    """The file written anew, with one object changed."""
    return write_as(pdf, Layout(), {reference.idnum: value})
