"""A document of the set as somebody writes it in Markdown; habits differ by its seed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from document_script import (
    Block,
    Closing,
    Fact,
    Footnote,
    Heading,
    Listing,
    People,
    Picture,
    Piece,
    Pieces,
    Script,
    Table,
    Text,
)

_SIGNS = re.compile(r"([\\`*_\[\]<>|])")
_LABELS = ("**{0}:** {1}", "*{0}* {1}", "{0}: {1}", "__{0}__ {1}")


def as_markdown(script: Script) -> bytes:
    """The draft's bytes."""
    text = "\n\n".join("\n".join(_lines(block, script)) for block in script.blocks)
    match script.seed % 4:
        case 1:
            return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
        case 2:
            return text.encode("utf-16")
        case _:
            return text.encode()


def _lines(block: Block, script: Script) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.rank} {f'{block.label} {block.text}'.strip()}"
        case Text():
            yield _inline(block.pieces)
        case Fact():
            yield _LABELS[script.seed // 3 % len(_LABELS)].format(block.label, _inline(block.pieces))
        case People():
            yield from _people(block)
        case Listing():
            yield from _listing(block, "")
        case Table():
            yield from _table(block.rows)
        case Footnote():
            yield f"[^{block.label}]: {_inline(block.pieces)}"
        case Closing():
            yield "\n\n".join(block.lines)
        case Picture():
            raise ValueError(block)


def _people(people: People) -> Iterator[str]:
    yield f"*{people.label}*"
    yield ""
    match people.how:
        case "table":
            yield from _table((people.columns, *people.rows))
        case "list":
            yield from (f"- {row[0]}, {', '.join(filter(None, row[1:]))}" for row in people.rows)
        case _:
            yield from (f"{row[0]}\t{', '.join(filter(None, row[1:]))}" for row in people.rows)


def _table(rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    written = [f"| {' | '.join(map(_escaped, row))} |" for row in rows]
    yield from (written[0], "|" + "---|" * len(rows[0]), *written[1:])


def _listing(listing: Listing, indent: str) -> Iterator[str]:
    for number, entry in enumerate(listing.entries, 1):
        marker = f"{number}. " if listing.ordered else "- "
        yield f"{indent}{marker}{_inline(entry.pieces)}"
        if entry.nested:
            yield from _listing(entry.nested, indent + " " * len(marker))


def _inline(pieces: Pieces) -> str:
    return "".join(map(_piece, pieces))


def _piece(piece: Piece) -> str:
    if piece.note:
        return f"[^{piece.text}]"
    if piece.link:
        return f"<{piece.link}>" if piece.link == piece.text else f"[{_escaped(piece.text)}]({piece.link})"
    marks = "**" * piece.strong + "*" * piece.emphasis + "==" * piece.masked
    text = f"{marks}{_escaped(piece.text)}{marks[::-1]}"
    return f"[{text}]{{lang={piece.language}}}" if piece.language else text


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)
