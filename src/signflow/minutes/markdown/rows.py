"""The parser's inline tokens → rows of spans, with links, languages, marks and notes on the words they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from signflow.minutes.blocks import Row, merged
from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.links import leading_to, with_addresses
from signflow.minutes.model import Span

_REMOTE = re.compile(r"(?:https?:)?//", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Markup:
    """Letters of a line that are no words: an attribute, or the bytes of a picture pasted as text.

    `after` counts how often the same text follows in the line; None where it does not matter which of them is meant.
    """

    text: str
    line: int
    after: int | None = None


class RowReader:
    """Reads the children of one inline token, and remarks on the images in it."""

    def __init__(self, line: int) -> None:
        self.findings: list[Finding] = []
        self.markup: list[Markup] = []
        self._rows: list[Row] = []
        self._spans: list[Span] = []
        self._line = line
        self._within = 0  # rows that end inside a line of the draft
        self._depth = {"strong": 0, "em": 0, "mark": 0}
        self._languages: list[str] = []
        self._links: list[tuple[str, str]] = []  # where it leads, and the address in brackets after its words

    def read(self, children: Iterable[Token]) -> list[Row]:
        """The rows, at least one; a row ends at each line's end of the draft."""
        for child in children:
            self._token(child)
        self._end_row(hard=False)
        return self._rows

    def _token(self, child: Token) -> None:
        style = child.type.partition("_")[0]
        if style in self._depth:
            self._depth[style] += child.nesting
            return
        match child.type:
            case "text":
                self._text(child.content)
            case "passage_open":
                self._languages.append(str(child.meta["language"]))
            case "passage_close":
                self._languages.pop()
                self.markup.append(Markup(child.meta["attribute"], self._at, child.meta["after"]))
            case "link_open":
                shown = "" if child.markup == "autolink" else self._in_brackets(child, "href")
                self._links.append((leading_to(str(child.attrGet("href") or "")), shown))
            case "link_close":
                self._append(self._links[-1][1])
                self._links.pop()
            case "note_ref":
                self._append(child.content, note=True)
            case "image":
                self._image(child)
            case "softbreak" | "hardbreak" | "line_break":
                self._break(child)
            case _:
                self._append(child.content)

    def _break(self, child: Token) -> None:
        within = child.type == "line_break"
        self.markup += [Markup(child.content, self._at)] if within else []
        self._end_row(hard=child.type != "softbreak")
        self._within += within

    def _append(self, text: str, link: str = "", *, note: bool = False) -> None:
        self._spans.append(
            Span(
                text.replace("\n", " "),
                self._depth["strong"] > 0,
                self._depth["em"] > 0,
                link or (self._links[-1][0] if self._links else ""),
                self._languages[-1] if self._languages else "",
                self._depth["mark"] > 0,
                note,
            )
        )

    def _text(self, text: str) -> None:
        if "://" not in text or self._links:
            self._append(text)
            return
        for part, link in with_addresses(text):
            self._append(part, link)

    def _image(self, child: Token) -> None:
        text = child.content + self._in_brackets(child, "src")
        code = "image-remote" if _REMOTE.match(str(child.attrGet("src") or "")) else "image-left-out"
        self.findings.append(remark(code, self._at, text))
        self._append(text)

    def _in_brackets(self, token: Token, attribute: str) -> str:
        address, title = str(token.attrGet(attribute) or ""), str(token.attrGet("title") or "")
        if address[:5].casefold() == "data:":
            self.markup.append(Markup(address, self._at))
            address = ""
        inside = " ".join(filter(None, (address, title and f'"{title}"')))
        return f" ({inside})" if inside else ""

    @property
    def _at(self) -> int:
        return self._line + len(self._rows) - self._within

    def _end_row(self, *, hard: bool) -> None:
        self._rows.append(Row(stripped(self._spans), self._at, hard))
        self._spans = []


def stripped(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans merged, without white space at either end."""
    result = list(merged(spans))
    while result and not result[0].text.strip():
        result.pop(0)
    while result and not result[-1].text.strip():
        result.pop()
    if result:
        result[0] = result[0].saying(result[0].text.lstrip())
        result[-1] = result[-1].saying(result[-1].text.rstrip())
    return tuple(result)
