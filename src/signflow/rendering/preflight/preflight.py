"""The preflight: is this file, as it stands, PDF/A-2a and PDF/UA-1?

What it finds, the file breaks or contradicts, or the preflight cannot judge and says so; a file without findings holds
nothing that it cannot judge. Which of the standards' clauses it knows stands in `docs/conformance.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from signflow.rendering.preflight import annotations as notes
from signflow.rendering.preflight import fonts, graphics, metadata, structure, tables, tagging
from signflow.rendering.preflight.document import Document
from signflow.rendering.preflight.file import PdfFile, TooMuchError
from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.syntax import MalformedError
from signflow.rendering.preflight.tree import Tree
from signflow.rendering.preflight.update import changed_by_filling_in

_MOST_FINDINGS = 500

Check = Callable[[Document], Iterator[Finding]]
StructureCheck = Callable[[Document, Tree], Iterator[Finding]]

# what filling in a form can break
_OF_CHANGES: tuple[Check, ...] = (
    structure.check_trailer,
    structure.check_objects,
    structure.check_references,
    structure.check_catalog,
    structure.check_embedded_files,
    metadata.check_other_metadata,
    graphics.check_content,
    graphics.check_colours,
    graphics.check_states,
    graphics.check_objects_drawn,
    fonts.check_fonts,
    notes.check_annotations,
    notes.check_tab_order,
    notes.check_form,
    notes.check_signatures,
    notes.check_actions,
)
_STRUCTURE_OF_CHANGES: tuple[StructureCheck, ...] = (notes.check_annotations_tagged,)
_OF_ALL: tuple[Check, ...] = (
    structure.check_header,
    *_OF_CHANGES,
    structure.check_pages,
    structure.check_layers,
    metadata.check_metadata,
    graphics.check_output_intents,
    graphics.check_transparency,
    tagging.check_objects_drawn,
)
_STRUCTURE_OF_ALL: tuple[StructureCheck, ...] = (
    *_STRUCTURE_OF_CHANGES,
    notes.check_form_elements,
    tagging.check_marked,
    tagging.check_content_owned,
    tagging.check_annotations_owned,
    tagging.check_nesting,
    tagging.check_said,
    tagging.check_headings,
    tagging.check_languages,
    tables.check_tables,
)


def check_pdf(pdf: bytes) -> list[Finding]:
    """What keeps the file from being PDF/A-2a and PDF/UA-1, in the order of the checks; empty if nothing does.

    Takes time and memory in proportion to the file, within bounds: what goes beyond them is the finding `too-much`. At
    most 500 findings; never raises on what is in the file.
    """
    try:
        file = PdfFile(pdf)
    except MalformedError:
        return [found("file-unreadable")]
    except TooMuchError:
        return [found("too-much")]
    return _findings(Document(file), _OF_ALL, _STRUCTURE_OF_ALL)


def check_update(before: bytes, after: bytes) -> list[Finding]:
    """What `check_pdf` finds in `after`, in the time that the difference takes, where `before` has no findings.

    Where more was changed than a form filled in, the whole of `after` is judged.

    Args:
        before: A file that `check_pdf` or this function found nothing in.
        after: The same file with a revision more.
    """
    try:
        file = PdfFile(after)
        changed = changed_by_filling_in(before, file)
    except (MalformedError, TooMuchError):
        return check_pdf(after)
    if changed is None:
        return check_pdf(after)
    return _findings(Document(file, changed), _OF_CHANGES, _STRUCTURE_OF_CHANGES)


def _findings(
    document: Document, checks: tuple[Check, ...], structure_checks: tuple[StructureCheck, ...]
) -> list[Finding]:
    findings: list[Finding] = []
    try:
        for one in _all(document, checks, structure_checks):
            findings.append(one)
            if len(findings) >= _MOST_FINDINGS:
                break
    except TooMuchError:
        findings.append(found("too-much"))
    findings += (found(note.code, note.number, note.detail) for note in document.file.notes)
    return list(dict.fromkeys(findings))[:_MOST_FINDINGS]


def _all(
    document: Document, checks: tuple[Check, ...], structure_checks: tuple[StructureCheck, ...]
) -> Iterator[Finding]:
    for check in checks:
        yield from check(document)
    tree = Tree(document)
    for check in structure_checks:
        yield from check(document, tree)
