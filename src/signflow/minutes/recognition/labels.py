"""What a line is a label for, and how it is divided into label and rest."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from signflow.minutes.blocks import Row, split_at, trimmed
from signflow.minutes.model import Role, Span
from signflow.minutes.recognition.vocabulary import (
    ALWAYS_ITEMS,
    FRONT,
    LINE_LISTS,
    MAYBE_NOTICE_HEADINGS,
    NOBODY,
    NOTICE_HEADINGS,
    NOTICE_LABELS,
    RECIPIENT_LISTS,
    SECTIONS,
    SIGN,
    FrontKind,
)
from signflow.texts import Language

_BODY_WORD = (
    r"(?:[\w-]*(?:nämnden|styrelsen|fullmäktige|utskottet|gruppen|rådet|mötet|kommittén|beredningen|direktionen|presidiet|juryn|stämman)"
    r"|committee|board|council|meeting|group|assembly)"
)
_DECISION = re.compile(
    r"(?:(?:[\w-]+ ){0,4}[\w-]+s )?(?:beslut(?: [0-9]{1,2})?|beslutar|beslutade)(?: följande| för egen del)?"
    rf"|(?:[\w-]+ ){{0,4}}{_BODY_WORD} (?:beslutar|beslutade|beslöt)(?: (?:[\w-]+ ){{0,2}}?att)?(?: följande| för egen del)?"
    rf"|(?:the )?(?:[\w-]+ ){{0,3}}{_BODY_WORD} (?:resolves|decides|resolved|decided)(?: to| that)?"
    r"|(?:the )?(?:[\w-]+ ){0,3}(?:decisions?|resolutions?|resolved|decided)(?: [0-9]{1,2})?"
)
_DECIDING_SENTENCE = re.compile(
    rf"(?:(?:[\w-]+ ){{0,4}}{_BODY_WORD} (?:beslutar|beslutade|beslöt) (?:[\w-]+ ){{0,3}}?att\b)"
    rf"|(?:the )?(?:[\w-]+ ){{0,4}}{_BODY_WORD} (?:resolves|resolved|decides|decided) (?:to|that)\b"
    r"|it (?:was|is) (?:resolved|decided) (?:to|that)\b",
    re.IGNORECASE,
)
_ADJUSTED_AT_ONCE = re.compile(
    r"(?:beslutet|paragrafen|ärendet|punkten|the (?:decision|item)) "
    r"(?:justeras|förklaras|justerades|förklarades|is|was)\b.*(?:omedelbart|direkt|immediately|at once)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?:[-–•*]\s*|\(?[0-9a-z]{1,2}[.)]\s*)?(?:(?:samt|och)\s+)?att\s", re.IGNORECASE)
_NOT_DECISIONS = re.compile(r"(?:tidigare|föregående|förslag|dagens|previous|earlier|proposed|draft)\b")
_COLON = re.compile(r"([^:\t]{1,60}):(?:\s+|$)")
COLUMNS = re.compile(r"\t+| {2,}")
SIGNING_LINE = " \t_.…/"  # what authors draw for a pen to write on
_TRAILING = re.compile(r"[\s:.]+$")
_WORD = re.compile(r"[^\s:/]+")
_WORDS_IN_A_LABEL = 6
_SECTION_CHARACTERS = 60
_WRAPPED_CHARACTERS = 50
_TASK = re.compile(
    r"(?:Ansvarig\w*|Ansvar|Klart?(?: senast)?|Senast|Deadline|Tidplan|Uppföljning|Återrapport\w*|Responsible|Owner|Due(?: date)?|By when)"
    r"\s?:\s",
    re.IGNORECASE,
)


_K = TypeVar("_K")


def _index(table: Mapping[Language, Mapping[_K, str]]) -> dict[str, tuple[_K, Language]]:
    return {
        word: (kind, language)
        for language, kinds in table.items()
        for kind, words in kinds.items()
        for word in words.split("|")
    }


_FRONT_BY_WORD = _index(FRONT)
_SIGN_BY_WORD = _index(SIGN)
_PREFIXED = sorted(
    (
        word
        for word, (kind, _) in _FRONT_BY_WORD.items()
        if kind in (FrontKind.TIME, FrontKind.PLACE, FrontKind.TIME_AND_PLACE)
    ),
    key=len,
    reverse=True,
)


_PREFIXES = tuple(word + " " for word in _PREFIXED)


def normalised(text: str) -> str:
    """The text as labels are compared: lower case, one space between words, no closing colon or full stop."""
    return _TRAILING.sub("", " ".join(text[:200].casefold().split()))


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line divided in two.

    Attributes:
        label: As written, without colon.
        kind: What the label introduces; `OTHER` also for labels that nobody listed.
        known: Whether the label is in the vocabulary.
        rest: What stands after the label; may be empty.
    """

    label: str
    kind: FrontKind
    known: bool
    rest: tuple[Span, ...]


