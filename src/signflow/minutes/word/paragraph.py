"""A paragraph of a Word document → its rows, and what hangs on them: images, text boxes, notes.

Everything is walked without recursion. What is not known by name is seen through, so that its words are kept; words that
do not show (hidden, deleted, code of fields) are left out, and each such thing is remarked on.

Source: ISO/IEC 29500-1, 17.3 (paragraphs and runs), 17.5 (content controls), 17.11 (notes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from signflow.minutes.catalogue import remark
from signflow.minutes.links import leading_to
from signflow.minutes.model import Span
from signflow.minutes.rules.blanks import BLANK
from signflow.minutes.word.changes import TAKEN_OUT, Remarks, Revision, revision_of, revisions_in
from signflow.minutes.word.fields import Ended, address_of
from signflow.minutes.word.images import read_drawing
from signflow.minutes.word.rows import BREAK, Piece, rows_of_pieces
from signflow.minutes.word.runs import run_look
from signflow.minutes.word.styles import Style
from signflow.minutes.word.symbols import PRIVATE, symbol
from signflow.minutes.word.text import Around, NoteReference, ParagraphText, Place, TextState, shows_placeholder
from signflow.minutes.word.xml import MATH, RELATED, Element, preferred, w

_SIGNS = {w("tab"): "\t", w("ptab"): "\t", w("br"): BREAK, w("cr"): BREAK, w("noBreakHyphen"): "-"}
_NO_TEXT = ("pPr", "rPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "rt", "delInstrText")
_LINKS = (w("hyperlink"), w("fldSimple"))
_RUN_PROPERTIES = w("rPr")
_KEPT_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_HEX = frozenset("0123456789ABCDEFabcdef")


def read_paragraph(paragraph: Element, style: Style, place: Place, around: Around, state: TextState) -> ParagraphText:
    """What the paragraph holds, in that style; `around` is what holds for all of it.

    Raises:
        UnreadableError: An image is damaged or too large, or there is more text than is read.
    """
    return _Paragraph(state, style, place).read(paragraph, around)


class _Paragraph:
    def __init__(self, state: TextState, style: Style, place: Place) -> None:
        self._state = state
        self._style = style
        self._place = place
        self._remarks = Remarks(place.line)
        self._pieces: list[Piece] = []
        self._result = ParagraphText()
        self._unknown: set[int] = set()
        self._marked: tuple[str, Element | None] | None = None  # a note whose own mark is the text that follows

    def read(self, paragraph: Element, around: Around) -> ParagraphText:
        for revision in revisions_in(paragraph.find(w("pPr"))):
            self._remarks.revise(revision)
        stack: list[tuple[Iterator[Element], Around, int | None]] = [(preferred(paragraph), around, None)]
        while stack:
            children, around, link_from = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                if link_from is not None:
                    self._show_address(around.address, link_from, around)
                continue
            enter = _ENTER.get(child.tag)
            inside = enter(self, child, around) if enter else around
            if inside is not None:
                opens_link = child.tag in _LINKS and inside.address
                stack.append((preferred(child), inside, len(self._pieces) if opens_link else None))
        rows = rows_of_pieces(self._pieces, self._state.parts.language, self._place.line, self._remarks.findings.append)
        self._result.rows = rows
        for finding in self._remarks.all(self._result.text):
            self._state.report(finding)
        return self._result

    def _emit(self, text: str, around: Around, *, note: bool = False) -> None:
        look = around.look
        self._state.spend(len(text))
        if around.taken_out or around.revision:
            self._remarks.revise(around.revision or Revision("deleted", ""), text)
        if around.taken_out:
            return
        if not self._state.fields.visible:
            self._state.fields.swallow(text)
            return
        if look.hidden:
            self._remarks.gather("hidden-text", text)
            return
        if look.struck:
            self._remarks.gather("struck-text", text)
        if around.placeholder and not BLANK.search(text):  # those of our own drafts are found in any format
            self._remarks.gather("placeholder-left", text)
        link = leading_to(around.address or self._state.fields.link)
        span = look.span
        self._pieces.append((Span(text, span.strong, span.emphasis, link, "", span.masked, note), look.language))

    def skip(self, _element: Element, _around: Around) -> None:
        """What it holds is no text."""

    def run(self, run: Element, around: Around) -> Around:
        """How its words look."""
        properties = run.find(_RUN_PROPERTIES)
        styles = self._state.parts.styles
        if properties is None:
            look = self._state.plain_look(self._style)
        else:
            look = run_look(properties, self._style, styles)
            for revision in revisions_in(properties):
                self._remarks.revise(revision)
        return Around(around.revision, around.taken_out, around.placeholder, around.address, look)

    def text(self, element: Element, around: Around) -> None:
        """Words."""
        text = element.text or ""
        if element.get(_KEPT_SPACE) != "preserve":
            text = text.strip()
        text = text.replace("\r", "").replace("\n", " ")
        symbols = around.look.symbols
        if symbols:
            text = "".join(self._symbol(symbols, ord(one)) for one in text)
        elif PRIVATE.search(text):
            text = PRIVATE.sub(lambda found: self._symbol("", ord(found[0])), text)
        if not text:
            return
        if self._marked and text.strip():
            (kind, note), self._marked = self._marked, None
            self._refer(text.strip(), kind, note, around)
        else:
            self._emit(text, around)

    def _symbol(self, typeface: str, code: int) -> str:
        shown = symbol(typeface, code)
        if shown is None and code not in self._unknown:
            self._unknown.add(code)
            self._remarks.findings.append(remark("symbol-unknown", self._place.line, code_point=f"U+{code:04X}"))
        return shown or ""

    def symbol_element(self, element: Element, around: Around) -> None:
        """A sign of a symbol typeface."""
        code = element.get(w("char"), "")
        is_number = 0 < len(code) <= 6 and _HEX.issuperset(code)
        self._emit(self._symbol(element.get(w("font"), ""), int(code, 16) if is_number else 0), around)

    def sign(self, element: Element, around: Around) -> None:
        """An element that stands for one character."""
        self._emit(_SIGNS[element.tag], around)

    def deleted(self, element: Element, around: Around) -> None:
        """Words that a tracked change takes out."""
        self._remarks.revise(around.revision or Revision("deleted", ""), element.text or "")

    def revised(self, element: Element, around: Around) -> Around:
        """Words under a tracked change."""
        revision = revision_of(element)
        if revision:
            self._remarks.revise(revision)
        taken_out = around.taken_out or element.tag in TAKEN_OUT
        return replace(around, revision=around.revision if around.taken_out else revision, taken_out=taken_out)

    def control(self, element: Element, around: Around) -> Around:
        """A content control."""
        return replace(around, placeholder=around.placeholder or shows_placeholder(element))

    def hyperlink(self, element: Element, around: Around) -> Around:
        """Words that lead somewhere."""
        related = self._place.related.get(element.get(RELATED + "id", ""))
        return replace(around, address=related.target if related and related.external else "")

    def simple_field(self, element: Element, around: Around) -> Around:
        """A field in one element."""
        return replace(around, address=address_of(element.get(w("instr"), "")))

    def _show_address(self, address: str, begin: int, around: Around) -> None:
        """After the words of a link, its address in brackets, unless the words say it."""
        words = "".join(span.text for span, _ in self._pieces[begin:]).strip()
        if words and words.casefold().strip("/") not in _ways_to_write(address):
            self._emit(f" ({address})", replace(around, address=address))

    def field_mark(self, element: Element, around: Around) -> None:
        """Beginning, middle or end of a field."""
        fields = self._state.fields
        kind = element.get(w("fldCharType"))
        if kind == "begin":
            fields.begin(element, self._place.line)
        elif kind == "separate":
            fields.separate(len(self._pieces))
        elif kind == "end":
            self._end_field(fields.end(self._place.line), around)

    def _end_field(self, ended: Ended, around: Around) -> None:
        if ended.link:
            self._show_address(ended.link, ended.result_from, around)
        if ended.shown:
            self._emit(ended.shown, around)
        if ended.prompt:
            self._emit(ended.prompt, replace(around, placeholder=True))
        if ended.formula:
            self._leave_out("equation")

    def instruction(self, element: Element, _around: Around) -> None:
        """A field's code."""
        self._state.fields.instruct(element.text or "")

    def note(self, element: Element, around: Around) -> None:
        """A reference to a note."""
        if around.taken_out or around.look.hidden or not self._state.fields.visible:
            return
        kind = "footnote" if element.tag == w("footnoteReference") else "endnote"
        note = self._state.parts.notes[kind].elements.get(element.get(w("id"), ""))
        if element.get(w("customMarkFollows"), "").lower() in ("1", "true", "on"):
            self._marked = (kind, note)
        else:
            self._refer(self._state.next_label(kind), kind, note, around)

    def _refer(self, label: str, kind: str, note: Element | None, around: Around) -> None:
        self._emit(label, around, note=True)
        if note is not None:
            self._result.notes.append(NoteReference(label, kind, note))

    def comment(self, element: Element, _around: Around) -> None:
        """A place that somebody commented on."""
        identifier = element.get(w("id"), "")
        comment = self._state.parts.comments.get(identifier)
        if comment and identifier not in self._state.commented:
            self._state.commented.add(identifier)
            finding = remark("comment-left", self._place.line, comment.text, author=comment.author)
            self._remarks.findings.append(finding)

    def drawing(self, element: Element, around: Around) -> None:
        """Images, text boxes, embedded objects."""
        if around.taken_out:
            return
        if around.look.hidden:
            self._remarks.findings.append(remark("hidden-text", self._place.line))
            return
        drawn = read_drawing(element, self._place.related, self._state.parts.package, self._place.line)
        self._remarks.findings += drawn.findings
        self._result.boxes += drawn.boxes
        has_words = any(span.text.strip() for span, _ in self._pieces)
        (self._result.figures if has_words else self._result.first_figures).extend(drawn.figures)

    def formula(self, element: Element, around: Around) -> None:
        """An equation."""
        if not around.taken_out:
            self._leave_out("equation", "".join(text.text or "" for text in element.iter(MATH + "t")))

    def _leave_out(self, kind: str, quote: str = "") -> None:
        self._remarks.findings.append(remark("object-left-out", self._place.line, quote, kind=kind))

    def override(self, _element: Element, around: Around) -> Around:
        """Words whose direction is forced."""
        self._remarks.findings.append(remark("direction-override", self._place.line))
        return around


