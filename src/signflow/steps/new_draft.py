"""A fresh draft for a meeting to come: who is expected, from the people register, and the file that the secretary begins with."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from signflow.blobs import DOCX, MARKDOWN
from signflow.minutes.decoding import decode_draft
from signflow.minutes.markdown.document import read_markdown
from signflow.minutes.recognition.labels import sign_label
from signflow.minutes.recognition.people import same_name
from signflow.starts.fresh import Attendee, Meeting, fresh_text
from signflow.texts import Texts

if TYPE_CHECKING:  # a draft is also made without a register, and then no database is loaded
    from signflow.store.people import RegisteredPerson

_MOST_IN_A_BODY = 60
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A file that is ready to be saved."""

    filename: str
    data: bytes
    media_type: str


def new_draft(meeting: Meeting, templates: Path, texts: Texts, *, as_word: bool, at: dt.datetime) -> NewDraft:
    """The draft in the language of the texts, in Markdown or as a Word file made from the same template.

    Raises:
        SettingsError: The template cannot be used.
    """
    text = fresh_text(meeting, templates, texts)
    name = _filename(meeting, texts)
    if not as_word:
        return NewDraft(f"{name}.md", text.encode(), MARKDOWN)
    from signflow.starts.word import write_word  # noqa: PLC0415 -- Markdown needs no Word library

    blocks = read_markdown(decode_draft(text.encode(), "").lines or ()).blocks or ()
    title = " ".join(filter(None, (texts(f"steps.classes.{meeting.minutes_class}"), meeting.body)))
    return NewDraft(f"{name}.docx", write_word(blocks, texts.language, title, at), DOCX)


def expected(register: Iterable[RegisteredPerson], body: str) -> tuple[Attendee, ...]:
    """The people of a body: those whose organisation or roles name it; if none does, everybody, if they can be one body."""
    everybody = tuple(register)
    named = tuple(one for one in everybody if body and _names(one, body))
    chosen = named or (everybody if len(everybody) <= _MOST_IN_A_BODY else ())
    return tuple(_attendee(one) for one in chosen)


def invited(register: Iterable[RegisteredPerson], names: Sequence[str]) -> tuple[Attendee, ...]:
    """The people of those names, in that order, with what the register knows of them."""
    known = {same_name(one.name): _attendee(one) for one in register}
    return tuple(known.get(same_name(name), Attendee(name)) for name in names)


def _names(one: RegisteredPerson, body: str) -> bool:
    return any(same_name(text) == same_name(body) for text in (one.organisation, *one.roles))


def _attendee(one: RegisteredPerson) -> Attendee:
    found = (label[0] for role in one.roles if (label := sign_label(role)))
    return Attendee(one.name, one.organisation, next(found, None))


def _filename(meeting: Meeting, texts: Texts) -> str:
    """`protokoll-kommunstyrelsen-2024-03-05`: letters, figures and hyphens alone, of every alphabet."""
    words = (texts(f"steps.classes.{meeting.minutes_class}"), meeting.body[:_LONGEST_NAME])
    slug = "-".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", " ".join(words)).lower()))
    return f"{slug}-{meeting.date.isoformat()}" if meeting.date else slug
