"""The text by Typst, from its own markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import typst
from same_text import BOTTOM_PT, LEFT_PT, RIGHT_PT, TOP_PT, Part, parts_of

from signflow.minutes.model import Minutes

_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#$@/~'\"+=:.-])")


class Typst:
    """Typst as PDF/A-2a and PDF/UA-1.

    Kept, its compiler and fonts serve all documents, as fast as it goes; else each document starts with the fonts' folder.
    """

    def __init__(self, folder: Path, *, kept: bool) -> None:
        self._folder = folder
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        self._compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True) if kept else None

    def prepared(self, minutes: Minutes) -> Callable[[], bytes]:
        """What makes the PDF."""
        source = "\n\n".join([*_settings(minutes.title), *map(_markup, parts_of(minutes))]).encode()
        return lambda: self._compiled(source)

    def _compiled(self, source: bytes) -> bytes:
        if self._compiler:
            made = self._compiler.compile(source, format="pdf", pdf_standards=_STANDARDS)
        else:
            made = typst.compile(
                source, format="pdf", pdf_standards=_STANDARDS, font_paths=[self._folder], ignore_system_fonts=True
            )
        if not isinstance(made, bytes):
            raise TypeError(made)
        return made


def _settings(title: str) -> Iterator[str]:
    yield (
        f'#set document(title: [{_text(title)}], author: "Södertörnskommunerna",'
        " date: datetime(year: 2020, month: 1, day: 17))"
    )
    yield '#set text(lang: "sv", region: "SE", font: "FiraGO", size: 10pt, hyphenate: true)'
    yield (
        f'#set page(paper: "a4", margin: (top: {TOP_PT}pt, bottom: {BOTTOM_PT}pt, left: {LEFT_PT}pt, right: {RIGHT_PT}pt),'
        " header: [Södertörnskommunerna], footer: context [sf-2020-0017 #h(1fr)"
        ' Sida #counter(page).display("1 (1)", both: true)])'
    )
    yield "#set par(leading: 8.4pt, spacing: 14.4pt)"


def _text(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)


def _markup(part: Part) -> str:
    text = _text(part.text)
    match part.kind:
        case "h1":
            return f"#title[{text}]"
        case "h2" | "h3":
            return f"{'=' * (int(part.kind[1]) - 1)} {text}"
        case "decision":
            return f"#block(inset: (left: 13pt), stroke: (left: 1pt))[{text}]"
        case "rows":
            head, *body = ("".join(f"[{_text(cell)}]" for cell in row) for row in part.rows)
            return f"#table(columns: 2, table.header{head}){''.join(body)}"
        case _:
            return text
