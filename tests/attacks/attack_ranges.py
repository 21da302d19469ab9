"""ByteRange tricks by one who holds a key: the signature value is right, for bytes that are not the file.

Source: ISO 32000-2, 12.8.1; Mladenov et al., ACM CCS 2019; ETSI EN 319 142-1, 5.5.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from attack_kinds import Family
from attack_papers import Hand, Papers
from attack_pdf import Editor, Place, places, with_contents, with_gap, with_range

RANGES = Family("byte range")
Numbers = tuple[int, ...]


def resigned(papers: Papers, numbers: Callable[[Place, int], Numbers], text: str = "") -> bytes:
    """The secretary's signature made anew for these ranges (start, length …), written as they are or otherwise."""
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    chosen = numbers(place, len(pdf))
    written = text or " ".join(map(str, chosen))
    pdf = with_range(pdf, place, f"/ByteRange [{written}]")
    covered = b"".join(pdf[start : start + length] for start, length in zip(chosen[::2], chosen[1::2], strict=False))
    return with_contents(pdf, place, papers.sign_over(covered).dump())


def whole(place: Place, length: int) -> Numbers:
    return 0, place.gap[0], place.gap[1], length - place.gap[1]


CUTS: dict[str, Callable[[Place, int], Numbers]] = {
    "hole before the contents": lambda p, n: (0, p.gap[0] - 200, p.gap[1], n - p.gap[1]),
    "hole after the contents": lambda p, n: (0, p.gap[0], p.gap[1] + 60, n - p.gap[1] - 60),
    "hole by one byte before": lambda p, n: (0, p.gap[0] - 1, p.gap[1], n - p.gap[1]),
    "hole by one byte after": lambda p, n: (0, p.gap[0], p.gap[1] + 1, n - p.gap[1] - 1),
    "starts late": lambda p, n: (9, p.gap[0] - 9, p.gap[1], n - p.gap[1]),
    "starts after the first page": lambda p, n: (5000, p.gap[0] - 5000, p.gap[1], n - p.gap[1]),
    "ends early": lambda p, n: (0, p.gap[0], p.gap[1], n - p.gap[1] - 6),
    "ends long before": lambda p, _n: (0, p.gap[0], p.gap[1], 10),
    "ends after the file": lambda p, n: (0, p.gap[0], p.gap[1], n - p.gap[1] + 100),
    "only the second half": lambda p, n: (p.gap[1], n - p.gap[1]),
    "only the first half": lambda p, _n: (0, p.gap[0]),
    "first half twice": lambda p, _n: (0, p.gap[0], 0, p.gap[0]),
    "second half first": lambda p, n: (p.gap[1], n - p.gap[1], 0, p.gap[0]),
    "halves overlap": lambda p, n: (0, p.gap[1], p.gap[0], n - p.gap[0]),
    "three parts with a hole in the page": lambda p, n: (0, 2000, 2600, p.gap[0] - 2600, p.gap[1], n - p.gap[1]),
    "three parts, one empty": lambda p, n: (0, p.gap[0], p.gap[1], n - p.gap[1], n, 0),
    "five numbers": lambda p, n: (0, p.gap[0], p.gap[1], n - p.gap[1], 0),
    "nothing at all": lambda _p, _n: (0, 0, 0, 0),
    "contents covered in part": lambda p, n: (0, p.gap[0] + 1, p.gap[1], n - p.gap[1]),
}

for _name, _cut in CUTS.items():
    RANGES.add(_name, "roomy_alone", partial(resigned, numbers=_cut))


WRITTEN: dict[str, str] = {
    "numbers with a fraction": "0 {1}.0 {2}.0 {3}",
    "numbers as strings": "(0) ({1}) ({2}) ({3})",
    "numbers by reference": "0 {1} {2} 9 0 R",
    "numbers nested": "[0 {1}] [{2} {3}]",
    "numbers negative zero and null": "null {1} {2} {3}",
}


def rewritten(papers: Papers, text: str) -> bytes:
    pdf = papers.roomy_alone
    return resigned(papers, whole, text.format(*whole(places(pdf)[-1], len(pdf))))


