"""What has changed between two versions of a document."""

from __future__ import annotations

from dataclasses import dataclass

from signflow.errors import NotFoundError
from signflow.minutes.difference.compare import Difference, compare
from signflow.minutes.model import Minutes
from signflow.steps.ports import Ports
from signflow.steps.read_apart import read_apart
from signflow.store.store import VersionRecord


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions, and what has changed; None where one of them cannot be read."""

    old: VersionRecord
    new: VersionRecord
    difference: Difference | None


def compare_versions(ports: Ports, document_id: str, old: int, new: int) -> Compared:
    """The difference between two versions of a document's text, by their numbers.

    Raises:
        IntegrityError: The bytes of one are not what they were.
        NotFoundError: There is no such document, or it has no such version.
    """
    found = {version.number: version for version in ports.store.versions(document_id)}
    if old not in found or new not in found:
        raise NotFoundError("no-such-document", document=document_id)
    before, after = _read(ports, found[old]), _read(ports, found[new])
    return Compared(found[old], found[new], compare(before, after) if before and after else None)


def _read(ports: Ports, version: VersionRecord) -> Minutes | None:
    return read_apart(ports.blobs.get(version.source), version.filename).minutes
