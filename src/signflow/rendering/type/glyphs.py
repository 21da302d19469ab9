"""Which characters of the minutes the house's faces cannot set, before anybody is asked to sign a page with holes."""

from __future__ import annotations

from functools import lru_cache

from signflow.minutes.model import Minutes
from signflow.minutes.words import passages
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.type.faces import Faces, drawable, load_faces, piled_mark


def missing_glyphs(minutes: Minutes, style: HouseStyle) -> tuple[tuple[str, int], ...]:
    """Each character that cannot be set as a reader expects it, with the line of the draft where it first stands.

    That is: there is no glyph for it in a face of the house, its script is not one that is set here, or it is a mark in a
    pile of them.
    """
    faces = load_faces(style.fonts)
    first: dict[str, int] = {}
    piled: set[str] = set()
    for passage in passages(minutes):
        text = drawable(passage.text)
        if not first.keys() >= set(text):  # seldom, after the first few
            for char in text:
                first.setdefault(char, passage.line)
        piled.add(piled_mark(text))
    return tuple(
        (char, line)
        for char, line in first.items()
        if not char.isspace() and (char in piled or not _drawn(faces, char))
    )


@lru_cache(20_000)
def _drawn(faces: Faces, char: str) -> bool:
    """Whether each face of the house sets it; asked of the same few hundred characters in every document."""
    return all(face.draws(char) for face in (faces.regular, faces.bold, faces.italic, faces.bold_italic))
