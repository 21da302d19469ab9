"""Two ways to lay hands on a PDF: with an editor that appends well-formed updates, and with a hex editor."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_RANGE = re.compile(rb"/ByteRange ?\[ *(\d+) +(\d+) +(\d+) +(\d+) *\] *")
_TOKEN = re.compile(rb"startxref\s+(\d+)\s+%%EOF")


class Editor(IncrementalPdfFileWriter):
    """Appends one revision with what was changed and added, and touches nothing else.

    pyHanko's own writer also rewrites the document information, which alone would give an attack away.
    """

    def _update_meta(self) -> None:
        pass

    def ensure_output_version(self, version: object) -> None:
        pass

    def register_extension(self, ext: DeveloperExtension) -> None:
        pass

    @classmethod
    def on(cls, pdf: bytes) -> Editor:
        return cls(BytesIO(pdf), strict=False)

    def page(self, number: int) -> Any:
        return self.root["/Pages"]["/Kids"][number]

    def page_ref(self, number: int) -> Any:
        return self.root["/Pages"]["/Kids"].raw_get(number)

    def field_ref(self, name: str) -> Any:
        """A field right under the form."""
        fields = self.root["/AcroForm"]["/Fields"]
        return next(one for one in map(fields.raw_get, range(len(fields))) if one.get_object().get("/T") == name)

    def field(self, name: str) -> Any:
        """Its dictionary, which is its widget too."""
        return self.field_ref(name).get_object()

    def value(self, text: str) -> Any:
        """An object from how it is written in a file; references are to this one."""
        return generic.read_object(BytesIO(text.encode("latin-1") + b" "), generic.TrailerReference(self))

    def add(self, text: str, stream: bytes | None = None) -> Any:
        """A new object, a stream where its data is given."""
        made = self.value(text)
        if stream is not None:
            made = generic.StreamObject(made, stream_data=stream)
        return self.add_object(made)

    def put(self, container: Any, key: str, value: object) -> None:
        """Give the entry that value, written as in a file or an object; the container is part of the update."""
        made = self.value(value) if isinstance(value, str) else value
        container[generic.NameObject(key)] = made
        self.update_container(container)

    def drop(self, container: Any, key: str) -> None:
        del container[key]
        self.update_container(container)

    def append(self, array: Any, value: object) -> None:
        array.append(self.value(value) if isinstance(value, str) else value)
        self.update_container(array)

    def swap(self, reference: Any, text: str, stream: bytes | None = None) -> None:
        """Another object under an old number."""
        made = self.value(text)
        if stream is not None:
            made = generic.StreamObject(made, stream_data=stream)
        self.objects[reference.generation, reference.idnum] = made

    def done(self) -> bytes:
        out = BytesIO()
        self.write(out)
        return out.getvalue()


def edited(pdf: bytes, change: Callable[[Editor], object]) -> bytes:
    """The file with one more revision, in which that was changed."""
    editor = Editor.on(pdf)
    change(editor)
    return editor.done()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature lies in the file.

    Attributes:
        gap: From `<` up to and with `>` of its contents, as its byte range has it.
        written: Where `/ByteRange [...]` and the spaces after it stand.
        numbers: The four numbers.
    """

    gap: tuple[int, int]
    written: tuple[int, int]
    numbers: tuple[int, int, int, int]

    def contents(self, pdf: bytes) -> bytes:
        """What the gap holds, decoded, with the zeros that pad it."""
        return bytes.fromhex(pdf[self.gap[0] + 1 : self.gap[1] - 1].decode())


def places(pdf: bytes) -> list[Place]:
    """All signatures and document timestamps, in the order of the file."""
    found: list[Place] = []
    for match in _RANGE.finditer(pdf):
        start, before, after, length = (int(one) for one in match.groups())
        found.append(Place((start + before, after), match.span(), (start, before, after, length)))
    return sorted(found, key=lambda place: place.gap)


def with_range(pdf: bytes, place: Place, text: str) -> bytes:
    """Another `/ByteRange` entry, or something else, in the room that the old one took; nothing moves."""
    start, end = place.written
    made = text.encode("latin-1")
    if len(made) > end - start:
        raise ValueError(text)
    return pdf[:start] + made.ljust(end - start) + pdf[end:]


def with_gap(pdf: bytes, place: Place, made: bytes) -> bytes:
    """Something else where the contents were; nothing moves."""
    start, end = place.gap
    if len(made) > end - start:
        raise ValueError(f"{len(made)} > {end - start}")
    return pdf[:start] + made.ljust(end - start) + pdf[end:]


def with_contents(pdf: bytes, place: Place, der: bytes) -> bytes:
    """Another signature value in the same room, padded with zeros."""
    start, end = place.gap
    return with_gap(pdf, place, b"<" + der.hex().encode().ljust(end - start - 2, b"0") + b">")


def cms_of(pdf: bytes, place: Place) -> cms.ContentInfo:
    return cms.ContentInfo.load(place.contents(pdf))


def last_startxref(pdf: bytes) -> int:
    return int(_TOKEN.findall(pdf)[-1])


def written_objects(objects: Mapping[int, bytes], at: int) -> tuple[bytes, dict[int, int]]:
    """Indirect objects one after the other, and where each lies when the first lies `at`."""
    body, offsets = bytearray(), {}
    for number, content in objects.items():
        offsets[number] = at + len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return bytes(body), offsets


def xref_table(offsets: Mapping[int, int], freed: Mapping[int, int] | None = None) -> bytes:
    """A classic table. `freed` tells the generation that a number would be given next."""
    rows = {number: b"%010d 00000 n \n" % offset for number, offset in offsets.items()}
    rows |= {number: b"%010d %05d f \n" % (0, generation) for number, generation in (freed or {}).items()}
    rows.setdefault(0, b"0000000000 65535 f \n")
    return b"xref\n" + b"".join(b"%d 1\n%s" % (number, rows[number]) for number in sorted(rows))


def appended(
    pdf: bytes, objects: Mapping[int, bytes], *, trailer: str = "", freed: Mapping[int, int] | None = None
) -> bytes:
    """The file with a hand-made revision: these objects, a table for them, and a trailer with further entries."""
    glue = b"" if pdf.endswith(b"\n") else b"\n"
    body, offsets = written_objects(objects, len(pdf) + len(glue))
    start = len(pdf) + len(glue) + len(body)
    size = max([*objects, *(freed or {}), *map(int, re.findall(rb"/Size (\d+)", pdf))]) + 1
    end = f"trailer\n<< /Size {size} /Root {root_of(pdf)} 0 R /Prev {last_startxref(pdf)} {trailer}>>\n"
    end += f"startxref\n{start}\n%%EOF\n"
    return pdf + glue + body + xref_table(offsets, freed) + end.encode("latin-1")


def root_of(pdf: bytes) -> int:
    return int(re.findall(rb"/Root (\d+) 0 R", pdf)[-1])


def object_text(pdf: bytes, number: int) -> bytes:
    """How an object that is no stream is written in the newest revision that has it."""
    found = re.findall(rb"(?<!\d)%d 0 obj\s(.*?)\s*endobj" % number, pdf, re.DOTALL)
    return found[-1]