def front_kind(text: str) -> FrontKind | None:
    """What the text introduces if it is a label that minutes use before their items."""
    found = _FRONT_BY_WORD.get(normalised(text))
    return found[0] if found else None


def split_label(row: Row) -> Labelled | None:
    """The row divided into label and rest; None where it has no label.

    A label is: a known label alone; words in another style than the rest; at most six words before a colon or a column
    break; or a known label for time or place before other words.
    """
    text = row.text
    kind = front_kind(text)
    if kind:
        return Labelled(_without_colon(text), kind, known=True, rest=())
    length = _styled_length(row.spans) or _colon_length(text) or _column_length(text) or _prefix_length(text)
    if not length:
        return None
    label, rest = split_at(row.spans, length)
    words = "".join(span.text for span in label)
    found = front_kind(words)
    rest = trimmed(rest)
    if rest and rest[0].text.startswith(":"):
        rest = trimmed(split_at(rest, 1)[1])
    return Labelled(_without_colon(words), found or FrontKind.OTHER, known=found is not None, rest=rest)


def _without_colon(text: str) -> str:
    return " ".join(text.split()).removesuffix(":").rstrip()


def _styled_length(spans: tuple[Span, ...]) -> int:
    length = 0
    for span in spans:
        if not (span.strong or span.emphasis):
            break
        length += len(span.text)
    words = "".join(span.text for span in spans)[:length]
    is_part = 0 < length < sum(len(span.text) for span in spans)
    return length if is_part and len(words.split()) <= _WORDS_IN_A_LABEL else 0


def _colon_length(text: str) -> int:
    match = _COLON.match(text)
    if not match or len(match[1].split()) > _WORDS_IN_A_LABEL or not match[1][:1].isalpha():
        return 0
    return match.end() if front_kind(match[1]) or match[1][:1].isupper() else 0


def _column_length(text: str) -> int:
    match = COLUMNS.search(text)
    return match.end() if match and front_kind(text[: match.start()]) else 0


def _prefix_length(text: str) -> int:
    if not text[:1].isupper():
        return 0
    folded = text[:60].casefold()
    if not folded.startswith(_PREFIXES):
        return 0
    return next(
        (len(word) + 1 for word in _PREFIXED if folded.startswith(word + " ") and word not in ("var", "när", "dag")), 0
    )


def sign_label(text: str) -> tuple[Role | None, Language] | None:
    """The role that a label of the closing block stands for (None for a mere heading); None if it is no such label."""
    return _SIGN_BY_WORD.get(normalised(text.strip(SIGNING_LINE)))


def split_sign_label(text: str) -> tuple[str, str] | None:
    """A line such as `Justerat av: Bo Ek` divided after its label, longest label first; None if it begins with none."""
    ends = [found.end() for found in itertools.islice(_WORD.finditer(text), 5)]
    for end in reversed([end for end in ends if text[end:].strip(SIGNING_LINE + ":")]):
        if sign_label(text[:end]):
            length = end + len(text[end:]) - len(text[end:].lstrip(":/"))
            return text[:length].strip(), text[length:].strip(" \t–-")
    return None


def is_decision_label(text: str) -> bool:
    """Whether the text is a label such as `Beslut`, `Kommunstyrelsens beslut`, `Decision`."""
    words = normalised(text)
    return len(words) <= 80 and bool(_DECISION.fullmatch(words)) and not _NOT_DECISIONS.match(words)


