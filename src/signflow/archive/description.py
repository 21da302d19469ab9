"""What the package says about its content: for machines of any make (Dublin Core) and for our own index (JSON).

Both are made from the package alone and hold no time of their own: equal packages give equal bytes. The JSON is what
the search index is rebuilt from; its form is part of the archive's format and only ever grows.

Source: DCMI Metadata Terms, section 3 (the fifteen elements); E-ARK CSIP 2.1, 5.3.3 (descriptive metadata).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from signflow.archive.package import SIGNED_PDF, ArchivalPackage, ArchivedItem
from signflow.archive.xml_bytes import add_child, new_root, xml_bytes
from signflow.errors import IntegrityError

DUBLIN_CORE_PATH = "metadata/descriptive/dc.xml"
DESCRIPTION_PATH = "metadata/descriptive/description.json"
DESCRIPTION_FORMAT = "signflow-description/1"
_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_DC = "http://purl.org/dc/elements/1.1/"


@dataclass(frozen=True, slots=True)
class Description:
    """What can be searched of a document. `date` is the meeting's day as `2020-01-16`."""

    document_id: str
    title: str
    body: str
    minutes_class: str
    language: str
    date: str
    people: tuple[str, ...]
    items: tuple[ArchivedItem, ...]
    text: str


def describe(package: ArchivalPackage) -> Description:
    """The searchable side of a package."""
    return Description(
        package.document_id,
        package.title,
        package.body,
        package.minutes_class,
        package.language,
        package.meeting_on.isoformat(),
        package.people,
        package.items,
        package.text,
    )


def build_description(description: Description) -> bytes:
    """The description as JSON in UTF-8, one key a line so that two versions compare well."""
    value = {
        "format": DESCRIPTION_FORMAT,
        "document": description.document_id,
        "title": description.title,
        "body": description.body,
        "class": description.minutes_class,
        "language": description.language,
        "date": description.date,
        "people": list(description.people),
        "items": [
            {"number": item.number, "title": item.title, "text": item.text, "decisions": list(item.decisions)}
            for item in description.items
        ],
        "text": description.text,
        "signed": SIGNED_PDF,
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def read_description(data: bytes) -> Description:
    """The description that `build_description` wrote.

    Raises:
        IntegrityError: `archive-description-unreadable`: it is not of a form we know.
    """
    try:
        value: dict[str, Any] = json.loads(data)
        if value["format"] != DESCRIPTION_FORMAT:
            raise IntegrityError("archive-description-unreadable", reason=str(value["format"])[:60])
        items = tuple(
            ArchivedItem(item["number"], item["title"], item["text"], tuple(item["decisions"]))
            for item in value["items"]
        )
        return Description(
            value["document"],
            value["title"],
            value["body"],
            value["class"],
            value["language"],
            value["date"],
            tuple(value["people"]),
            items,
            value["text"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError("archive-description-unreadable", reason=type(error).__name__) from error


def build_dublin_core(package: ArchivalPackage) -> bytes:
    """The description as unqualified Dublin Core in XML."""
    root = new_root(_OAI_DC, "dc", {"oai_dc": _OAI_DC, "dc": _DC})
    fields = [
        ("identifier", package.document_id),
        ("title", package.title),
        ("creator", package.body),
        *(("contributor", name) for name in package.people),
        ("publisher", package.responsible.name),
        ("date", package.meeting_on.isoformat()),
        ("type", "Text"),
        ("type", package.minutes_class),
        ("format", "application/pdf"),
        ("language", package.language),
        *(("subject", item.title) for item in package.items),
    ]
    for name, value in fields:
        add_child(root, _DC, name, value)
    return xml_bytes(root)
