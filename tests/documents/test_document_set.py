"""Drafts that differ, through the product and to outside judges: conformance, every word in order, the same bytes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from document_script import (
    Fact,
    Footnote,
    Heading,
    Listing,
    People,
    Picture,
    Table,
    Text,
    alternatives_of,
    rightward_phrases_of,
    runs_rightward,
    words_of,
)
from document_set import Document, checked_in_house, houses, typeset_in_house
from pypdf import PdfReader

from judges import PROFILES, judged_by_verapdf, output_of
from signflow.minutes.findings import Severity
from signflow.minutes.model import MinutesClass
from signflow.texts import LANGUAGES

pytestmark = pytest.mark.xdist_group("documents")  # the set and its judgement are made once, in one process

_STRUCTURE_TEXT = re.compile(r'"(.*)"')
_BLOCK = re.compile(r"(?!/|Object |\").*(?<!\(inline\))$|Note ")
_MOST_PAGES = 6  # poppler walks the structure anew for every page
_LIST_SIGNS = ("•", "–")
_SOFT_BREAK = re.compile(r"\u00ad\n")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def test_the_set_differs_in_all_that_it_should(documents: tuple[Document, ...]) -> None:
    drafts = [document.draft for document in documents]
    kinds = {
        (d.draft.filename.rsplit(".")[-1], d.draft.script.minutes_class, d.draft.script.language, d.house)
        for d in documents
    }
    assert len(drafts) >= 64
    assert len({draft.data for draft in drafts}) == len(drafts)
    assert len(kinds) == 2 * len(MinutesClass) * len(LANGUAGES) * len(houses())
    blocks = {type(block) for draft in drafts for block in draft.script.blocks}
    assert blocks >= {Heading, Text, Fact, People, Listing, Table, Footnote, Picture}
    pages = [len(PdfReader(document.unsigned).pages) for document in documents]
    assert min(pages) == 1
    assert max(pages) >= 15


def test_every_draft_is_accepted(documents: tuple[Document, ...]) -> None:
    errors = {
        document.draft.name: found
        for document in documents
        if (found := [one for one in document.checked.findings if one.severity is Severity.ERROR])
    }
    assert errors == {}


def test_every_draft_is_understood(documents: tuple[Document, ...]) -> None:
    for document in documents:
        script, minutes = document.draft.script, document.checked.minutes
        assert minutes is not None
        assert (minutes.minutes_class, minutes.language) == (script.minutes_class, script.language), document.draft.name
        labels = [block.label for block in script.blocks if isinstance(block, Heading) and block.label]
        assert [item.label for item in minutes.items] == labels, document.draft.name


@pytest.mark.oracle("verapdf")
@pytest.mark.timeout(600)
def test_every_document_conforms_unsigned_and_signed(documents: tuple[Document, ...]) -> None:
    files = [file for document in documents for file in (document.unsigned, document.signed)]
    judged = judged_by_verapdf(files)
    assert {profile for _, profile in judged} == PROFILES
    assert len(judged) == len(PROFILES) * len(files)
    assert {key: rules for key, rules in judged.items() if rules} == {}


@pytest.mark.oracle("pdftotext")
def test_pdftotext_says_the_drafts_words_in_order(documents: tuple[Document, ...]) -> None:
    wrong: dict[str, object] = {}
    for document in documents:
        # in the order of the page's content it shows the words of Hebrew and Arabic from left to right
        raw = seen_words(output_of("pdftotext", "-raw", str(document.unsigned), "-"))
        phrases = rightward_phrases_of(document.draft.script)
        laid_out = seen_words(output_of("pdftotext", str(document.unsigned), "-")) if phrases else []
        wrong[document.draft.name] = missing(document, raw) or [one for one in phrases if one not in " ".join(laid_out)]
    assert {name: found for name, found in wrong.items() if found} == {}


def test_pypdf_says_the_drafts_words_in_order(documents: tuple[Document, ...]) -> None:
    wrong: dict[str, object] = {}
    for document in documents:
        said = seen_words("\n".join(page.extract_text() for page in PdfReader(document.unsigned).pages))
        phrases = rightward_phrases_of(document.draft.script)
        wrong[document.draft.name] = missing(document, said) or [one for one in phrases if one not in " ".join(said)]
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.oracle("pdfinfo")
def test_the_structure_says_the_drafts_words_and_no_others(documents: tuple[Document, ...]) -> None:
    wrong: dict[str, Counter[str]] = {}
    for document in documents:
        if len(PdfReader(document.unsigned).pages) > _MOST_PAGES:
            continue
        said = Counter(leftward(seen_words(said_by_structure(document.unsigned))))  # it does not turn the others around
        wanted = Counter(leftward(words_of(document.draft.script)))
        wrong[document.draft.name] = (said - wanted) + (wanted - said)
    assert {name: found for name, found in wrong.items() if found} == {}


def test_every_image_is_described(documents: tuple[Document, ...]) -> None:
    for document in documents:
        assert _alternatives(PdfReader(document.unsigned)) == alternatives_of(document.draft.script), (
            document.draft.name
        )


@pytest.mark.oracle("qpdf")
def test_every_document_is_well_formed(documents: tuple[Document, ...]) -> None:
    for file in (file for document in documents for file in (document.unsigned, document.signed)):
        assert "WARNING" not in output_of("qpdf", "--check", str(file)), file.name


def test_the_same_draft_is_the_same_bytes(documents: tuple[Document, ...]) -> None:
    styles = houses()
    for document in documents[::-2]:
        house, checked = checked_in_house(document.draft, styles)
        again = typeset_in_house(document.draft, checked, styles[house])
        assert again == document.unsigned.read_bytes(), document.draft.name


def missing(document: Document, said: Iterable[str]) -> str:
    """The first of the draft's words from left to right that is not said in its place; empty where all are."""
    wanted, left = leftward(words_of(document.draft.script)), iter(said)
    at = next((at for at, word in enumerate(wanted) if not any(word == other for other in left)), None)
    return "" if at is None else f"word {at}: {' '.join(wanted[max(0, at - 4) : at])} [{wanted[at]}]"


def said_by_structure(file: Path) -> str:
    """The texts of the structure tree as poppler finds them: artifacts are not among them. The signs of lists are left out."""
    said: list[str] = []
    before = ""
    for line in map(str.strip, output_of("pdfinfo", "-struct-text", str(file)).splitlines()):
        text = _STRUCTURE_TEXT.fullmatch(line)
        if text and text[1] not in _LIST_SIGNS:
            said.append(text[1])
        elif _BLOCK.match(line) and not before.startswith("Link"):  # the label of a reference stands in its line
            said.append(" ")
        before = line
    return "".join(said)


def seen_words(text: str) -> list[str]:
    """The words of a page's text; a soft hyphen at the end of a line is no end of a word (ISO 32000-1, 14.8.2.2.3)."""
    return _UNSEEN.sub("", _SOFT_BREAK.sub("", text)).split()


def leftward(words: Iterable[str]) -> list[str]:
    """The words that are not written from right to left."""
    return [word for word in words if not runs_rightward(word)]


def _alternatives(reader: PdfReader) -> list[str]:
    """What the structure says of its figures, in reading order."""
    found: list[str] = []
    waiting = [reader.root_object["/StructTreeRoot"]["/K"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, dict) and "/S" in node:
            if node["/S"] == "/Figure":
                found.append(str(node["/Alt"]))
            waiting += [node["/K"]] if "/K" in node else []
    return found
