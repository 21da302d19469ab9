"""Minutes say at each item that was adjusted at once in which document, and when: in what is signed and in every copy of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from signflow.archive.handing_out import ArchivedPackage
from signflow.archive.package import FileRole
from signflow.minutes.immediate import numbers_written, with_sentences
from signflow.rounds.immediate import references
from signflow.rounds.model import Document
from signflow.steps.check_draft import CheckedDraft
from signflow.texts import Language, Texts


@dataclass(frozen=True, slots=True)
class Reference:
    """Items that were adjusted at once: in which document, and when."""

    document: str
    items: tuple[int, ...]
    adjusted_at: dt.datetime


def references_of(document: Document) -> tuple[Reference, ...]:
    """What the document refers to."""
    return tuple(Reference(part.id, part.items, part.adjusted_at) for part in references(document) if part.adjusted_at)


def archived_references(package: ArchivedPackage) -> tuple[Reference, ...]:
    """What an archived document refers to, as its history tells.

    Raises:
        IntegrityError: The history is not what was stored.
    """
    found: list[Reference] = []
    for name in package.in_role(FileRole.HISTORY):
        with contextlib.suppress(ValueError, KeyError, TypeError):  # a history that others have written
            told = [entry["data"] for entry in json.loads(package.read(name)) if entry["kind"] == "part-archived"]
            for one in told:
                adjusted_at = dt.datetime.fromisoformat(one["adjusted"])
                found.append(Reference(str(one["document"]), numbers_written(str(one["items"])), adjusted_at))
    return tuple(found)


def referring(
    checked: CheckedDraft, referred: Iterable[Reference], catalogue: Mapping[Language, Texts]
) -> CheckedDraft:
    """The draft with a last paragraph in each of those items that says so, in the language of the minutes."""
    minutes = checked.minutes
    if minutes is None:
        return checked
    t = catalogue[minutes.language]
    sentences = {
        number: t("immediate.reference", document=one.document, date=t.date(t.day(one.adjusted_at)))
        for one in referred
        for number in one.items
    }
    return replace(checked, minutes=with_sentences(minutes, sentences))
