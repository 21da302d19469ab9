"""The Markdown parser that drafts are read with: CommonMark and GitHub's tables, with rules of ours beside them.

A line that begins something of its own ends a list's entry though it stands directly below (`begins_unit`). Ours are: notes (`[^1]` and `[^1]: …`), passages in another language (`[…]{lang=fi}`, Pandoc's bracketed span with that one
attribute), marked passages (`==…==`), `<br>` and numbered headings that are underlined (`1. Title` over `-----`, which CommonMark
reads as a list and a rule). Each looks at a character a bounded number of times.

Source: CommonMark 0.31.2; GitHub Flavored Markdown 4.10 (tables); Pandoc's manual, "Footnotes" and "Bracketed spans".
"""

from __future__ import annotations

import functools
import itertools
import re

from markdown_it import MarkdownIt
from markdown_it.rules_block.state_block import StateBlock
from markdown_it.rules_block.table import table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from signflow.minutes.recognition.units import begins_unit

MAX_PARAGRAPH_CHARACTERS = 100_000
PLAIN = "plain"  # our mark on an inline token that is not parsed for markup
# in one paragraph and in the whole draft: the parser's time grows with their square, and no author writes so many
_MAX_BRACKETS = (300, 5_000)
_MAX_STYLE_MARKS = (1_000, 40_000)
_AS_TEXT = ("html_block", "html_inline", "code", "fence", "reference", "backticks", "entity")
_NOTE_REFERENCE = re.compile(r"\[\^([^\s\[\]^]{1,20})\]")
_NOTE = re.compile(_NOTE_REFERENCE.pattern + r":[ \t]*")
_NOTE_INDENT = 4
_LANGUAGE = re.compile(r"\{lang=([A-Za-z0-9-]{2,35})\}")
_LINE_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_MARK = re.compile(r"(?<!=)==(?!=)")
_NUMBERED = re.compile(r"[0-9]{1,6}[.)][ \t]+\S")
_UNDERLINE = re.compile(r"(?:(=+)|-{2,})[ \t]*")


@functools.cache
def parser() -> MarkdownIt:
    """A parser whose inline tokens hold, beside CommonMark's, `note_ref`, `passage_*` and `mark_*`."""
    made = _Parser("commonmark").enable("table").disable(_AS_TEXT)
    made.core.ruler.before("inline", "bound", _bound)
    made.core.ruler.after("inline", "marks", _mark)
    made.block.ruler.at("table", _table_outside_lists, {"alt": ["paragraph", "reference"]})
    made.block.ruler.before("reference", "note", _note, {"alt": ["paragraph", "reference"]})
    made.block.ruler.before("list", "unit_below_list", _unit_below_list, {"alt": ["paragraph"]})
    made.block.ruler.before("list", "numbered_heading", _numbered_heading, {"alt": ["list"]})
    made.inline.ruler.before("link", "note_ref", _note_reference)
    made.inline.ruler.before("link", "passage", _passage)
    made.inline.ruler.before("link", "line_break", _line_break)
    return made


class _Parser(MarkdownIt):
    """Prints an address as the author wrote it, not as a browser would send it."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the library's name
        return link


def _bound(state: StateCore) -> None:
    """Keep what would take the parser too long from it: refuse endless paragraphs, leave markup beyond reason as text."""
    brackets, marks = 0, 0
    for opening, token in itertools.pairwise(state.tokens):
        if token.type != "inline":
            continue
        if opening.type in ("th_open", "td_open"):
            token.type = PLAIN  # cells are read from the source lines
            continue
        content = token.content
        if len(content) > MAX_PARAGRAPH_CHARACTERS:
            state.env.setdefault("too_long", token)
            token.type = PLAIN
            continue
        own = (content.count("["), content.count("*") + content.count("_") + content.count("=="))
        brackets, marks = brackets + own[0], marks + own[1]
        in_paragraph = own[0] <= _MAX_BRACKETS[0] and own[1] <= _MAX_STYLE_MARKS[0]
        if not in_paragraph or brackets > _MAX_BRACKETS[1] or marks > _MAX_STYLE_MARKS[1]:
            token.type = PLAIN


def _table_outside_lists(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
    # cells are read again from the source lines, which inside lists and quotations begin with the container's own signs
    return state.level == 0 and table(state, start, end, silent)


def _note(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
    """`[^1]: text` to the next empty line, and what is indented below; a label's second note stays text."""
    found = _NOTE.match(state.src, state.bMarks[start] + state.tShift[start], state.eMarks[start])
    labels: set[str] = state.env.setdefault("notes", set())
    if not found or found[1] in labels:
        return False
    if silent:
        return True
    labels.add(found[1])
    lines = [state.src[found.end() : state.eMarks[start]]]
    after = start + 1
    while after < end:
        below = state.skipEmptyLines(after)
        if below >= end or not _continues_note(state, below, end, apart=below > after):
            break
        lines += [""] * (below - after)
        lines.append(state.src[state.bMarks[below] + state.tShift[below] : state.eMarks[below]])
        after = below + 1
    state.push("note_open", "", 1).meta = {"label": found[1]}
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = "\n".join(lines), [start, after], []
    state.push("note_close", "", -1)
    state.line = after
    return True


