"""What a content stream does: the marks it makes, and the fonts, colours and other resources it makes them with.

Source: ISO 32000-1, 7.8.2 and annex A (operators), 8.9.7 (inline images), 14.6 (marked content); ISO 19005-2, 6.1.10,
6.1.13, 6.2.2.
"""

from __future__ import annotations

import binascii
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from signflow.rendering.preflight.syntax import (
    Dictionary,
    MalformedError,
    Name,
    Note,
    Syntax,
    Value,
    is_out_of_range,
    names_in,
)

_S = rb"\0\t\n\f\r "
_D = rb"()<>\[\]{}/%"
_TOKEN = re.compile(
    rb"([" + _S + rb"\d.+\-\[\]]*+)(?:"  # 1 numbers, brackets and spaces
    rb"([A-Za-z'\"*][^" + _S + _D + rb"]*+)"  # 2 operator
    rb"|/([^" + _S + _D + rb"]*+)"  # 3 name
    rb"|<(?!<)([^<>]*+)>"  # 4 hexadecimal string
    rb"|(<<|\()"  # 5 dictionary or literal string
    rb"|(%[^\r\n]*+)"  # 6 comment
    rb"|\Z)"
)
_OPERATOR, _NAME, _HEX, _COMPOSITE = 2, 3, 4, 5
_SHORT = 10  # characters that hold no number out of range
_LONG_NUMBER = re.compile(rb"[+-]?(?:\d{10,}\.?\d*|\d*\.0{30,}\d*)")
_INNERMOST = 28  # ISO 19005-2, 6.1.13: graphics states inside each other
_MOST_FAULTS = 64
_IMAGE_DATA = re.compile(rb"[\0\t\n\f\r ]ID[\0\t\n\f\r ]")
_IMAGE_END = re.compile(rb"[\0\t\n\f\r ]EI(?=[\0\t\n\f\r ]|\Z)")

_DEVICE = {
    "g": "DeviceGray",
    "G": "DeviceGray",
    "rg": "DeviceRGB",
    "RG": "DeviceRGB",
    "k": "DeviceCMYK",
    "K": "DeviceCMYK",
}
_PAINTING = frozenset(["S", "s", "f", "F", "f*", "B", "B*", "b", "b*"])
_SHOWING = frozenset(["Tj", "TJ", "'", '"'])
_PLAIN = names_in("w J j M d i cm m l c v y h re n W W* BT ET Tc Tw Tz TL Ts Td TD Tm T* d0 d1 SC sc MP DP BX EX")
_USING = {
    "gs": "ExtGState",
    "cs": "ColorSpace",
    "CS": "ColorSpace",
    "scn": "Pattern",
    "SCN": "Pattern",
}
_OPERANDS = frozenset({"true", "false", "null"})  # written like operators
INTENTS = frozenset({"RelativeColorimetric", "AbsoluteColorimetric", "Perceptual", "Saturation"})
_IMAGE_FILTERS = names_in(
    "ASCIIHexDecode ASCII85Decode FlateDecode RunLengthDecode CCITTFaxDecode DCTDecode AHx A85 Fl RL CCF DCT"
)
_IMAGE_SPACES = {"G": "DeviceGray", "RGB": "DeviceRGB", "CMYK": "DeviceCMYK"}
_INVISIBLE = 3  # text rendering mode, ISO 32000-1, 9.3.6
ARTIFACT, _TAGGED = "Artifact", "tagged"


class Mark(NamedTuple):
    """A stretch of marked content.

    Attributes:
        tag: Its tag.
        mcid: Its identifier, where it has one.
        properties: What it says about itself.
    """

    tag: str
    mcid: int | None
    properties: Dictionary


class Showing(NamedTuple):
    """How codes are shown.

    Attributes:
        font: Its name among the resources.
        replaced: Whether a replacement text is said for them.
        visible: Whether they are seen.
    """

    font: str
    replaced: bool
    visible: bool


