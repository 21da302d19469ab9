"""The text by Typst, from its own markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import typst
from same_text import BOTTOM_PT, LEFT_PT, RIGHT_PT, TOP_PT, Part, parts_of

from signflow.minutes.model import Minutes

_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#$@/~'\"+=:.-])")


class Typst:
    """Typst as PDF/A-2a and PDF/UA-1, its compiler and fonts kept between documents: as fast as it goes."""

    def __init__(self, folder: Path) -> None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        self._compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True)

    def prepared(self, minutes: Minutes) -> Callable[[], bytes]:
        """What makes the PDF."""
        source = "\n\n".join(
            [
                (
                    f'#set document(title: [{_text(minutes.title)}], author: "Södertörnskommunerna",'
                    " date: datetime(year: 2020, month: 1, day: 17))"
                ),
                '#set text(lang: "sv", region: "SE", font: "FiraGO", size: 10pt, hyphenate: true)',
                (
                    f'#set page(paper: "a4", margin: (top: {TOP_PT}pt, bottom: {BOTTOM_PT}pt, left: {LEFT_PT}pt,'
                    f" right: {RIGHT_PT}pt), header: [Södertörnskommunerna], footer: context [sf-2020-0017 #h(1fr)"
                    ' Sida #counter(page).display("1 (1)", both: true)])'
                ),
                "#set par(leading: 8.4pt, spacing: 14.4pt)",
                *map(_markup, parts_of(minutes)),
            ]
        ).encode()
        return lambda: self._compiled(source)

    def _compiled(self, source: bytes) -> bytes:
        made = self._compiler.compile(source, format="pdf", pdf_standards=["a-2a", "ua-1"])
        if not isinstance(made, bytes):
            raise TypeError(made)
        return made


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