def _continues_note(state: StateBlock, line: int, end: int, *, apart: bool) -> bool:
    """Whether a line belongs to the note above it: indented, or directly below it and no block of its own."""
    indent = state.sCount[line] - state.blkIndent
    if apart or indent >= _NOTE_INDENT or indent < 0:
        return indent >= _NOTE_INDENT
    return not any(rule(state, line, end, True) for rule in state.md.block.ruler.getRules("paragraph"))


def _unit_below_list(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
    """`Beslut` directly below a list's entry, not indented: no further line of that entry, which it is in CommonMark."""
    if not silent or state.blkIndent == 0 or state.sCount[start] != 0:
        return False
    above, line = (state.src[state.bMarks[at] : state.eMarks[at]] for at in (start - 1, start))
    return begins_unit(line, above)


def _numbered_heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
    """`1. Title` after an empty line and over `-----` or `=====`: a heading, not a list's only entry."""
    if start + 1 >= end or (start and not state.isEmpty(start - 1)) or state.sCount[start] < state.blkIndent:
        return False
    begins = [state.bMarks[line] + state.tShift[line] for line in (start, start + 1)]
    underline = _UNDERLINE.fullmatch(state.src, begins[1], state.eMarks[start + 1])
    if not underline or not _NUMBERED.match(state.src, begins[0], state.eMarks[start]):
        return False
    if silent:
        return True
    tag = "h1" if underline[1] else "h2"
    state.push("heading_open", tag, 1).map = [start, start + 2]
    inline = state.push("inline", "", 0)
    inline.content = state.src[begins[0] : state.eMarks[start]].strip()
    inline.map, inline.children = [start, start + 1], []
    state.push("heading_close", tag, -1)
    state.line = start + 2
    return True


def _note_reference(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
    found = _NOTE_REFERENCE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.push("note_ref", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _line_break(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
    """`<br>`: the only way to begin a line in a cell."""
    found = _LINE_BREAK.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "<" else None
    if not found:
        return False
    if not silent:
        state.push("line_break", "", 0).content = found[0]
    state.pos = found.end()
    return True


def _passage(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
    begin, limit = state.pos, state.posMax
    if state.src[begin] != "[" or state.src.find("]{lang=", begin, limit) < 0:
        return False
    closing = state.md.helpers.parseLinkLabel(state, begin)
    attribute = _LANGUAGE.match(state.src, closing + 1, limit) if closing >= 0 else None
    if not attribute:
        return False
    if not silent:
        state.pos, state.posMax = begin + 1, closing
        state.push("passage_open", "", 1).meta = {"language": attribute[1]}
        state.md.inline.tokenize(state)
        end = state.src.find("\n", attribute.end())
        after = state.src.count(attribute[0], attribute.end(), end if end >= 0 else len(state.src))
        state.push("passage_close", "", -1).meta = {"attribute": attribute[0], "after": after}
    state.pos, state.posMax = attribute.end(), limit
    return True


def _mark(state: StateCore) -> None:
    """Pairs of `==` become `mark_open` and `mark_close`, whatever styles begin or end between them; others stay text.

    Of several openings the first counts: too much is masked rather than too little.
    """
    for token in state.tokens:
        if token.children and "==" in token.content:
            token.children = _marked(token.children)


def _marked(children: list[Token]) -> list[Token]:
    opening: tuple[int, int] | None = None
    pairs: dict[int, list[tuple[int, str]]] = {}
    for at, child in enumerate(children):
        if child.type != "text":
            continue
        for found in _MARK.finditer(child.content):
            follows, precedes = child.content[found.end() : found.end() + 1], child.content[: found.start()][-1:]
            if opening and _is_word(precedes, children[at - 1] if at else None):
                pairs.setdefault(opening[0], []).append((opening[1], "mark_open"))
                pairs.setdefault(at, []).append((found.start(), "mark_close"))
                opening = None
            elif not opening and _is_word(follows, children[at + 1] if at + 1 < len(children) else None):
                opening = (at, found.start())
    return [part for at, child in enumerate(children) for part in _divided(child, pairs.get(at, []))]


def _is_word(character: str, beyond: Token | None) -> bool:
    """Whether words stand beside a mark: in the same token, or in the one beyond it."""
    return not character.isspace() if character else beyond is not None and not beyond.type.endswith("break")


def _divided(token: Token, marks: list[tuple[int, str]]) -> list[Token]:
    if not marks:
        return [token]
    parts: list[Token] = []
    start = 0
    for offset, kind in marks:
        parts.append(Token("text", "", 0, content=token.content[start:offset]))
        parts.append(Token(kind, "", 1 if kind == "mark_open" else -1))
        start = offset + len("==")
    return [*parts, Token("text", "", 0, content=token.content[start:])]