@dataclass(slots=True)
class Content:
    """What one content stream does.

    Attributes:
        marks: All marked content in the order in which it begins.
        bare: What is drawn outside of all content that is tagged or an artifact, by operator.
        texts: The codes that are shown, by how.
        used: The names of resources that are used, by category.
        drawn: How often XObjects are drawn, by name and by whether that is inside of tagged content or an artifact.
        spaces: The device colour spaces that are used without standing among the resources.
        faults: What is wrong, as rules' codes and details.
    """

    marks: list[Mark] = field(default_factory=list[Mark])
    bare: set[str] = field(default_factory=set[str])
    texts: defaultdict[Showing, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    used: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    drawn: Counter[tuple[str, bool]] = field(default_factory=Counter["tuple[str, bool]"])
    spaces: set[str] = field(default_factory=set[str])
    faults: set[tuple[str, str]] = field(default_factory=set["tuple[str, str]"])


def read_content(data: bytes, properties: Mapping[str, Value]) -> Content:
    """What that content does.

    Args:
        data: The content, decoded.
        properties: The property lists among its resources, resolved, by name.
    """
    reader = _Reader(data, properties)
    reader.run()
    return reader.content


class _Reader:
    def __init__(self, data: bytes, properties: Mapping[str, Value]) -> None:
        self.content = Content()
        self._data = data
        self._notes: list[Note] = []
        self._syntax = Syntax(data, self._notes)
        self._properties = properties
        self._names: list[str] = []
        self._strings: list[bytes] = []
        self._dictionary: Dictionary | None = None
        self._open: list[Mark] = []
        self._around = {_TAGGED: 0, ARTIFACT: 0, "": 0}
        self._replaced = 0
        self._font, self._visible = "", True
        self._saved: list[tuple[str, bool]] = []

    def run(self) -> None:
        """Read all of it."""
        at, match, data = 0, _TOKEN.match, self._data
        while token := match(data, at):
            if token.end() == at:
                break
            at = self._take(token)
        if at < len(data):
            self._fault("content-operator", data[at : at + 20].decode("latin-1"))
        if self._open or self._saved:
            self._fault("content-marks" if self._open else "graphics-nesting", "")
        self.content.faults.update((note.code, note.detail) for note in self._notes)

    def _take(self, token: re.Match[bytes]) -> int:
        """Take in what a token is; where the next one begins."""
        at, kind, numbers = token.end(), token.lastindex, token[1]
        if len(numbers) > _SHORT:
            self._measure(numbers)
        if kind == _OPERATOR:
            operator = token[_OPERATOR].decode("latin-1")
            if operator == "BI":
                return self._inline_image(at)
            self._operate(operator, numbers)
        elif kind == _NAME:
            self._names.append(self._syntax.name(token[_NAME], 0))
        elif kind == _HEX:
            self._strings.append(self._hexadecimal(token[_HEX]))
        elif kind == _COMPOSITE:
            return self._composite(token.start(_COMPOSITE))
        return at

    def _operate(self, operator: str, numbers: bytes) -> None:
        handler = _HANDLERS.get(operator)
        if handler:
            handler(self, operator, numbers)
        elif operator in _OPERANDS:
            return
        elif operator not in _PLAIN:
            self._fault("content-operator", operator)
        self._names.clear()
        self._strings.clear()
        self._dictionary = None

    def color(self, operator: str, _: bytes) -> None:
        self.content.spaces.add(_DEVICE[operator])

    def set_font(self, _: str, __: bytes) -> None:
        self._font = self._names[-1] if self._names else ""
        self.content.used["Font"].add(self._font)

    def set_visible(self, _: str, numbers: bytes) -> None:
        self._visible = numbers.split()[-1:] != [b"%d" % _INVISIBLE]

    def save(self, _: str, __: bytes) -> None:
        self._saved.append((self._font, self._visible))
        if len(self._saved) > _INNERMOST:
            self._fault("graphics-nesting", str(_INNERMOST))

    def restore(self, _: str, __: bytes) -> None:
        if self._saved:
            self._font, self._visible = self._saved.pop()
        else:
            self._fault("graphics-nesting", "Q")

    def draw_object(self, _: str, __: bytes) -> None:
        self._use("XObject")
        self.content.drawn[self._names[-1] if self._names else "", self._is_owned] += 1

    def use(self, operator: str, _: bytes) -> None:
        self._use(_USING[operator])

    def shade(self, operator: str, _: bytes) -> None:
        self._use("Shading")
        self._draw(operator)

    def set_intent(self, _: str, __: bytes) -> None:
        if not self._names or self._names[-1] not in INTENTS:
            self._fault("rendering-intent", " ".join(self._names))

    def show(self, operator: str, _: bytes) -> None:
        self.content.texts[Showing(self._font, self._replaced > 0, self._visible)].extend(self._strings)
        if any(self._strings):
            self._draw(operator)

    def paint(self, operator: str, _: bytes) -> None:
        self._draw(operator)

    def _draw(self, operator: str) -> None:
        if not self._is_owned:
            self.content.bare.add(operator)

    def _use(self, category: str) -> None:
        if self._names:
            self.content.used[category].add(self._names[-1])

    def begin(self, _: str, __: bytes) -> None:
        named = self._properties.get(self._names[-1]) if len(self._names) > 1 else None
        properties = named if isinstance(named, Dictionary) else self._dictionary or Dictionary()
        if len(self._names) > 1 and named is None:
            self.content.used["Properties"].add(self._names[-1])
        mcid = properties.get("MCID")
        tag = self._names[0] if self._names else ""
        mark = Mark(tag, mcid if isinstance(mcid, int) else None, properties)
        kind = _kind(mark)
        if kind and self._around[_TAGGED if kind == ARTIFACT else ARTIFACT]:
            self._fault("content-nested", tag)
        self._open.append(mark)
        self._around[kind] += 1
        self._replaced += "ActualText" in properties
        self.content.marks.append(mark)

    def end(self, _: str, __: bytes) -> None:
        if not self._open:
            self._fault("content-marks", "EMC")
            return
        mark = self._open.pop()
        self._around[_kind(mark)] -= 1
        self._replaced -= "ActualText" in mark.properties

    @property
    def _is_owned(self) -> bool:
        """Whether what is drawn now is tagged or an artifact."""
        return self._around[_TAGGED] + self._around[ARTIFACT] > 0

    def _composite(self, at: int) -> int:
        """A dictionary or a literal string."""
        try:
            value, stop = self._syntax.read(at, 0)
        except MalformedError:
            self._fault("content-operator", self._data[at : at + 20].decode("latin-1"))
            return len(self._data)
        if isinstance(value, Dictionary):
            self._dictionary = value
        elif isinstance(value, bytes):
            self._strings.append(value)
        return stop

    def _hexadecimal(self, digits: bytes) -> bytes:
        try:
            return binascii.unhexlify(digits)
        except binascii.Error:
            return self._syntax.hexadecimal(digits, 0)

    def _inline_image(self, at: int) -> int:
        """An image among the operators, ISO 32000-1, 8.9.7."""
        begin = _IMAGE_DATA.search(self._data, at)
        end = _IMAGE_END.search(self._data, begin.end()) if begin else None
        entries: Value = None
        if begin and end:
            try:
                entries, _ = Syntax(b"<<" + self._data[at : begin.start()] + b">>", self._notes).read(0, 0)
            except MalformedError:
                entries = None
        if not isinstance(entries, Dictionary) or end is None:
            self._fault("content-operator", "BI")
            return len(self._data)
        self._draw("BI")
        filters = entries.get("F", entries.get("Filter"))
        for one in filters if isinstance(filters, list) else [filters]:
            if isinstance(one, Name) and one not in _IMAGE_FILTERS:
                self._fault("inline-image-filter", one)
        space = entries.get("CS", entries.get("ColorSpace"))
        if isinstance(space, Name):
            name = _IMAGE_SPACES.get(space, str(space))
            (self.content.spaces if name.startswith("Device") else self.content.used["ColorSpace"]).add(name)
        if entries.get("I", entries.get("Interpolate")) is True:
            self._fault("image-interpolated", "BI")
        return end.end()

    def _measure(self, numbers: bytes) -> None:
        for one in _LONG_NUMBER.findall(numbers):
            if is_out_of_range(float(one) if b"." in one else int(one[:400])):
                self._fault("number-range", one[:40].decode("ascii"))

    def _fault(self, code: str, detail: str) -> None:
        if len(self.content.faults) < _MOST_FAULTS:
            self.content.faults.add((code, detail))


_HANDLERS: Mapping[str, Callable[[_Reader, str, bytes], None]] = {
    **dict.fromkeys(_SHOWING, _Reader.show),
    **dict.fromkeys(_DEVICE, _Reader.color),
    **dict.fromkeys(_PAINTING, _Reader.paint),
    **dict.fromkeys(_USING, _Reader.use),
    **dict.fromkeys(("BDC", "BMC"), _Reader.begin),
    "EMC": _Reader.end,
    "Tf": _Reader.set_font,
    "Tr": _Reader.set_visible,
    "q": _Reader.save,
    "Q": _Reader.restore,
    "Do": _Reader.draw_object,
    "sh": _Reader.shade,
    "ri": _Reader.set_intent,
}


def _kind(mark: Mark) -> str:
    """What a mark makes of what is drawn inside: tagged, an artifact or neither."""
    if mark.tag == ARTIFACT:
        return ARTIFACT
    return _TAGGED if mark.mcid is not None else ""
