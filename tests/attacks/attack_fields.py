"""Form fields and their widgets: duplicates, overlaps, swapped and hidden appearances, scripts and calculations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attack_kinds import Aim, Family
from attack_pages import Change, after_all, within_the_next
from attack_papers import AMOUNT_FIELD, appearance, filled
from attack_pdf import Editor, edited
from attack_saving import WORDS

FIELDS = Family("fields")
FIRST, LAST, EMPTY = "Sekreterare", "Justerare", "Sigill"


def _form(key: str, text: str) -> Change:
    return lambda editor: editor.put(editor.root["/AcroForm"], key, text)


def _field(name: str, key: str, text: str) -> Change:
    return lambda editor: editor.put(editor.field(name), key, text)


def _look(editor: Editor, words: bytes = WORDS) -> Any:
    return editor.add("<< /Type /XObject /Subtype /Form /BBox [0 0 230 52] /Resources << >> >>", stream=words)


def _shown(name: str) -> Change:
    return lambda editor: editor.put(editor.field(name), "/AP", f"<< /N {_look(editor).idnum} 0 R >>")


def _shown_under_its_number(name: str) -> Change:
    return lambda editor: editor.swap(
        editor.field(name)["/AP"].raw_get("/N"),
        "<< /Type /XObject /Subtype /Form /BBox [0 0 230 52] /Resources << >> >>",
        WORDS,
    )


def _swapped_looks(editor: Editor) -> None:
    one, other = editor.field(FIRST), editor.field(LAST)
    first, second = one["/AP"].raw_get("/N"), (other["/AP"]).raw_get("/N")
    editor.put(one, "/AP", f"<< /N {second.idnum} 0 R >>")
    editor.put(other, "/AP", f"<< /N {first.idnum} 0 R >>")


def _new_field(editor: Editor, entries: str, rect: str = "56 600 286 652") -> Any:
    made = editor.add(
        f"<< /Type /Annot /Subtype /Widget /F 4 /Rect [{rect}] /P {editor.page_ref(-1).idnum} 0 R {entries}"
        f" /AP << /N {_look(editor).idnum} 0 R >> >>"
    )
    editor.append(editor.root["/AcroForm"]["/Fields"], made)
    editor.append(editor.page(-1)["/Annots"], made)
    return made


def _added(entries: str) -> Change:
    return lambda editor: _new_field(editor, entries)


def _another_widget(editor: Editor) -> None:
    """A kid of the signed field, seen elsewhere."""
    field = editor.field_ref(FIRST)
    kid = editor.add(
        f"<< /Type /Annot /Subtype /Widget /F 4 /Rect [0 0 595 842] /Parent {field.idnum} 0 R"
        f" /AP << /N {_look(editor).idnum} 0 R >> >>"
    )
    editor.put(field.get_object(), "/Kids", f"[{kid.idnum} 0 R]")
    editor.append(editor.page(0)["/Annots"], kid)


def _without_widget(editor: Editor) -> None:
    page = editor.page(-1)
    number = editor.field_ref(FIRST).idnum
    left = [one for one in map(page["/Annots"].raw_get, range(len(page["/Annots"]))) if one.idnum != number]
    editor.put(page, "/Annots", "[" + " ".join(f"{one.idnum} 0 R" for one in left) + "]")


def _replaced_form(editor: Editor) -> None:
    fields = editor.root["/AcroForm"]["/Fields"]
    refs = " ".join(f"{fields.raw_get(number).idnum} 0 R" for number in range(len(fields)))
    editor.put(editor.root, "/AcroForm", editor.add(f"<< /Fields [{refs}] /SigFlags 3 /NeedAppearances true >>"))


def _renamed_value(editor: Editor) -> None:
    """The name that readers show beside the signature, in a copy of its dictionary."""
    value = editor.field(LAST)["/V"]
    editor.put(value, "/Name", "(Någon Annan)")


def _unlisted(editor: Editor) -> None:
    fields = editor.root["/AcroForm"]["/Fields"]
    left = [fields.raw_get(n) for n in range(len(fields)) if fields.raw_get(n).get_object()["/T"] != LAST]
    editor.put(editor.root["/AcroForm"], "/Fields", "[" + " ".join(f"{one.idnum} 0 R" for one in left) + "]")


def without(changes: Mapping[str, Change], *names: str) -> Mapping[str, Change]:
    return {name: change for name, change in changes.items() if name not in names}


FIELD_CHANGES: Mapping[str, Change] = {
    "another form on top": _form("/XFA", "[(template) 1 0 R]"),
    "calculation": _form("/CO", "[1 0 R]"),
    "signatures not flagged": _form("/SigFlags", "0"),
    "description changed": _field(FIRST, "/TU", "(Sakkunnig, ej underskrift)"),
    "widget moved": _field(FIRST, "/Rect", "[56 100 286 152]"),
    "widget over the whole page": _field(FIRST, "/Rect", "[0 0 595 842]"),
    "widget hidden": _field(FIRST, "/F", "2"),
    "widget not printed": _field(FIRST, "/F", "128"),
    "widget shown on another page": lambda editor: editor.put(editor.field(FIRST), "/P", editor.page_ref(0)),
    "widget without structure": lambda editor: editor.drop(editor.field(FIRST), "/StructParent"),
    "widget with a border": _field(FIRST, "/MK", "<< /BG [0 0 0] /CA (Avslag) >>"),
    "widget with an action": _field(FIRST, "/A", "<< /S /URI /URI (https://other.example/) >>"),
    "widget with script": _field(FIRST, "/AA", "<< /E << /S /JavaScript /JS (1) >> >>"),
    "widget in a layer": _field(FIRST, "/OC", "<< /Type /OCG /Name (Av) >>"),
    "widget with another state": _field(FIRST, "/AS", "/Off"),
    "field renamed": _field(FIRST, "/T", "(Någon annan)"),
    "field of another type": _field(FIRST, "/FT", "/Tx"),
    "field locks others": _field(FIRST, "/Lock", "<< /Type /SigFieldLock /Action /All >>"),
    "field with seed values": _field(FIRST, "/SV", "<< /Type /SV /Reasons [(Avslag)] >>"),
    "signed field shows something else": _shown(FIRST),
    "signed field shows something else under its number": _shown_under_its_number(FIRST),
    "field not signed looks signed": _shown(EMPTY),
    "field not signed looks signed under its number": _shown_under_its_number(EMPTY),
    "field not signed moved": _field(EMPTY, "/Rect", "[0 0 595 842]"),
    "field not signed described otherwise": _field(EMPTY, "/TU", "(Beslutet gäller inte)"),
    "appearances swapped": _swapped_looks,
    "second field of the same name": _added(f"/FT /Sig /T ({FIRST})"),
    "second field of the same name, a text": _added(f"/FT /Tx /T ({FIRST}) /V (x)"),
    "empty signature field over another": _added("/FT /Sig /T (Ny)"),
    "text field over a signature": _added("/FT /Tx /T (Ny) /V (Avslag)"),
    "button over a signature": _added("/FT /Btn /Ff 65536 /T (Knapp) /A << /S /ResetForm >>"),
    "field with a value that is no signature": _added("/FT /Sig /T (Ny) /V (Avslag)"),
    "another widget for a signed field": _another_widget,
    "widget taken off the page": _without_widget,
}
STRIPPED: Mapping[str, Change] = {
    "value taken out of the field": lambda editor: editor.drop(editor.field(LAST), "/V"),
    "field taken out of the form": _unlisted,
    "form taken out": lambda editor: editor.drop(editor.root, "/AcroForm"),
    "form emptied": _form("/Fields", "[]"),
}

# what other programs do when they fill in a form: a validator lets it pass, but not unsaid; the gate does not
FILLING: Mapping[str, Change] = {
    "appearances drawn by the reader": _form("/NeedAppearances", "true"),
    "shared fonts": _form("/DR", "<< /Font << >> >>"),
    "form replaced": _replaced_form,
    "field flags": _field(FIRST, "/Ff", "1"),
}
ON_THE_LAST: Mapping[str, Change] = {
    "last signed field shows something else": _shown(LAST),
    "last signed field shows something else under its number": _shown_under_its_number(LAST),
    "name in the dictionary changed": _renamed_value,
}
NOT_SIGNED = tuple(name for name in FIELD_CHANGES if "not signed" in name)
UNDONE_BY_SIGNING = ("signatures not flagged", "field of another type", "appearances swapped")

after_all(FIELDS, FIELD_CHANGES, "adjuster")
after_all(FIELDS, without(FIELD_CHANGES, *NOT_SIGNED), "sealed")
within_the_next(FIELDS, without(FIELD_CHANGES, *UNDONE_BY_SIGNING))
within_the_next(FIELDS, {"field of another type": FIELD_CHANGES["field of another type"]}, aim=Aim.STRIP)
after_all(FIELDS, FILLING, "adjuster", "sealed", aim=Aim.HUSH)
within_the_next(FIELDS, FILLING, aim=Aim.HUSH)
after_all(FIELDS, ON_THE_LAST, "adjuster", victims=(LAST,))
after_all(FIELDS, STRIPPED, "adjuster", "sealed", aim=Aim.STRIP)


def refilled(value: str, shown: str) -> Callable[[bytes], bytes]:
    def build(pdf: bytes) -> bytes:
        def change(editor: Editor) -> None:
            field = editor.field(AMOUNT_FIELD)
            editor.put(field, "/V", f"({value})")
            editor.put(field["/AP"], "/N", appearance(editor, shown))
            editor.update_container(field)

        return edited(pdf, change)

    return build


# filling in is what a form is for, so it may pass; but what was filled in before the signature must not change unsaid
FIELDS.variants(
    {
        "amount overwritten": lambda pdf: filled(pdf, "9 000 000 kr"),
        "amount shown is not its value": refilled("1 000 kr", "9 000 000 kr"),
        "amount set in another font": lambda pdf: edited(
            pdf, lambda editor: editor.put(editor.field(AMOUNT_FIELD), "/DA", "(/Symbol 10 Tf 0 g)")
        ),
        "amount is not what is shown": refilled("9 000 000 kr", "1 000 kr"),
    },
    "form_signed",
    aim=Aim.HUSH,
)
FIELDS.variants(
    {
        "text field moved": lambda pdf: edited(
            pdf, lambda editor: editor.put(editor.field(AMOUNT_FIELD), "/Rect", "[0 0 595 842]")
        ),
        "text field with a script": lambda pdf: edited(
            pdf, lambda editor: editor.put(editor.field(AMOUNT_FIELD), "/AA", "<< /C << /S /JavaScript /JS (1) >> >>")
        ),
        "text field described otherwise": lambda pdf: edited(
            pdf, lambda editor: editor.put(editor.field(AMOUNT_FIELD), "/TU", "(Antal)")
        ),
    },
    "form_signed",
)
