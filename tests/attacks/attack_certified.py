"""Attacks on certified documents: what a certification permits is used to change what is seen.

Source: Rohlmann, Mladenov, Mainka, Schwenk: Breaking the Specification: PDF Certification, IEEE S&P 2021, section IV.
"""

from __future__ import annotations

from collections.abc import Mapping

from attack_kinds import Family
from attack_pages import ANNOTATIONS, PAGE_CHANGES, Change, after_all
from attack_papers import Hand, Papers
from attack_pdf import Editor, edited
from attack_saving import WORDS
from signing_house import SECRETARY

CERTIFIED = Family("certification")
CERTIFIED_BASES = ("certified_1", "certified_2", "certified_3")

# evil annotation: at every level of permission the page would show what was not certified; a validator that lets
# level 3 through has to say so, and ours does not let it through at all
EVIL_ANNOTATIONS: Mapping[str, Change] = {
    f"evil annotation: {name}": PAGE_CHANGES[f"annotation: {name}"] for name in ANNOTATIONS
}


def _sneaky(editor: Editor, entries: str, rect: str = "40 690 560 770") -> None:
    look = editor.add("<< /Type /XObject /Subtype /Form /BBox [0 0 520 80] /Resources << >> >>", stream=WORDS)
    made = editor.add(
        f"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /F 132 /Rect [{rect}]"
        f" /P {editor.page_ref(0).idnum} 0 R {entries} /AP << /N {look.idnum} 0 R >> >>"
    )
    editor.append(editor.root["/AcroForm"]["/Fields"], made)
    editor.append(editor.page(0)["/Annots"], made)


SNEAKY: Mapping[str, Change] = {
    "sneaky signature: field with words, not signed": lambda editor: _sneaky(editor, ""),
    "sneaky signature: field with words and a broken value": lambda editor: _sneaky(
        editor, "/V << /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Contents <3000> >>"
    ),
    "sneaky signature: field with words and a null value": lambda editor: _sneaky(editor, "/V null"),
    "sneaky signature: empty field of another signatory shows words": lambda editor: editor.put(
        editor.field("Justerare"),
        "/AP",
        f"<< /N {editor.add('<< /Type /XObject /Subtype /Form /BBox [0 0 230 52] >>', stream=WORDS).idnum} 0 R >>",
    ),
    "permissions dropped": lambda editor: editor.drop(editor.root, "/Perms"),
    "permissions raised": lambda editor: editor.put(
        editor.field("Sigill")["/V"]["/Reference"][0]["/TransformParams"], "/P", "3"
    ),
    "certified value replaced by another": lambda editor: editor.put(
        editor.root["/Perms"], "/DocMDP", "<< /Type /Sig >>"
    ),
    "script": lambda editor: editor.put(editor.root, "/OpenAction", "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"),
}

after_all(CERTIFIED, EVIL_ANNOTATIONS, *CERTIFIED_BASES)
after_all(CERTIFIED, SNEAKY, *CERTIFIED_BASES)
after_all(CERTIFIED, {"page painted": PAGE_CHANGES["box over the page"]}, *CERTIFIED_BASES)


@CERTIFIED.attack("certified_1", victims=("Sigill",))
def approved_after_the_permissions_were_dropped(papers: Papers) -> bytes:
    """Nothing may change; an honest program refuses to sign until the catalog no longer says so."""
    dropped = edited(papers.certified_1, SNEAKY["permissions dropped"])
    return papers.by_pyhanko(dropped, SECRETARY[0], Hand())


@CERTIFIED.attack("certified_2", victims=("Sigill",))
def annotated_in_the_revision_of_an_approval(papers: Papers) -> bytes:
    change = PAGE_CHANGES["annotation: free text"]
    return papers.by_pyhanko(papers.certified_2, SECRETARY[0], Hand(), change=change)


@CERTIFIED.attack("certified_2", victims=("Sigill",))
def sneaky_field_in_the_revision_of_an_approval(papers: Papers) -> bytes:
    return papers.by_pyhanko(
        papers.certified_2, SECRETARY[0], Hand(), change=SNEAKY["sneaky signature: field with words, not signed"]
    )
