"""What a page shows, changed: in an update after the signatures, or in the very revision of the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from attack_kinds import Aim, Family
from attack_papers import Hand, Papers
from attack_pdf import Editor, edited
from attack_saving import WORDS
from signing_house import ADJUSTER, SECRETARY

PAGES = Family("pages")
Change = Callable[[Editor], object]

ANNOTATIONS: dict[str, str] = {
    "free text": "/Subtype /FreeText /Contents (Avslag) /DA (/Helv 30 Tf 1 0 0 rg)",
    "stamp": "/Subtype /Stamp /Name /NotApproved",
    "square": "/Subtype /Square /IC [1 1 1] /C [1 1 1]",
    "redaction": "/Subtype /Redact /IC [0 0 0]",
    "highlight": "/Subtype /Highlight /QuadPoints [56 740 400 740 56 700 400 700]",
    "line": "/Subtype /Line /L [56 720 400 720] /C [1 0 0]",
    "ink": "/Subtype /Ink /InkList [[56 720 400 720]]",
    "note": "/Subtype /Text /Contents (Avslag)",
    "popup": "/Subtype /Popup /Open true",
    "link": "/Subtype /Link /A << /S /URI /URI (https://other.example/) >>",
    "file": "/Subtype /FileAttachment /FS << /Type /Filespec /F (x.exe) >>",
    "watermark": "/Subtype /Watermark",
    "screen": "/Subtype /Screen",
    "unknown kind": "/Subtype /Inventory",
}


def _annotate(editor: Editor, entries: str, page: int = 0) -> None:
    look = editor.add("<< /Type /XObject /Subtype /Form /BBox [0 0 400 40] >>", stream=WORDS)
    note = editor.add(f"<< /Type /Annot /F 4 /Rect [56 700 456 740] {entries} /AP << /N {look.idnum} 0 R >> >>")
    editor.append(editor.page(page)["/Annots"], note)


def _content(editor: Editor, data: bytes) -> None:
    editor.swap(editor.page(0).raw_get("/Contents"), "<< >>", data)


def _paint(editor: Editor) -> None:
    page = editor.page(0)
    box = editor.add("<< >>", stream=WORDS)
    editor.put(page, "/Contents", f"[{page.raw_get('/Contents').idnum} 0 R {box.idnum} 0 R]")


def _kids(editor: Editor, numbers: tuple[int, ...]) -> None:
    pages = editor.root["/Pages"]
    kids = " ".join(f"{editor.page_ref(number).idnum} 0 R" for number in numbers)
    editor.put(pages, "/Count", str(len(numbers)))
    editor.put(pages, "/Kids", f"[{kids}]")


def _add_page(editor: Editor) -> None:
    pages = editor.root["/Pages"]
    content = editor.add("<< >>", stream=WORDS)
    made = editor.add(
        f"<< /Type /Page /Parent {editor.root.raw_get('/Pages').idnum} 0 R /MediaBox [0 0 595 842]"
        f" /Annots [] /Contents {content.idnum} 0 R >>"
    )
    editor.put(pages, "/Count", str(len(pages["/Kids"]) + 1))
    editor.append(pages["/Kids"], made)
    editor.update_container(pages)


def _swap_pages_by_number(editor: Editor) -> None:
    first, second = editor.page_ref(0), editor.page_ref(1)
    one, other = first.get_object(), second.get_object()
    editor.objects[first.generation, first.idnum] = other
    editor.objects[second.generation, second.idnum] = one


def _first_font(editor: Editor) -> object:
    fonts = editor.page(0)["/Resources"]["/Font"]
    return next(fonts[name] for name in fonts if "/DescendantFonts" in fonts[name] or "/ToUnicode" in fonts[name])


def _font(editor: Editor, key: str, text: str, stream: bytes | None = None) -> None:
    font = _first_font(editor)
    editor.put(font, key, editor.add(text, stream) if stream is not None else text)


def _page(key: str, text: str, number: int = 0) -> Change:
    return lambda editor: editor.put(editor.page(number), key, text)


PAGE_CHANGES: Mapping[str, Change] = {
    "box over the page": _paint,
    "content replaced under its number": lambda editor: _content(editor, WORDS),
    "content emptied": lambda editor: _content(editor, b""),
    "content missing": lambda editor: editor.drop(editor.page(0), "/Contents"),
    "page removed": lambda editor: _kids(editor, (1,)),
    "pages in another order": lambda editor: _kids(editor, (1, 0)),
    "page twice": lambda editor: _kids(editor, (0, 0, 1)),
    "page added": _add_page,
    "pages swapped by number": _swap_pages_by_number,
    "page turned": _page("/Rotate", "180"),
    "page box moved": _page("/MediaBox", "[0 0 595 600]"),
    "crop box over half the page": _page("/CropBox", "[0 0 595 400]"),
    "page unit changed": _page("/UserUnit", "2.0"),
    "page resources empty": _page("/Resources", "<< >>"),
    "page opens with an action": _page("/AA", "<< /O << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"),
    "page group blends": _page("/Group", "<< /S /Transparency /CS /DeviceCMYK /K true >>"),
    "page structure key changed": _page("/StructParents", "1"),
    "page annotations emptied": _page("/Annots", "[]", -1),
    "inherited resources": lambda editor: editor.put(editor.root["/Pages"], "/Resources", "<< /Font << >> >>"),
    "inherited rotation": lambda editor: editor.put(editor.root["/Pages"], "/Rotate", "90"),
    "font maps to other letters": lambda editor: _font(
        editor, "/ToUnicode", "<< >>", b"1 beginbfrange <0000> <ffff> <0041> endbfrange"
    ),
    "font replaced": lambda editor: _font(editor, "/BaseFont", "/Courier"),
    "font widths changed": lambda editor: _font(editor, "/W", "[0 [0]]"),
    "font encoding changed": lambda editor: _font(editor, "/Encoding", "/Identity-V"),
    "annotation hidden under a page that had none": lambda editor: _annotate(editor, "/Subtype /FreeText"),
} | {f"annotation: {name}": partial(_annotate, entries=entries) for name, entries in ANNOTATIONS.items()}


def after_all(
    family: Family, changes: Mapping[str, Change], *bases: str, aim: Aim = Aim.FORGE, victims: tuple[str, ...] = ()
) -> None:
    """Each change in an update of its own, after the last signature."""
    made = {name: partial(edited, change=change) for name, change in changes.items()}
    family.variants(made, *bases, aim=aim, victims=victims)


def within_the_next(family: Family, changes: Mapping[str, Change], *, aim: Aim = Aim.FORGE) -> None:
    """Each change in the revision of the adjuster's signature, which covers it; the secretary signed without."""

    def build(papers: Papers, change: Change) -> bytes:
        return papers.by_pyhanko(papers.secretary, ADJUSTER[0], Hand(), person=ADJUSTER[1], change=change)

    for name, change in changes.items():
        family.add(name, "next signature", partial(build, change=change), aim=aim, victims=(SECRETARY[0],))


after_all(PAGES, PAGE_CHANGES, "adjuster", "sealed")
within_the_next(PAGES, PAGE_CHANGES)
