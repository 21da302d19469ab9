"""What has happened to a document, in words, by version and round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from signflow.store.audit import AuditEntry
from signflow.texts import Texts
from signflow.web.words import history_sentence


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: when, in a sentence that says who, and of which bytes; `digest` is whole, or empty."""

    at: dt.datetime
    sentence: str
    digest: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happened around one version or one round, oldest first."""

    heading: str
    moments: tuple[Moment, ...]


def timeline(t: Texts, entries: Iterable[AuditEntry]) -> tuple[Chapter, ...]:
    """The history of a document in chapters, oldest first: a new one where a version comes, a round opens, or it is filed."""
    chapters: list[tuple[str, list[Moment]]] = []
    for entry in entries:
        heading = _heading(t, entry)
        if heading or not chapters:
            chapters.append((heading, []))
        digest = entry.data.get("digest") or entry.data.get("shown") or ""
        chapters[-1][1].append(Moment(entry.at, history_sentence(t, entry), str(digest)))
    return tuple(Chapter(heading, tuple(moments)) for heading, moments in chapters)


def _heading(t: Texts, entry: AuditEntry) -> str:
    """What a chapter that begins with the entry is called; empty where none begins."""
    match entry.kind:
        case "draft-registered":
            return t("desk.timeline.version", number=entry.data["draft"])
        case "review-opened":
            return t("desk.timeline.round", number=entry.data["round"])
        case "archived":
            return t("desk.timeline.filed")
        case _:
            return ""
