"""The text by WeasyPrint, from HTML and CSS."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import weasyprint
from same_text import BOTTOM_PT, FACES, LEFT_PT, RIGHT_PT, TOP_PT, Part, parts_of
from weasyprint.text.fonts import FontConfiguration

from signflow.minutes.model import Minutes

_LOOKS = """
@page {size: A4; @top-left {content: 'Södertörnskommunerna'} @bottom-left {content: 'sf-2020-0017'}
  @bottom-right {content: 'Sida ' counter(page) ' (' counter(pages) ')'}}
body {font: 10pt/15.5pt FiraGO; hyphens: auto} h1 {font-size: 21pt; line-height: 27pt} h2 {font-size: 13pt}
h3 {font-size: 10pt} .decision {padding-left: 13pt; border-left: 1pt solid}
"""


class WeasyPrint:
    """WeasyPrint as PDF/UA-1 (it has no PDF/A-2a with it), its fonts and style sheet kept between documents."""

    def __init__(self, folder: Path) -> None:
        faces = "".join(
            f"@font-face {{font-family: FiraGO; font-style: {style}; font-weight: {weight};"
            f" src: url({(folder / name).as_uri()}.ttf)}}\n"
            for name, (style, weight) in FACES.items()
        )
        margins = f"@page {{margin: {TOP_PT}pt {RIGHT_PT}pt {BOTTOM_PT}pt {LEFT_PT}pt}}"
        self._fonts = FontConfiguration()
        self._style = weasyprint.CSS(string=faces + margins + _LOOKS, font_config=self._fonts)

    def prepared(self, minutes: Minutes) -> Callable[[], bytes]:
        """What makes the PDF."""
        source = (
            f'<!doctype html><html lang="sv-SE"><head><meta charset="utf-8"><title>{html.escape(minutes.title)}</title>'
            f'<meta name="author" content="Södertörnskommunerna"></head><body>{"".join(map(_html, parts_of(minutes)))}'
        )
        return lambda: self._written(source)

    def _written(self, source: str) -> bytes:
        page = weasyprint.HTML(string=source)
        made = page.write_pdf(stylesheets=[self._style], font_config=self._fonts, pdf_variant="pdf/ua-1")
        if made is None:
            raise TypeError(made)
        return made


def _html(part: Part) -> str:
    text = html.escape(part.text)
    if part.kind == "rows":
        (one, other), *body = (tuple(map(html.escape, row)) for row in part.rows)
        rows = "".join(f'<tr><th scope="row">{name}</th><td>{organisation}</td></tr>' for name, organisation in body)
        head = f'<tr><th scope="col">{one}</th><th scope="col">{other}</th></tr>'
        return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    return f'<p class="decision">{text}</p>' if part.kind == "decision" else f"<{part.kind}>{text}</{part.kind}>"
