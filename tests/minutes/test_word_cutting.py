"""Items cut out of Word files that are laid out in every way, and what Word files hold that must not come along."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from typed_in_word import typed_in_word
from word_drafts import PNG, STYLES, image, levels, numbered, numbering, paragraph, run, table, word

from cut_drafts import CLOSING, LAYOUTS, NOT_TOLD_APART, held_against_whole, minutes_of, said_in_word
from signflow.minutes import read_draft
from signflow.minutes.cutting import Cut, cut_items
from signflow.minutes.immediate import adjusted_at_once

SECRET = "Vera Vik i hemlighet"


@pytest.mark.parametrize("path", sorted(LAYOUTS.glob("*.md")), ids=lambda path: path.name)
def test_every_layout_in_word_is_cut_or_refused(path: Path) -> None:
    data = typed_in_word(path.read_text())
    numbers = [item.number for item in minutes_of(data, "a.docx").items if item.number is not None]
    for wanted in {frozenset(numbers[:1]), frozenset(numbers[-1:]), frozenset(numbers[::2])} - {frozenset(numbers)}:
        cut = cut_items(data, "a.docx", wanted)
        if cut.data is None:
            assert cut.problem == "immediate-not-cuttable"
            assert path.name in NOT_TOLD_APART
        else:
            held_against_whole(data, "a.docx", wanted, cut)


HEAD = paragraph("Protokoll från Parknämnden", "Rubrik1") + "".join(
    paragraph(line)
    for line in (
        "Tid: 6 maj 2026 kl. 9.00",
        "Plats: Parken",
        "Beslutande",
        "Anna Ek, ordförande",
        "Bo Lund",
        "Cia Mo, sekreterare",
    )
)
END = "".join(paragraph(line) for line in CLOSING.splitlines() if line)


def items_of(*bodies: str, list_id: int = 1) -> str:
    """Items that Word numbers."""
    return "".join(numbered(f"Ärende {at}", list_id, 0, "Rubrik2") + body for at, body in enumerate(bodies, 1))


def test_numbers_that_word_counts_stay_what_they_were() -> None:
    lists = numbering(levels(("decimal", "§ %1"), start=40), levels(("decimal", "%1.")))
    entries = numbered("ett", 2) + numbered("två", 2)
    body = items_of(
        paragraph("Text.") + entries, paragraph("Text.") + entries, paragraph("Mer.") + entries, paragraph("Slut.")
    )
    data = word(HEAD + body + END, numbering=lists)
    for wanted in ({41}, {40, 42}, {42}, {41, 43}, {43}):
        cut = cut_items(data, "a.docx", frozenset(wanted))
        held_against_whole(data, "a.docx", frozenset(wanted), cut)
    cut = cut_items(data, "a.docx", frozenset({42}))
    assert cut.data is not None
    lines = read_draft(cut.data, "a.docx").lines
    assert [line for line in lines if line.endswith(("ett", "två", "Ärende 3"))] == [
        "§ 42 Ärende 3",
        "5. ett",
        "6. två",
    ]


def test_what_word_shows_nobody_is_not_taken_along() -> None:
    toc = (
        '<w:sdt><w:sdtContent><w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText>TOC</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(SECRET)}</w:p>'
        '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:sdtContent></w:sdt>'
    )
    styles = f'{STYLES}<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    one = f'<w:p><w:bookmarkStart w:id="7" w:name="{SECRET}"/>{run("§ 1 Ett")}</w:p>' + paragraph(SECRET)
    two = f'<w:p>{run("§ 2 Två")}<w:bookmarkEnd w:id="7"/></w:p>' + paragraph(
        run("Nämnden bygger.")
        + '<mc:AlternateContent><mc:Choice Requires="wps"/><mc:Fallback>'
        + f"<w:pict><v:textbox><w:txbxContent>{paragraph(SECRET)}</w:txbxContent></v:textbox></w:pict>"
        + '</mc:Fallback></mc:AlternateContent><w:r><w:footnoteReference w:id="2"/></w:r>'
    )
    three = paragraph("§ 3 Tre") + paragraph(run(SECRET) + '<w:r><w:footnoteReference w:id="3"/></w:r>')
    notes = "".join(
        f'<w:footnote w:id="{at}">{paragraph(text)}</w:footnote>' for at, text in ((2, "Ritning."), (3, SECRET))
    )
    data = word(
        HEAD + toc + one + two + three + END,
        styles=styles,
        footnotes=notes,
        custom=SECRET,
        settings=f"<w:docVars>{SECRET}</w:docVars>",
    )
    cut = cut_items(data, "a.docx", frozenset({2}))
    held_against_whole(data, "a.docx", frozenset({2}), cut)
    assert cut.data is not None
    assert SECRET in said_in_word(data)
    assert SECRET not in said_in_word(cut.data)
    assert "Ritning." in said_in_word(cut.data)
    with zipfile.ZipFile(io.BytesIO(cut.data)) as archive:
        assert b"fldChar" not in archive.read("word/document.xml")


def test_images_and_addresses_come_along_with_what_shows_them() -> None:
    link = f'<w:hyperlink r:id="rIdLink">{run("ritningen")}</w:hyperlink>'
    one = paragraph("§ 1 Ett") + paragraph(image('r:embed="vera.png"', "Vera"))
    two = paragraph("§ 2 Två") + paragraph(run("Se ") + link) + paragraph(image('r:embed="park.png"', "Parken"))
    outside = {
        "rIdLink": ("hyperlink", "https://example.org/ritning"),
        "rIdGone": ("hyperlink", "https://example.org/vera"),
    }
    data = word(HEAD + one + two + END, refers_to=outside, **{"vera.png": PNG + b"vera", "park.png": PNG})
    cut = cut_items(data, "a.docx", frozenset({2}))
    held_against_whole(data, "a.docx", frozenset({2}), cut)
    assert cut.data is not None
    with zipfile.ZipFile(io.BytesIO(cut.data)) as archive:
        assert [name for name in archive.namelist() if "media" in name] == ["word/media/image1.png"]
        assert archive.read("word/media/image1.png") == PNG
        related = archive.read("word/_rels/document.xml.rels")
    assert b"https://example.org/ritning" in related
    assert b"vera" not in related


@pytest.mark.parametrize(
    "kept",
    [
        '<w:p><w:r><w:object><o:OLEObject r:id="rIdO"/></w:object></w:r></w:p>',
        '<w:altChunk r:id="rIdO"/>',
        '<w:p><w:r><w:drawing><a:graphic><a:graphicData uri="x/chart"><a:chart r:id="rIdO"/></a:graphicData></a:graphic></w:drawing></w:r></w:p>',
    ],
)
def test_an_item_that_would_lose_something_is_not_cut(kept: str) -> None:
    related = {"rIdO": ("oleObject", "embeddings/x.bin")}
    items = paragraph("§ 1 Ett") + paragraph("Text.") + paragraph("§ 2 Två") + paragraph("Text.") + kept
    data = word(HEAD + items + END, refers_to=related)
    assert cut_items(data, "a.docx", frozenset({2})) == Cut(None, "immediate-not-cuttable")
    held_against_whole(data, "a.docx", frozenset({1}), cut_items(data, "a.docx", frozenset({1})))


def test_a_row_that_holds_two_items_is_not_parted() -> None:
    body = HEAD + table([[paragraph("§ 1 Ett") + paragraph("Text."), paragraph("§ 2 Två") + paragraph("Text.")]]) + END
    assert cut_items(word(body), "a.docx", frozenset({2})).data is None


def test_changes_that_are_tracked_in_an_item_are_still_told_of() -> None:
    changed = paragraph(f'{run("Nämnden ")}<w:ins w:id="1" w:author="Bo">{run("bygger.")}</w:ins>')
    data = word(HEAD + paragraph("§ 1 Ett") + paragraph("Text.") + paragraph("§ 2 Två") + changed + END)
    cut = cut_items(data, "a.docx", frozenset({2}))
    assert cut.data is not None
    assert "tracked-change" in {one.code for one in read_draft(cut.data, "a.docx").findings}
    assert adjusted_at_once(minutes_of(cut.data, "a.docx")) == {2}
