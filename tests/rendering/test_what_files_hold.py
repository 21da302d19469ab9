"""What stands in the files besides what the other tests look at: nothing that the standards forbid or that is not described."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
from drawn_minutes import drawn, fields_for, paragraph, png
from pypdf import PdfReader
from pypdf.generic import ContentStream

from signflow.minutes.model import Figure, Item, Minutes, Note, Paragraph, Span

Render = Callable[..., bytes]

# ISO 19005-2, 6.1.3, 6.2.5, 6.2.8 to 6.2.10, 6.4.1, 6.4.2, 6.5, 6.8 to 6.11; ISO 14289-1, 7.1, 7.10 to 7.12, 7.15, 7.16.
NOT_USED = {
    *("/Encrypt", "/Perms", "/Requirements", "/NeedsRendering", "/OCProperties", "/OC", "/Names", "/EF", "/AF"),
    *("/OpenAction", "/AA", "/JS", "/JavaScript", "/XFA", "/NeedAppearances", "/Threads", "/B", "/PresSteps", "/Thumb"),
    *("/SMask", "/Mask", "/CA", "/ca", "/BM", "/Group", "/ExtGState", "/Alternates", "/OPI", "/Interpolate", "/Intent"),
    *("/RoleMap", "/ClassMap", "/Suspects", "/CIDSet", "/CharSet", "/F", "/FFilter", "/Ref", "/PS", "/Subtype2"),
}
STRUCTURE_TYPES = {
    *("/Document", "/H1", "/H2", "/H3", "/P", "/Span", "/Link", "/Reference", "/Note", "/Figure", "/Form"),
    *("/L", "/LI", "/Lbl", "/LBody", "/Table", "/TR", "/TH", "/TD"),
}
OPERATORS = {b"q", b"Q", b"cm", b"rg", b"re", b"f", b"BT", b"ET", b"Td", b"Tm", b"Tf", b"Tj", b"Ts", b"Do"}
MARKS = {b"BMC", b"BDC", b"EMC"}
LONGEST_BYTES = 32_767


@pytest.fixture(scope="module")
def readers(render: Render) -> tuple[PdfReader, ...]:
    """Documents that differ, with all that minutes may hold among them."""
    return tuple(PdfReader(io.BytesIO(render(drawn(seed, items=6)))) for seed in range(8))


def dictionaries(reader: PdfReader) -> Iterator[Mapping[str, Any]]:
    """Every dictionary of the file, the ones inside others too."""

    def within(found: Any) -> Iterator[Mapping[str, Any]]:
        if isinstance(found, dict):
            yield found
        inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
        for one in inner:
            yield from within(one)

    objects = (reader.get_object(number) for number in range(1, int(str(reader.trailer["/Size"]))))
    return chain([reader.trailer], chain.from_iterable(map(within, objects)))


def test_what_is_not_used_is_not_there(readers: tuple[PdfReader, ...]) -> None:
    for reader in readers:
        for found in dictionaries(reader):
            flags = {"/F"} if found.get("/Type") == "/Annot" else set[str]()
            assert not NOT_USED & (found.keys() - flags), found


def test_annotations_are_fields_and_links_and_actions_lead_to_addresses(readers: tuple[PdfReader, ...]) -> None:
    kinds, actions = set[str](), set[str]()
    for found in chain.from_iterable(map(dictionaries, readers)):
        if found.get("/Type") == "/Annot":
            kinds.add(found["/Subtype"])
            actions |= {found["/A"]["/S"]} if "/A" in found else set[str]()
    assert kinds == {"/Widget", "/Link"}
    assert actions == {"/URI"}


def test_every_structure_type_is_a_standard_one(readers: tuple[PdfReader, ...]) -> None:
    used = {found["/S"] for found in chain.from_iterable(map(dictionaries, readers)) if {"/S", "/P", "/K"} <= {*found}}
    assert used == STRUCTURE_TYPES


def test_pages_are_drawn_with_few_operators_and_all_of_it_is_marked(readers: tuple[PdfReader, ...]) -> None:
    for page in chain.from_iterable(reader.pages for reader in readers):
        depth = 0
        for _, operator in ContentStream(page["/Contents"], None).operations:
            assert operator in OPERATORS | MARKS
            depth += (operator in {b"BMC", b"BDC"}) - (operator == b"EMC")
            assert 0 <= depth <= 1  # no artifact inside what is read, and nothing read inside an artifact
            assert depth or operator not in {b"f", b"Tj", b"Do"}


@pytest.mark.parametrize("letter", ["a", "ą"])
def test_no_string_is_longer_than_a_file_may_hold(render: Render, letter: str) -> None:
    words = f"{letter * 9} " * 4_000
    reader = PdfReader(io.BytesIO(render(endless(words), fields_for(drawn(1)))))
    found = [entry for one in dictionaries(reader) for entry in one.values() if isinstance(entry, str)]
    lengths = [len(entry.encode("utf-16")) for entry in found]
    assert max(lengths) <= LONGEST_BYTES
    assert len([length for length in lengths if length > LONGEST_BYTES / 4]) >= 5


def endless(words: str) -> Minutes:
    """Minutes whose title, headings, notes and alternatives go on and on."""
    blocks = (
        Paragraph((Span("Enligt lagen"), Span("1", note=True)), 1),
        Note("1", paragraph(words), 1),
        Figure(png(), words, decorative=False, line=1),
    )
    return replace(drawn(1), title=words, items=(Item(1, "1.", words, 3, blocks, 1),))
