"""What surrounds the pages, changed: actions, layers, what a screen reader hears, metadata, attachments, names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attack_kinds import Aim, Family
from attack_pages import Change, after_all, within_the_next
from attack_pdf import Editor

CATALOG = Family("document")
OTHER_METADATA = (
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    b"</rdf:RDF></x:xmpmeta>"
)
_SCRIPT = "<< /S /JavaScript /JS (this.getField\\('Belopp'\\).value = '9') >>"


def _root(key: str, text: str) -> Change:
    return lambda editor: editor.put(editor.root, key, text)


def _without(key: str) -> Change:
    return lambda editor: editor.drop(editor.root, key)


def elements(editor: Editor) -> Any:
    """The structure elements of the document, in reading order."""
    return editor.root["/StructTreeRoot"]["/K"][0]["/K"]


def _element(key: str, text: str, number: int = 0) -> Change:
    return lambda editor: editor.put(elements(editor)[number], key, text)


def _reversed(editor: Editor) -> None:
    kids = elements(editor)
    order = " ".join(f"{kids.raw_get(number).idnum} 0 R" for number in reversed(range(len(kids))))
    editor.put(editor.root["/StructTreeRoot"]["/K"][0], "/K", f"[{order}]")


def _shortened(editor: Editor) -> None:
    kids = elements(editor)
    del kids[0]
    editor.update_container(kids)


def _moved_mark(editor: Editor) -> None:
    """The heading reads what the first paragraph says."""
    part = elements(editor)[0]["/K"][0]
    editor.put(part, "/MCID", "1")


def _parents(editor: Editor) -> None:
    editor.put(editor.root["/StructTreeRoot"], "/ParentTree", "<< /Nums [] >>")


def _metadata(editor: Editor) -> None:
    made = editor.add("<< /Type /Metadata /Subtype /XML >>", stream=OTHER_METADATA)
    editor.put(editor.root, "/Metadata", made)


def _metadata_in_place(editor: Editor) -> None:
    editor.swap(editor.root.raw_get("/Metadata"), "<< /Type /Metadata /Subtype /XML >>", OTHER_METADATA)


def _attached(editor: Editor) -> str:
    data = editor.add("<< /Type /EmbeddedFile >>", stream=b"Avslag")
    file = editor.add(f"<< /Type /Filespec /F (beslut.txt) /UF (beslut.txt) /EF << /F {data.idnum} 0 R >> >>")
    return f"{file.idnum} 0 R"


def _layered(editor: Editor) -> None:
    layer = editor.add("<< /Type /OCG /Name (Beslut) >>")
    editor.put(
        editor.root, "/OCProperties", f"<< /OCGs [{layer.idnum} 0 R] /D << /OFF [{layer.idnum} 0 R] /Order [] >> >>"
    )


def _info(editor: Editor, entries: str) -> None:
    made = editor.add(f"<< {entries} >>")
    editor.set_info(made)


CATALOG_CHANGES: Mapping[str, Change] = {
    "opens with a script": _root("/OpenAction", _SCRIPT),
    "opens at another page": _root("/OpenAction", "[1 /Fit]"),
    "script at closing": _root("/AA", f"<< /WC {_SCRIPT} >>"),
    "script by name": _root("/Names", f"<< /JavaScript << /Names [(a) {_SCRIPT}] >> >>"),
    "attachment by name": lambda editor: editor.put(
        editor.root, "/Names", f"<< /EmbeddedFiles << /Names [(beslut.txt) {_attached(editor)}] >> >>"
    ),
    "attachment associated": lambda editor: editor.put(editor.root, "/AF", f"[{_attached(editor)}]"),
    "shown as a collection": _root("/Collection", "<< /Type /Collection /View /D >>"),
    "destinations": _root("/Dests", "<< /beslut [1 /Fit] >>"),
    "destinations by name": _root("/Names", "<< /Dests << /Names [(beslut) [1 /Fit]] >> >>"),
    "page labels": _root("/PageLabels", "<< /Nums [0 << /S /r /St 7 >>] >>"),
    "outline": _root("/Outlines", "<< /Type /Outlines /Count 0 >>"),
    "layers": _layered,
    "output intents missing": _without("/OutputIntents"),
    "output intents replaced": _root("/OutputIntents", "[<< /S /GTS_PDFA1 /OutputConditionIdentifier (x) >>]"),
    "language changed": _root("/Lang", "(ar)"),
    "tagging denied": _root("/MarkInfo", "<< /Marked false >>"),
    "preferences changed": _root("/ViewerPreferences", "<< /HideToolbar true /Direction /R2L >>"),
    "page mode changed": _root("/PageMode", "/FullScreen"),
    "base address": _root("/URI", "<< /Base (https://other.example/) >>"),
    "requirements": _root("/Requirements", "[<< /S /EnableJavaScripts >>]"),
    "permissions invented": _root("/Perms", "<< /UR3 << /Type /Sig >> >>"),
    "legal statement": _root("/Legal", "<< /JavaScriptActions 0 >>"),
    "unknown entry": _root("/Inventory", "(x)"),
    "page tree elsewhere": lambda editor: editor.put(
        editor.root, "/Pages", editor.add(f"<< /Type /Pages /Count 1 /Kids [{editor.page_ref(1).idnum} 0 R] >>")
    ),
    "structure missing": _without("/StructTreeRoot"),
    "structure replaced": _root("/StructTreeRoot", "<< /Type /StructTreeRoot /K [] >>"),
    "structure: roles mapped": lambda editor: editor.put(
        editor.root["/StructTreeRoot"], "/RoleMap", "<< /P /Artifact /H1 /NonStruct >>"
    ),
    "structure: parents emptied": _parents,
    "structure: order reversed": _reversed,
    "structure: element missing": _shortened,
    "structure: mark moved": _moved_mark,
    "structure: heading says something else": _element("/ActualText", "(Avslag)"),
    "structure: paragraph has another alternative": _element("/Alt", "(Avslag)", 1),
    "structure: paragraph expands": _element("/E", "(Avslag)", 1),
    "structure: paragraph in another language": _element("/Lang", "(ar)", 1),
    "structure: heading is a paragraph": _element("/S", "/P"),
    "structure: signature described otherwise": _element("/Alt", "(Protokollet avvisas)", -1),
    "structure: signature has other text": _element("/ActualText", "(Protokollet avvisas)", -2),
    "structure: element hidden": _element("/K", "[]", 1),
    "structure: title": _element("/T", "(Avslag)"),
}
METADATA_CHANGES: Mapping[str, Change] = {
    "version changed": _root("/Version", "/1.4"),
    "document information replaced": lambda editor: _info(editor, "/Title (Ett annat beslut)"),
    "document information edited": lambda editor: editor.put(editor.trailer["/Info"], "/Title", "(Ett annat beslut)"),
    "metadata replaced": _metadata,
    "metadata replaced under its number": _metadata_in_place,
}

after_all(CATALOG, CATALOG_CHANGES, "adjuster", "sealed")
within_the_next(CATALOG, CATALOG_CHANGES)
# programs that sign write the date of modification and the version, so a validator must let metadata change; but not unsaid
after_all(CATALOG, METADATA_CHANGES, "adjuster", "sealed", aim=Aim.HUSH)
within_the_next(CATALOG, METADATA_CHANGES, aim=Aim.HUSH)
