"""A draft in Markdown typed in Word instead: styled headings, bold runs, automatic lists, tables, tabs; a line a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from word_drafts import levels, numbered, numbering, paragraph, run, table, word

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_UNDERLINE = re.compile(r"(?:=+|--+)\s*")
_ENTRY = re.compile(r"( *)([-*]|([0-9]{1,3})([.)]))\s+(.*)")
_STYLED = re.compile(r"(\*\*[^*]+\*\*|\*[^*]+\*)")
_DIVIDER = re.compile(r"[|\s:-]+")


def typed_in_word(text: str) -> bytes:
    """The draft as a Word file that says the same."""
    typist = _Typist(text.splitlines())
    body = "".join(typist.blocks())
    return word(body, numbering=numbering(*typist.templates))


class _Typist:
    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = [*lines, ""]
        self.templates: list[str] = []
        self._open: dict[int, tuple[int, int]] = {}  # by indentation: the list, and its latest number

    def blocks(self) -> Iterator[str]:
        """What is typed, in order."""
        at = 0
        while at < len(self._lines) - 1:
            line, below = self._lines[at], self._lines[at + 1]
            at += 1
            heading, entry = _HEADING.fullmatch(line), _ENTRY.fullmatch(line)
            if line.startswith("|"):
                rows = [line]
                while self._lines[at].startswith("|"):
                    rows.append(self._lines[at])
                    at += 1
                yield self._apart(_table(rows))
            elif heading or (line.strip() and _UNDERLINE.fullmatch(below)):
                level = len(heading[1]) if heading else 1 if below.startswith("=") else 2
                at += 0 if heading else 1
                outline = f'<w:outlineLvl w:val="{level - 1}"/>'
                yield self._apart(paragraph(_runs(heading[2] if heading else line), properties=outline))
            elif entry:
                yield self._entry(entry)
            elif line.strip() and not _UNDERLINE.fullmatch(line):
                typed = paragraph(_runs(line.strip()))
                yield typed if line.startswith("  ") else self._apart(typed)

    def _apart(self, typed: str) -> str:
        self._open = {}
        return typed

    def _entry(self, entry: re.Match[str]) -> str:
        indent, number = len(entry[1]), int(entry[3] or 0)
        self._open = {at: one for at, one in self._open.items() if at <= indent}
        latest = self._open[indent][1] if indent in self._open else None
        goes_on = latest is not None and (number > latest > 0 or number == latest == 0)
        level = sum(at < indent for at in self._open)
        if not goes_on:
            mark = ("decimal", f"%{level + 1}{entry[4]}") if number else ("bullet", "•")
            self.templates.append(levels(*[mark] * (level + 1), start=number or 1))
        list_id = self._open[indent][0] if goes_on else len(self.templates)
        self._open[indent] = (list_id, number)
        return numbered(_runs(entry[5]), list_id, level)


def _table(lines: Sequence[str]) -> str:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if not _DIVIDER.fullmatch(line)
    ]
    cells = [["".join(paragraph(_runs(part)) for part in re.split(r"<br\s*/?>", cell)) for cell in row] for row in rows]
    return table(cells)


def _runs(text: str) -> str:
    typed = re.sub(r"(?<=\S)(?: {2,}|\t+)(?=\S)", "\t", text.strip())
    return "".join(_run(part) for part in _STYLED.split(typed) if part)


def _run(part: str) -> str:
    if _STYLED.fullmatch(part):
        return run(part.strip("*"), "<w:b/>" if part.startswith("**") else "<w:i/>")
    pieces = part.split("\t")
    return "<w:r><w:tab/></w:r>".join(run(piece) if piece else "" for piece in pieces)
