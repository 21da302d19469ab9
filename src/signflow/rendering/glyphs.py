"""Which characters of the minutes the house's faces cannot set, before anybody is asked to sign a page with holes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from signflow.minutes.model import Attendance, Block, Bullets, Decision, Fact, Grid, Minutes, Paragraph, Subheading
from signflow.rendering.faces import drawable, load_faces
from signflow.rendering.style import HouseStyle


def missing_glyphs(minutes: Minutes, style: HouseStyle) -> tuple[tuple[str, int], ...]:
    """Each character that cannot be set as a reader expects it, with the line of the draft where it first stands.

    That is: there is no glyph for it in a face of the house, or its script runs from right to left or joins its letters.
    """
    faces = load_faces(style.fonts)
    every = (faces.regular, faces.bold, faces.italic, faces.bold_italic)
    first: dict[str, int] = {}
    for text, line in _texts(minutes):
        for char in drawable(text):
            first.setdefault(char, line)
    return tuple(
        (char, line)
        for char, line in first.items()
        if not char.isspace() and not all(face.draws(char) for face in every)
    )


def _texts(minutes: Minutes) -> Iterator[tuple[str, int]]:
    yield minutes.title, minutes.title_line
    for part in minutes.front:
        match part:
            case Fact():
                yield part.label, part.line
                yield part.value.text, part.value.line
            case Attendance():
                yield from ((text, part.line) for text in (part.label, *part.columns))
                for person in part.people:
                    yield f"{person.lead} {person.name}", person.line
                    yield person.affiliation, person.line
            case _:
                yield from _block_texts(part)
    for item in minutes.items:
        yield f"{item.label} {item.title}", item.line
        for block in item.blocks:
            yield from _block_texts(block)
    for entry in minutes.sign_off:
        yield entry.text, entry.line


def _block_texts(block: Block) -> Iterator[tuple[str, int]]:
    match block:
        case Paragraph():
            yield block.text, block.line
        case Subheading():
            yield block.text, block.line
        case Bullets():
            yield from ((entry.text, entry.line) for entry in block.entries)
        case Grid():
            yield from ((cell.text, cell.line) for row in block.rows for cell in row)
        case Decision():
            yield block.label or "", block.line
            yield from ((text.text, text.line) for text in block.texts)
        case _:
            assert_never(block)
