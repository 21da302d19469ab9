"""Judge any folder as OCFL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from signflow.archive.ocfl_validation.blocks import number_of
from signflow.archive.ocfl_validation.findings import Kind, OcflReport
from signflow.archive.ocfl_validation.objects import ObjectValidation
from signflow.archive.ocfl_validation.roots import RootValidation, is_object

Progress = Callable[[Sequence[str]], Iterable[str]]


def validate_ocfl(folder: Path, progress: Progress = iter) -> OcflReport:
    """What is wrong with the OCFL object or storage root in that folder: every byte of it is read, none is changed.

    A folder that declares an object, or declares nothing and has an inventory or a version, is judged as an object; every
    other as a storage root.

    Args:
        folder: Which.
        progress: Is given the places of a root's objects, and passes them on as they are to be looked at.

    Raises:
        NotADirectoryError: It is no folder.
        OSError: It cannot be read at all.
    """
    names = {entry.name for entry in folder.iterdir()}
    if _is_object(names):
        one = ObjectValidation(folder)
        return _report(Kind.OBJECT, 1, one)
    root = RootValidation(folder)
    root.validate_objects(progress(root.objects))
    return _report(Kind.ROOT, len(root.objects), root)


def _is_object(names: set[str]) -> bool:
    """A storage root may hold any file, also one named as an object's inventory; a declaration goes before."""
    if any(name.startswith("0=ocfl_object") for name in names):
        return True
    return not any(name.startswith("0=ocfl_") for name in names) and (
        is_object(names) or any(number_of(name) is not None for name in names)
    )


def _report(kind: Kind, objects: int, found: ObjectValidation | RootValidation) -> OcflReport:
    found.links.note(found.findings)
    findings = found.findings.in_order()
    return OcflReport(kind, found.version, objects, findings, found.findings.more, tuple(found.unjudged))
