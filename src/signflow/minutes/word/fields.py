"""Fields of a Word document (page numbers, dates, links, form fields): what shows is their result, never their code.

Source: ISO/IEC 29500-1, 17.16 (fields and hyperlinks).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from signflow.minutes.word.xml import Element, number, toggle, w

_ADDRESS = re.compile(r'\s*HYPERLINK\s+(?:\\[a-z]\s+)*(?:"([^"]*)"|([^\s"\\]\S*))', re.IGNORECASE)
_PROMPT = re.compile(r"\s*MACROBUTTON\s+\S+\s+(.*)", re.IGNORECASE | re.DOTALL)
_FORMULA = re.compile(r"\s*EQ\s", re.IGNORECASE)
_CHARACTERS = 2_000  # of an instruction, or of words to quote


def address_of(instruction: str) -> str:
    """The address that the instruction of a `HYPERLINK` field leads to; else empty."""
    match = _ADDRESS.match(instruction)
    return (match[1] or match[2] or "").strip() if match else ""


@dataclass(slots=True)
class _Field:
    line: int
    link: str
    shown: str
    instruction: str = ""
    in_result: bool = False
    own_link: str = ""
    result_from: int = 0
    swallowed: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """What is left to do when a field ends.

    Attributes:
        shown: What shows in place of a field without result: a form's check box or choice.
        prompt: The words of a field that only asks to be filled in.
        formula: Whether it drew a formula.
        link: Where its result leads; mostly empty.
        result_from: The piece of the paragraph that the result begins with.
    """

    shown: str = ""
    prompt: str = ""
    formula: bool = False
    link: str = ""
    result_from: int = 0


@dataclass(slots=True)
class Fields:
    """The fields that are open, outermost first; a field may go on over paragraphs."""

    _open: list[_Field] = field(default_factory=list[_Field])
    _in_code: int = 0

    @property
    def visible(self) -> bool:
        """Whether what stands here shows."""
        return not self._in_code

    @property
    def link(self) -> str:
        """Where the words lead that stand here."""
        return self._open[-1].link if self._open else ""

    def begin(self, character: Element, line: int) -> None:
        """A field begins."""
        self._open.append(_Field(line, self.link, _form_value(character.find(w("ffData")))))
        self._in_code += 1

    def instruct(self, text: str) -> None:
        """A piece of the innermost field's code."""
        if self._open and not self._open[-1].in_result:
            self._open[-1].instruction = (self._open[-1].instruction + text)[:_CHARACTERS]

    def swallow(self, text: str) -> None:
        """Words that stand among the code, and so do not show."""
        self._open[-1].swallowed = (self._open[-1].swallowed + text)[:_CHARACTERS]

    def separate(self, piece: int) -> None:
        """The code ends; the result begins with that piece of the paragraph."""
        if self._open and not self._open[-1].in_result:
            one = self._open[-1]
            one.in_result, one.result_from = True, piece
            one.own_link = address_of(one.instruction)
            one.link = one.own_link or one.link
            self._in_code -= 1

    def end(self, line: int) -> Ended:
        """The innermost field ends."""
        if not self._open:
            return Ended()
        ended = self._open.pop()
        if ended.in_result:
            return Ended(link=ended.own_link, result_from=ended.result_from if ended.line == line else 0)
        self._in_code -= 1
        prompt = _PROMPT.match(ended.instruction)
        return Ended(ended.shown, prompt[1].strip() if prompt else "", bool(_FORMULA.match(ended.instruction)))

    def unfinished(self) -> list[tuple[int, str]]:
        """The paragraphs of fields whose code never ended, with the words that are hidden by that."""
        return [(one.line, one.swallowed) for one in self._open if one.swallowed]


def fields_in(container: Element) -> list[list[Element]]:
    """The marks and pieces of code of each field in the container, those of fields within it not among them."""
    found: list[list[Element]] = []
    running: list[list[Element]] = []
    for element in container.iter(w("fldChar"), w("instrText"), w("delInstrText")):
        kind = element.get(w("fldCharType"))
        if kind == "begin":
            running.append([])
            found.append(running[-1])
        if running:
            running[-1].append(element)
        if running and kind == "end":
            running.pop()
    return found


def _form_value(data: Element | None) -> str:
    if data is None:
        return ""
    box = data.find(w("checkBox"))
    if box is not None:
        checked = toggle(box, "checked")
        return "☒" if (toggle(box, "default") if checked is None else checked) else "☐"
    choices = data.find(w("ddList"))
    entries = [] if choices is None else [one.get(w("val"), "") for one in choices.iterchildren(w("listEntry"))]
    chosen = number(choices, "result") or 0
    return entries[chosen] if 0 <= chosen < len(entries) else ""
