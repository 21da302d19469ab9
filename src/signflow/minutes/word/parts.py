"""What a Word document has beside its body: styles, lists, notes, comments, heads and feet, and what it refers to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.word.numbering import Numbering
from signflow.minutes.word.package import Package, Related, UnreadableError
from signflow.minutes.word.styles import Styles
from signflow.minutes.word.xml import Element, number, value, w

_PAGE_WORDS = re.compile(r"\b(?:sidan?|sid|page|av|of)\b|[\W\d_]+", re.IGNORECASE)
_NOTE_FORMATS = {"footnote": "decimal", "endnote": "lowerRoman"}
_PARAGRAPH, _TEXT = w("p"), w("t")


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said of the text."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteSource:
    """The notes of one kind: each by its identifier, what they refer to, and how they are counted."""

    elements: Mapping[str, Element]
    related: Mapping[str, Related]
    form: str
    start: int


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one document.

    Attributes:
        package: Where images are.
        body: `w:body`.
        related: What the body refers to.
        styles: Its styles.
        numbering: Its lists; counts while the document is read, so it serves one reading.
        notes: By kind, `footnote` and `endnote`.
        comments: By identifier.
        language: What most of the text is written in, as a tag without region; empty where nothing says.
        findings: What is left out of heads and feet.
    """

    package: Package
    body: Element
    related: Mapping[str, Related]
    styles: Styles
    numbering: Numbering
    notes: Mapping[str, NoteSource]
    comments: Mapping[str, Comment]
    language: str
    findings: tuple[Finding, ...]


def read_parts(package: Package) -> Parts:
    """The parts of the document.

    Raises:
        UnreadableError: The main part is missing, or a part is damaged or too large.
    """
    root = package.xml(package.main)
    body = None if root is None else root.find(w("body"))
    if body is None:
        raise UnreadableError(remark("draft-damaged", part=package.main))
    related = package.related(package.main)

    def part(kind: str) -> Element | None:
        name = part_name(related, kind)
        return package.xml(name) if name else None

    styles = Styles(part("styles"))
    settings = part("settings")
    return Parts(
        package,
        body,
        related,
        styles,
        Numbering(part("numbering"), styles),
        {kind: _notes(package, related, kind, settings) for kind in _NOTE_FORMATS},
        _comments(part("comments")),
        _main_language(body, styles),
        tuple(_left_out(package, related)),
    )


def plain_text(element: Element) -> str:
    """The words of everything in the element, a space between paragraphs; what is deleted is not among them."""
    pieces = (" " if one.tag == _PARAGRAPH else one.text or "" for one in element.iter(_PARAGRAPH, _TEXT))
    return " ".join("".join(pieces).split())


def part_name(related: Mapping[str, Related], kind: str) -> str:
    """The name of the part of that kind in the package; empty where none is referred to."""
    return next((one.target for one in related.values() if one.kind.endswith("/" + kind) and not one.external), "")


def _notes(package: Package, related: Mapping[str, Related], kind: str, settings: Element | None) -> NoteSource:
    name = part_name(related, kind + "s")
    root = package.xml(name) if name else None
    said = None if settings is None else settings.find(w(kind + "Pr"))
    return NoteSource(
        {one.get(w("id"), ""): one for one in (() if root is None else root.iterchildren(w(kind)))},
        package.related(name) if name else {},
        value(said, "numFmt") or _NOTE_FORMATS[kind],
        number(said, "numStart") or 1,
    )


def _comments(root: Element | None) -> dict[str, Comment]:
    found = () if root is None else root.iterchildren(w("comment"))
    return {one.get(w("id"), ""): Comment(one.get(w("author"), ""), plain_text(one)) for one in found}


def _main_language(body: Element, styles: Styles) -> str:
    letters: Counter[str] = Counter()
    for run in body.iter(w("r")):
        said = value(run.find(w("rPr")), "lang") or styles.defaults.language
        letters[primary(said)] += sum(len(text.text or "") for text in run.iterchildren(_TEXT))
    return max(letters, key=letters.__getitem__, default="")


def primary(tag: str) -> str:
    """The language of a tag without region: `sv` of `sv-SE`."""
    return tag.partition("-")[0].lower()


def _left_out(package: Package, related: Mapping[str, Related]) -> list[Finding]:
    texts: dict[str, None] = {}
    for one in related.values():
        if one.kind.endswith(("/header", "/footer")) and not one.external:
            root = package.xml(one.target)
            text = "" if root is None else plain_text(root)
            if _PAGE_WORDS.sub("", text):
                texts[text] = None
    return [remark("header-left-out", None, text) for text in texts]