for _name, _text in WRITTEN.items():
    RANGES.add(_name, "roomy_alone", partial(rewritten, text=_text))


def gap_written(write: Callable[[bytes], bytes]) -> Callable[[Papers], bytes]:
    """The honest range, its value written in another way: nothing of what is signed changes."""

    def build(papers: Papers) -> bytes:
        pdf = papers.roomy_alone
        place = places(pdf)[-1]
        covered = pdf[: place.gap[0]] + pdf[place.gap[1] :]
        return with_gap(pdf, place, write(papers.sign_over(covered).dump()))

    return build


def literal(der: bytes) -> bytes:
    escaped = der.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b"\\r")
    return b"(" + escaped + b")"


GAPS: dict[str, Callable[[bytes], bytes]] = {
    "contents a literal string": literal,
    "contents shorter than the gap": lambda der: b"<" + der.hex().encode() + b">",
    "comment in the gap": lambda der: b"<" + der.hex().encode() + b"> % only a comment",
    "entries in the gap": lambda der: b"<" + der.hex().encode() + b"> /Reason (Avslag) /Name (Annan)",
    "contents twice, another first": lambda der: b"<3000> /Contents <" + der.hex().encode() + b">",
    "contents twice, another last": lambda der: b"<" + der.hex().encode() + b"> /Contents <3000>",
    "space before the contents": lambda der: b"   <" + der.hex().encode() + b">",
    "range in the gap": lambda der: b"<" + der.hex().encode() + b"> /ByteRange [0 10 20 30]",
    "object ended in the gap": lambda der: b"<" + der.hex().encode() + b"> >>\nendobj\n8000 0 obj\n<< /Trap",
    "contents with garbage between": lambda der: (
        b"<" + der.hex().encode()[:400] + b"zz??" + der.hex().encode()[400:] + b">"
    ),
}

for _name, _write in GAPS.items():
    RANGES.add(_name, "roomy_alone", gap_written(_write))


@RANGES.attack("roomy_alone")
def page_changed_in_the_hole(papers: Papers) -> bytes:
    """What lies in a hole is free: here the words of the page."""
    pdf = resigned(papers, lambda p, n: (0, 1000, 1600, p.gap[0] - 1600, p.gap[1], n - p.gap[1]))
    return pdf[:1200] + bytes(byte ^ 1 for byte in pdf[1200:1210]) + pdf[1210:]


@RANGES.attack("adjuster")
def two_fields_share_one_value(papers: Papers) -> bytes:
    editor = Editor.on(papers.adjuster)
    editor.put(editor.field("Justerare"), "/V", editor.field("Sekreterare").raw_get("/V"))
    return editor.done()


@RANGES.attack("secretary")
def another_field_takes_the_value(papers: Papers) -> bytes:
    """One signature, shown as two people's."""
    editor = Editor.on(papers.secretary)
    editor.put(editor.field("Justerare"), "/V", editor.field("Sekreterare").raw_get("/V"))
    return editor.done()


@RANGES.attack("secretary", victims=("Justerare",))
def another_field_takes_a_copy_of_the_value(papers: Papers) -> bytes:
    editor = Editor.on(papers.secretary)
    value = editor.field("Sekreterare")["/V"]
    copy = {key: value.raw_get(key) for key in value}
    text = " ".join(f"{key} {entry}" for key, entry in copy.items() if key not in {"/Contents", "/M", "/ByteRange"})
    numbers = " ".join(map(str, copy["/ByteRange"]))
    made = editor.add(f"<< {text} /ByteRange [{numbers}] /Contents <{bytes(copy['/Contents']).hex()}> >>")
    editor.put(editor.field("Justerare"), "/V", made)
    return editor.done()


@RANGES.attack("roomy_alone")
def weak_digest_by_a_right_key(papers: Papers) -> bytes:
    pdf = papers.roomy_alone
    place = places(pdf)[-1]
    covered = pdf[: place.gap[0]] + pdf[place.gap[1] :]
    return with_contents(pdf, place, papers.sign_over(covered, Hand(digest="sha1", timestamped=False)).dump())
