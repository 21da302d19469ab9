"""A masked extract, judged: it conforms, and what is hidden is in no text, string, stream or name of the file."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from published_minutes import AT, filled
from pypdf import PdfReader
from pypdf.generic import StreamObject

from judges import PROFILES, judged_by_verapdf, output_of
from signflow.minutes.model import Item, Minutes, Paragraph, Span
from signflow.rendering.copies import Original
from signflow.rendering.extract import render_extract
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.preflight.preflight import check_pdf
from signflow.texts import LANGUAGES, Language, Texts

SECRET, NUMBER = "Ŧuomas", "811218-9876"
HIDDEN = (SECRET, "tuomas", NUMBER, NUMBER.replace("-", ""), "811218")
SHOWN = "synligt"
pytestmark = [pytest.mark.xdist_group("copies-oracles")]


def written(at: int, language: Language) -> Minutes:
    """Minutes with a number in every place of them, and in the first item a marked name as text and as a link."""
    places = count()
    minutes = filled(lambda: f"ord{next(places)} {NUMBER}" + " ord" * (at * 40), language)
    (first, *others) = minutes.items
    marked = (Span(f"{SHOWN} "), Span(SECRET, masked=True, strong=at % 2 == 0), Span(" mer"))
    linked = (Span("se "), Span(SECRET, masked=True, link="mailto:tuomas@example.org"))
    holding: Item = replace(first, blocks=(*first.blocks, Paragraph(marked, 24), Paragraph(linked, 24)))
    return replace(minutes, items=(holding, *others))


@pytest.fixture(scope="module")
def extracts(
    style: HouseStyle, catalogue: Mapping[Language, Texts], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Path, Path]:
    """Masked extracts, each with the same not masked."""
    folder = tmp_path_factory.mktemp("masked")
    found: dict[Path, Path] = {}
    for at, language in enumerate(LANGUAGES * 2):
        minutes, original = written(at, language), Original(f"sf-{NUMBER}", 1, "0f" * 32)
        house = replace(style, organisation=f"Kommunen {NUMBER}")
        masked, plain = folder / f"masked-{at}.pdf", folder / f"plain-{at}.pdf"
        for file, hides in ((masked, True), (plain, False)):
            pdf = render_extract(minutes, 1, house, catalogue[language], original=original, at=AT, masked=hides)
            file.write_bytes(pdf)
        found[masked] = plain
    return found


def everything(file: Path) -> dict[str, str]:
    """All that the file holds that is or could be words, by where: pages, metadata, outline, each string, name and stream."""
    data = file.read_bytes()
    reader = PdfReader(io.BytesIO(data))
    numbers = range(1, int(str(reader.trailer["/Size"])))
    objects = [reader.trailer, *filter(None, (reader.get_object(number) for number in numbers))]
    places = {
        "pages": " ".join(page.extract_text() for page in reader.pages),
        "outline": repr(reader.outline),
        "metadata": repr(reader.metadata),
        "attachments": repr([*reader.attachments.items()]),
        "strings": "\n".join(words for one in objects for words in strings_in(one)),
        "raw": readings(data),
        "inflated": "\n".join(readings(stream) for stream in inflated(data)),
    }
    streams = {
        f"stream {at}": readings(one.get_data()) for at, one in enumerate(objects) if isinstance(one, StreamObject)
    }
    xmp = reader.root_object["/Metadata"].get_object()
    assert isinstance(xmp, StreamObject)
    return {**places, **streams, "XMP": xmp.get_data().decode()}


def strings_in(found: Any) -> Iterator[str]:
    """Every string and name, those inside others too."""
    if isinstance(found, dict):
        for name, one in found.items():
            yield str(name)
            yield from strings_in(one)
    elif isinstance(found, list):
        for one in found:
            yield from strings_in(one)
    elif isinstance(found, bytes):
        yield readings(found)
    elif isinstance(found, str):
        yield found


def readings(data: bytes) -> str:
    """The bytes as every writing in which words may stand in a PDF."""
    return "\n".join(data.decode(kind, "replace") for kind in ("utf-8", "latin-1", "utf-16-be", "utf-16-le"))


def inflated(data: bytes) -> Iterator[bytes]:
    """What was compressed, wherever it stands, whether any object names it or not."""
    for found in re.finditer(rb"stream\r?\n", data):
        inflater = zlib.decompressobj()
        try:
            yield inflater.decompress(data[found.end() :])
        except zlib.error:
            continue  # it was not compressed


def held(file: Path, word: str) -> list[str]:
    """Where the word stands, however its letters are apart."""
    return [place for place, said in everything(file).items() if word.casefold() in "".join(said.split()).casefold()]


@pytest.mark.oracle("veraPDF")
def test_every_masked_extract_conforms(extracts: Mapping[Path, Path]) -> None:
    judged = judged_by_verapdf([*extracts])
    assert {profile for _, profile in judged} == PROFILES
    assert len(judged) == 2 * len(extracts)
    assert {key: rules for key, rules in judged.items() if rules} == {}


def test_our_own_preflight_has_no_finding(extracts: Mapping[Path, Path]) -> None:
    for file in extracts:
        assert check_pdf(file.read_bytes()) == []


def test_what_is_hidden_is_nowhere_in_the_file(extracts: Mapping[Path, Path]) -> None:
    for masked, plain in extracts.items():
        assert {word: held(masked, word) for word in HIDDEN} == {word: [] for word in HIDDEN}
        assert "pages" in held(masked, SHOWN)
        # the same look finds it all where nothing is hidden
        for place in ("pages", "outline", "metadata", "strings", "XMP"):
            assert place in held(plain, NUMBER), place
        assert {"pages", "strings"} <= {*held(plain, SECRET), *held(plain, "mailto:tuomas@example.org")}


def test_nothing_is_attached(extracts: Mapping[Path, Path]) -> None:
    for file in extracts:
        reader = PdfReader(file)
        assert dict(reader.attachments) == {}
        assert not {"/EmbeddedFiles", "/AF", "/EF"} & set(everything(file)["strings"].split())


@pytest.mark.oracle("poppler")
def test_pdftotext_reads_nothing_of_it_either(extracts: Mapping[Path, Path]) -> None:
    for masked, plain in extracts.items():
        assert SECRET in output_of("pdftotext", "-raw", str(plain), "-")
        told = output_of("pdftotext", "-raw", str(masked), "-")
        assert SHOWN in told
        assert not [word for word in HIDDEN if word in told]