def decision_label_length(row: Row) -> int:
    """How many characters of the row are a decision's label: all, those before its text, or 0."""
    text = row.text
    if is_decision_label(text):
        return len(text)
    for length in (_styled_length(row.spans), _colon_length(text)):
        if length and is_decision_label(text[:length]):
            return length
    return 0


def is_deciding_sentence(text: str) -> bool:
    """Whether a body decides in this sentence (`Kommunstyrelsen beslutar att …`), so that it needs no label."""
    return bool(_DECIDING_SENTENCE.match(text[:300]))


def announces_decision(text: str) -> bool:
    """Whether a decision's label is a verb that its text completes: `Kommunstyrelsen beslutar`."""
    return normalised(text).endswith(
        (
            "beslutar",
            "beslutade",
            "beslöt",
            " att",
            "för egen del",
            "följande",
            "resolved",
            "decided",
            "resolves",
            "decides",
            " to",
            " that",
        )
    )


def continues_decision(text: str) -> bool:
    """Whether a paragraph after a decision is a further one: `att …`, `2) att …`, `– att …`."""
    return bool(_CLAUSE.match(text))


def may_be_wrapped(above: str) -> bool:
    """Whether an editor may have broken the line, so that the next goes on: it is long and does not end as clauses do."""
    text = above.rstrip()
    return len(text) >= _WRAPPED_CHARACTERS and not text.endswith((",", ".", ";", ":", " och", " samt"))


def names_task(text: str) -> bool:
    """Whether a line says who is to do what is decided, or by when (`Ansvarig: Per Lind`); it is no part of the decision."""
    return bool(_TASK.match(text))


def declares_adjusted(text: str) -> bool:
    """Whether a sentence says of a decision that it is adjusted at once; it is no part of the decision."""
    return bool(_ADJUSTED_AT_ONCE.match(text[:200]))


def is_section(text: str) -> bool:
    """Whether the text names a part of an item (`Yrkanden`), never an item of its own."""
    return len(text) <= _SECTION_CHARACTERS and not text.endswith(".") and normalised(text) in SECTIONS


def lists_lines(text: str) -> bool:
    """Whether what stands under that heading is one thing a line (`Beslutet skickas till`)."""
    return normalised(text) in LINE_LISTS


def lists_recipients(text: str) -> bool:
    """Whether what stands under that heading, or after it, are those whom the decision is sent to."""
    return len(text) <= _SECTION_CHARACTERS and normalised(text) in RECIPIENT_LISTS


def is_notice_heading(text: str, following: Iterable[str] = ()) -> bool:
    """Whether the text heads the proof of notice; some words do so only where its labels follow them."""
    words = normalised(text)
    return words in NOTICE_HEADINGS or (
        words in MAYBE_NOTICE_HEADINGS
        and any("anslag" in line.casefold() or "notice" in line.casefold() for line in following)
    )


def notice_label_length(text: str) -> int:
    """How many characters of the text are a label of the proof of notice: all, those before its value, or 0."""
    if normalised(text) in NOTICE_LABELS:
        return len(text)
    colon = _COLON.match(text)
    if colon:
        return colon.end()
    words = text.split()
    lengths = (len(" ".join(words[:count])) for count in range(min(6, len(words) - 1), 0, -1))
    return next((length for length in lengths if normalised(text[:length]) in NOTICE_LABELS), 0)


def always_item(text: str) -> bool:
    """Whether the text names a matter wherever it stands (`Nästa möte`)."""
    return normalised(text) in ALWAYS_ITEMS


def means_nobody(text: str) -> bool:
    """Whether the text says that a list is empty (`Inga`)."""
    return normalised(text) in NOBODY or text.strip() in NOBODY


def language_of_label(text: str) -> Language | None:
    """The language of a label of any kind; None if the text is none, or is one in both languages."""
    words = normalised(text)
    found = _FRONT_BY_WORD.get(words) or _SIGN_BY_WORD.get(words)
    if found:
        return found[1]
    if is_decision_label(text):
        return "sv" if "beslut" in words else "en"
    return None
