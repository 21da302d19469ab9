from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from drawn_minutes import drawn, in_order, paragraph, words_of
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject

from signflow.errors import NotFoundError, RefusedError
from signflow.minutes.model import Bullets, Grid, Item, ListEntry
from signflow.rendering.page_images import page_count, page_image
from signflow.rendering.reading import Node, read_structure, structure_html

Render = Callable[..., bytes]


class Outline(HTMLParser):
    """The tags as they open and close, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.seen: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text.append("" if tag in {"span", "sup"} else " ")
        assert {name for name, _ in attrs} <= {"lang", "class", "scope"}
        self.opened.append(tag)
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def outlined(html: str) -> Outline:
    parser = Outline()
    parser.feed(html)
    parser.close()
    assert parser.opened == []
    return parser


@pytest.mark.filterwarnings("ignore::Warning")
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"Hej " * 100, b"PK\x03\x04" + bytes(50)])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    for read in (read_structure, page_count, lambda pdf: page_image(pdf, 1, 300)):
        with pytest.raises(RefusedError, match="pdf-unreadable"):
            read(data)


def test_a_pdf_without_structure_is_refused(render: Render) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(render(drawn(1))))
    del writer.root_object[NameObject("/StructTreeRoot")]
    packed = io.BytesIO()
    writer.write(packed)
    with pytest.raises(RefusedError, match="pdf-untagged"):
        read_structure(packed.getvalue())


def test_a_structure_that_runs_in_a_circle_is_refused(render: Render) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(render(drawn(1))))
    tree = writer.root_object["/StructTreeRoot"]
    document = tree["/K"][0].get_object()
    document[NameObject("/K")] = ArrayObject([tree["/K"][0]])
    packed = io.BytesIO()
    writer.write(packed)
    with pytest.raises(RefusedError, match="pdf-unreadable"):
        read_structure(packed.getvalue())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_broken_pdf_is_read_or_refused(render: Render, data: st.DataObject) -> None:
    pdf = bytearray(render(drawn(2, items=1)))
    for _ in range(data.draw(st.integers(1, 5))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.integers(0, 255))
    broken = bytes(pdf[: data.draw(st.integers(0, len(pdf)))]) if data.draw(st.booleans()) else bytes(pdf)
    for read in (lambda: structure_html(read_structure(broken)), lambda: page_count(broken)):
        with contextlib.suppress(RefusedError):
            read()


@pytest.mark.parametrize("seed", range(4))
def test_the_accessible_text_has_every_word_in_order(render: Render, seed: int) -> None:
    minutes = drawn(seed, items=seed)
    parser = outlined(structure_html(read_structure(render(minutes))))
    assert in_order([word for word in words_of(minutes) if word != "•"], "".join(parser.text).split()) is None
    assert "h1" not in parser.seen
    assert parser.seen.count("h2") == 1


def test_words_at_the_end_of_a_line_stay_apart(render: Render) -> None:
    text = " ".join(f"ord{index}" for index in range(300))
    minutes = replace(drawn(1), items=(Item(1, "1.", "Lång", 3, (paragraph(text),), 1),))
    (document,) = read_structure(render(minutes))
    assert text in [node.text for node in document.children]


def test_tables_lists_and_languages_are_told(render: Render) -> None:
    bullets = Bullets((ListEntry(paragraph("ett")), ListEntry(paragraph("två"))), ordered=False, line=1)
    numbered = Bullets((ListEntry(paragraph("1. ett")), ListEntry(paragraph("b) två"))), ordered=True, line=1)
    grid = Grid(((paragraph("Namn"), paragraph("Antal")), (paragraph("Anna"), paragraph("3"))), header=True, line=1)
    minutes = replace(drawn(3), items=(Item(1, "1.", "Listor", 3, (bullets, numbered, grid), 1),))
    nodes = read_structure(render(minutes))
    html = structure_html(nodes)
    assert nodes[0].language == "sv-SE"
    assert '<th scope="row">' in html
    assert "<ul><li>ett</li><li>två</li></ul>" in html
    assert '<li><span class="label">b)</span> två</li>' in html


def test_html_is_escaped() -> None:
    html = structure_html((Node("P", "<script>&", language='"x"'), Node("Unknown", "<i>", (Node("", "</p>"),))))
    assert html == '<p lang="&quot;x&quot;">&lt;script&gt;&amp;</p>&lt;i&gt;&lt;/p&gt;'


def test_page_images_are_as_wide_as_asked(render: Render) -> None:
    pdf = render(drawn(4, items=4))
    count = page_count(pdf)
    assert count == len(PdfReader(io.BytesIO(pdf)).pages)
    image = Image.open(io.BytesIO(page_image(pdf, count, 300)))
    assert image.format == "PNG"
    assert image.width == 300
    assert 420 <= image.height <= 426


@pytest.mark.parametrize("page", [0, -1, 99])
def test_a_page_that_there_is_not_is_not_found(render: Render, page: int) -> None:
    with pytest.raises(NotFoundError, match="page-unknown"):
        page_image(render(drawn(1)), page, 300)


@pytest.mark.parametrize("width", [0, -5, 49, 100_000])
def test_an_image_too_small_or_large_is_refused(render: Render, width: int) -> None:
    with pytest.raises(RefusedError, match="page-image-size"):
        page_image(render(drawn(1)), 1, width)
