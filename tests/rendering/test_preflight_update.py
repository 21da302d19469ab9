"""A revision is judged by what it changed; where that is more than a form filled in, all of the file is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from drawn_minutes import drawn

from signflow.rendering.preflight.file import PdfFile
from signflow.rendering.preflight.preflight import check_pdf, check_update
from signflow.rendering.preflight.update import changed_by_filling_in

Objects = dict[int, bytes]
Change = Callable[["Before"], Objects]


class Before:
    """A copy to sign, and the sources of its objects."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        found = re.findall(rb"(?<=\n)(\d+) 0 obj\n(.*?)\nendobj\n", pdf, re.DOTALL)
        self.objects = {int(number): source for number, source in found}

    @property
    def new(self) -> int:
        return max(self.objects) + 1

    def find(self, pattern: bytes) -> int:
        return next(number for number, source in sorted(self.objects.items()) if re.search(pattern, source))

    def changed(self, pattern: bytes, old: bytes, new: bytes) -> Objects:
        number = self.find(pattern)
        assert old in self.objects[number]
        return {number: self.objects[number].replace(old, new, 1)}

    def after(self, objects: Objects) -> bytes:
        """The file with a revision more."""
        out = bytearray(self.pdf)
        places: dict[int, int] = {}
        for number, source in sorted(objects.items()):
            places[number] = len(out)
            out += b"%d 0 obj\n%b\nendobj\n" % (number, source)
        start = len(out)
        out += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % one for one in sorted(places.items()))
        kept = b"".join(found[0] for found in re.finditer(rb"/(?:Root|Info) \d+ 0 R", self.pdf[-600:]))
        identifier = re.findall(rb"<[0-9a-f]{32}>", self.pdf[-600:])
        size, earlier = (
            max(self.new, *(number + 1 for number in objects)),
            re.findall(rb"startxref\n(\d+)", self.pdf)[-1],
        )
        out += b"trailer\n<<%b /ID [%b%b] /Size %d /Prev %b>>\n" % (kept, *identifier[:2], size, earlier)
        return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


@pytest.fixture(scope="module")
def before(render: Callable[..., bytes]) -> Before:
    return Before(render(drawn(5, items=3)))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(content), content)


_WIDGET, _PAGE = rb"/Subtype /Widget", rb"/Type /Page\b(?!s)"
_FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <<>> "


def seen(before: Before, content: bytes, resources: bytes = b"<<>>") -> Objects:
    """An appearance for the first field."""
    number = before.find(_WIDGET)
    widget = re.sub(rb"/N \d+ 0 R", b"/N %d 0 R" % before.new, before.objects[number])
    return {number: widget, before.new: stream(content, _FORM.replace(b"<<>>", resources))}


def test_an_appearance_filled_in_is_judged_alone(before: Before) -> None:
    after = before.after(seen(before, b"0 0 9 9 re f"))
    changed = changed_by_filling_in(before.pdf, PdfFile(after))
    assert changed == {before.find(_WIDGET), before.new}
    assert check_update(before.pdf, after) == check_pdf(after) == []


WRONG: dict[str, Change] = {
    "colour": lambda one: seen(one, b"0 0 0 1 k 0 0 9 9 re f"),
    "operator": lambda one: seen(one, b"1 odd"),
    "font": lambda one: seen(
        one, b"BT /F 9 Tf (a) Tj ET", b"<</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Courier>>>>>>"
    ),
    "hidden": lambda one: one.changed(_WIDGET, b"/F 132", b"/F 2"),
    "undescribed": lambda one: one.changed(_WIDGET, b"/TU", b"/TX"),
    "elsewhere": lambda one: one.changed(_WIDGET, b"/StructParent ", b"/StructParent 9"),
    "page-content": lambda one: {
        int(re.search(rb"/Contents (\d+)", one.objects[one.find(_PAGE)])[1]): stream(b"0 0 9 9 re f")  # type: ignore[index] -- every page has one
    },
    "metadata": lambda one: {one.find(rb"/Subtype /XML"): stream(b"<a/>", b"/Type /Metadata /Subtype /XML ")},
    "language": lambda one: one.changed(rb"/Type /Catalog", b"/Lang", b"/Lung"),
    "structure": lambda one: one.changed(rb"/S/H1/", b"/S/H1", b"/S/H3"),
    "font-swapped": lambda one: one.changed(rb"/Subtype /CIDFontType2", b"/W [0 [", b"/W [0 [999 999 "),
    "appearances": lambda one: one.changed(rb"/SigFlags", b"/SigFlags", b"/NeedAppearances true /SigFlags"),
    "script": lambda one: one.changed(_WIDGET, b"/F 132", b"/F 132 /AA <</E <</S /JavaScript /JS (1)>>>>"),
    "spacing": lambda one: {one.new: b"<</A <abc>>>"},
    "dangling": lambda one: {one.new: b"<</A 9999 0 R>>"},
    "annotation": lambda one: {
        **one.changed(_PAGE, b"/Annots [", b"/Annots [%d 0 R " % one.new),
        one.new: b"<</Type /Annot /Subtype /Square /Rect [0 0 9 9] /F 4>>",
    },
    "annotation-of-old": lambda one: one.changed(
        _PAGE, b"/Annots [", b"/Annots [%d 0 R " % one.find(rb"/Type /Catalog")
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_a_revision_breaks_is_found(before: Before, name: str) -> None:
    after = before.after(WRONG[name](before))
    found = check_update(before.pdf, after)
    assert found
    assert set(found) <= set(check_pdf(after))


@pytest.mark.parametrize(
    "name", ["page-content", "metadata", "language", "structure", "font-swapped", "elsewhere", "annotation-of-old"]
)
def test_more_than_a_form_filled_in_has_all_judged(before: Before, name: str) -> None:
    assert changed_by_filling_in(before.pdf, PdfFile(before.after(WRONG[name](before)))) is None


def test_a_file_that_does_not_go_on_from_the_other_is_judged_whole(
    before: Before, render: Callable[..., bytes]
) -> None:
    other = render(drawn(6, items=1))
    assert changed_by_filling_in(before.pdf, PdfFile(other)) is None
    assert check_update(b"no PDF", other) == check_update(before.pdf, other) == []


def test_bytes_between_the_revisions_change_nothing_of_that(before: Before) -> None:
    after = before.after(seen(before, b"0 0 9 9 re f"))
    earlier = re.findall(rb"/Prev (\d+)", after)[-1]
    skipped = after.replace(b"/Prev " + earlier, b"/Prev " + b"0" * (len(earlier) - 1) + b"9")
    assert check_update(before.pdf, skipped) != []