def _ways_to_write(address: str) -> tuple[str, ...]:
    """How authors write an address as the words of the link to it."""
    whole = address.casefold().strip("/")
    return whole, *(
        whole.removeprefix(scheme) for scheme in ("mailto:", "https://", "http://", "https://www.", "http://www.")
    )


# what is done with an element; where its children are to be read, that gives what holds for them
_ENTER: Mapping[str, Callable[[_Paragraph, Element, Around], Around | None]] = {
    **dict.fromkeys(map(w, _NO_TEXT), _Paragraph.skip),
    **dict.fromkeys(_SIGNS, _Paragraph.sign),
    **dict.fromkeys((w("ins"), w("moveTo"), *TAKEN_OUT), _Paragraph.revised),
    **dict.fromkeys((w("footnoteReference"), w("endnoteReference")), _Paragraph.note),
    **dict.fromkeys((w("commentRangeStart"), w("commentReference")), _Paragraph.comment),
    **dict.fromkeys((w("drawing"), w("pict"), w("object")), _Paragraph.drawing),
    **dict.fromkeys((MATH + "oMath", MATH + "oMathPara"), _Paragraph.formula),
    w("r"): _Paragraph.run,
    w("t"): _Paragraph.text,
    w("delText"): _Paragraph.deleted,
    w("sym"): _Paragraph.symbol_element,
    w("sdt"): _Paragraph.control,
    w("hyperlink"): _Paragraph.hyperlink,
    w("fldSimple"): _Paragraph.simple_field,
    w("fldChar"): _Paragraph.field_mark,
    w("instrText"): _Paragraph.instruction,
    w("bdo"): _Paragraph.override,
}
