"""What is wrong with the words themselves: identity numbers, markup left over, notes, links, languages."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.identity_numbers import find_identity_numbers
from signflow.minutes.model import Minutes, Note, Paragraph, Span
from signflow.minutes.recognition.labels import means_nobody
from signflow.minutes.words import paragraphs, parts_of, passages

_MARKUP = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|<!--|\*\*|~~|(?<!=)==(?=[^\s=])|```|\]\(|^#{1,6}\S|&(?:[a-zA-Z]{2,10}|#[0-9]{1,7});"
)
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*|x(?:-[a-z0-9]{1,8})+)",
    re.IGNORECASE,
)
_MARKED_LANGUAGE = re.compile(r"\]\{lang=([^{}]{0,40})\}")  # still in the text: the reader took it for no language
_ADDRESS = re.compile(r"\s*(?:https?://|mailto:)?((?:[\w.+-]+@)?(?:[\w-]+\.)+([a-zåäö]{2,24}))(?![\w@])", re.IGNORECASE)
_FILE_ENDINGS = frozenset(
    ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "txt", "md", "csv", "zip", "png", "jpg", "jpeg"]
)
_TURN = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc][^\\w]*(?=[0-9A-Za-z\u00c0-\u024f])")
_MOST_TURNS = 5_000  # in the whole draft; a page in two scripts has some tens


def check_words(minutes: Minutes) -> Iterator[Finding]:
    """Personal identity numbers, languages that are none, and signs that look like markup."""
    for passage in passages(minutes):
        if find_identity_numbers(passage.text):
            yield remark("identity-number", passage.line, passage.text)
        language = _MARKED_LANGUAGE.search(passage.text)
        if language:
            yield remark("language-unknown", passage.line, passage.text, language=language[1])
        match = _MARKUP.search(passage.text)
        if match and not means_nobody(passage.text):
            yield remark("leftover-markup", passage.line, passage.text, markup=match[0][:40])


def check_directions(minutes: Minutes) -> Iterator[Finding]:
    """Writing that turns from right to left more often than any author does: laying it out would take minutes."""
    turns = 0
    for passage in passages(minutes):
        turns += 0 if passage.text.isascii() else len(_TURN.findall(passage.text))
        if turns > _MOST_TURNS:
            yield remark("direction-turns", passage.line, passage.text, most=str(_MOST_TURNS))
            return


def check_notes(minutes: Minutes) -> Iterator[Finding]:
    """References without a note, and notes without a reference."""
    notes = {part.label: part for part in parts_of(minutes) if isinstance(part, Note)}
    referred: set[str] = set()
    for paragraph in paragraphs(minutes):
        for span in paragraph.spans:
            if span.note and span.text not in notes and span.text not in referred:
                yield remark("note-unknown", paragraph.line, paragraph.text, label=span.text)
            referred.update([span.text] if span.note else [])
    for label, note in notes.items():
        if label not in referred:
            yield remark("note-unused", note.line, note.text.text, label=label)


def check_spans(minutes: Minutes) -> Iterator[Finding]:
    """Links that lead elsewhere than they say, languages that are none, and how much is masked."""
    masked: list[Paragraph] = []
    for paragraph in paragraphs(minutes):
        for link, spans in itertools.groupby(paragraph.spans, key=lambda span: span.link):
            shown = _elsewhere(link, "".join(span.text for span in spans)) if link else ""
            if shown:
                yield remark("link-unsafe", paragraph.line, paragraph.text, shown=shown, target=_place(link))
        for language in {span.language for span in paragraph.spans if span.language}:
            if not _LANGUAGE.fullmatch(language):
                yield remark("language-unknown", paragraph.line, paragraph.text, language=language[:40])
        masked += [paragraph] * sum(is_masked for is_masked, _ in itertools.groupby(paragraph.spans, _is_masked))
    if masked:
        yield remark("masked-passages", masked[0].line, masked[0].text, count=str(len(masked)))


def _is_masked(span: Span) -> bool:
    return span.masked


def _elsewhere(link: str, words: str) -> str:
    """The address that the words show, if the link leads to another; the site's own subdomains are no other."""
    match = _ADDRESS.match(words)
    if not match or match[2].casefold() in _FILE_ENDINGS:
        return ""
    shown, target = match[1].casefold().removeprefix("www."), _place(link).removeprefix("www.")
    return "" if target == shown or target.endswith(("." + shown, "@" + shown)) else match[1]


def _place(link: str) -> str:
    try:
        parts = urlsplit(link)
        return (parts.path if parts.scheme == "mailto" else parts.hostname or "").casefold()
    except ValueError:
        return ""
