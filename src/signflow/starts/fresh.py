"""The text of a fresh draft: the template of its class and language, with what is known filled in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from signflow.errors import SettingsError
from signflow.minutes.model import MinutesClass, Role
from signflow.texts import Texts

_MARKUP = re.compile(r"[\\*_\[<|]|==|^[-+=#>:](?=\s|[-=#]|$)|(?<=^[0-9])[.)]|(?<=^[0-9][0-9])[.)]")


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who is expected at the meeting; `role` is their part in it, None for most."""

    name: str
    organisation: str = ""
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """What is known of the meeting before it is held; what is not becomes a blank.

    Attributes:
        minutes_class: Which rules will apply.
        body: Who meets; may be empty.
        date: When; may be None.
        first_item: The number of the first matter, at least 1.
        people: Who is expected, in order.
    """

    minutes_class: MinutesClass
    body: str = ""
    date: dt.date | None = None
    first_item: int = 1
    people: tuple[Attendee, ...] = ()


def fresh_text(meeting: Meeting, templates: Path, texts: Texts) -> str:
    """The draft in Markdown, in the language of the texts. What is filled in means itself, whatever signs it holds.

    Raises:
        SettingsError: The template is missing or cannot be used (`draft-template-unusable`).
    """
    name = f"{texts.language}/{meeting.minutes_class}.md.j2"
    environment = Environment(  # noqa: S701 -- what comes out is Markdown, and `finalize` keeps values from being markup
        loader=FileSystemLoader(templates / "drafts"),
        undefined=StrictUndefined,
        finalize=_literal,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    try:
        return environment.get_template(name).render(
            body=_one_line(meeting.body),
            date=texts.date(meeting.date) if meeting.date else "",
            weekday=texts.weekday(meeting.date) if meeting.date else "",
            first_item=meeting.first_item,
            people=[_row(one, texts) for one in meeting.people],
            **{str(role): _the_one(meeting.people, role) for role in Role},
        )
    except (TemplateError, OSError, TypeError, ValueError) as error:
        file = templates / "drafts" / name
        raise SettingsError("draft-template-unusable", file=str(file), reason=str(error)) from error


def _row(attendee: Attendee, texts: Texts) -> dict[str, str]:
    role = texts(f"steps.roles.{attendee.role}").lower() if attendee.role in {Role.CHAIR, Role.SECRETARY} else ""
    return {"name": _one_line(attendee.name), "organisation": _one_line(attendee.organisation), "role": role}


def _the_one(people: Sequence[Attendee], role: Role) -> str:
    """The name of whoever has that role; empty if nobody has, or if the meeting is to choose among several."""
    names = [_one_line(one.name) for one in people if one.role is role]
    return names[0] if len(names) == 1 else ""


def _one_line(text: str) -> str:
    return " ".join("".join(letter for letter in text if letter.isprintable() or letter.isspace()).split())


def _literal(value: object) -> object:
    """A value with a backslash before what Markdown would read as markup."""
    return (
        _MARKUP.sub(lambda match: "".join(f"\\{sign}" for sign in match[0]), value) if isinstance(value, str) else value
    )
