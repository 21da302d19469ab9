"""Structure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plain_pdf import PlainPdf, made_stream
from preflight_edits import (
    CATALOG,
    IMAGE,
    PAGE,
    TABLE,
    Edit,
    Fault,
    dropped,
    in_page,
    replaced,
    retagged,
    with_object,
)


def faults_of_structure() -> Iterator[Fault]:
    yield Fault("not-marked", "A 6.7.2.2, UA 6.2", replaced(CATALOG, b"/Marked true", b"/Marked false"))
    yield Fault("suspects", "UA 7.1", replaced(CATALOG, b"/Marked true", b"/Marked true/Suspects true"))
    yield Fault("no-structure", "A 6.7.3.3, UA 7.1", dropped(CATALOG, rb"/StructTreeRoot \d+ 0 R"))
    yield Fault("type-unmapped", "A 6.7.3.4, UA 7.1", retagged(b"H2", b"Odd"))
    yield Fault(
        "type-circular",
        "A 6.7.3.4, UA 7.1",
        lambda pdf: (retagged(b"H2", b"Odd")(pdf), _roles(b"/Odd /Even /Even /Odd")(pdf))[0],
    )
    yield Fault("type-remapped", "UA 7.1", _roles(b"/P /H1"))
    yield Fault("no-parent", "UA 7.1", dropped(rb"/S/H2/", rb"/P \d+ 0 R"))
    yield Fault(
        "content-bare", "UA 7.1", lambda pdf: pdf.restream(pdf.page_content(), lambda one: b"0 0 9 9 re f\n" + one)
    )
    yield Fault(
        "content-unowned",
        "UA 7.1",
        lambda pdf: pdf.restream(pdf.page_content(), lambda one: b"/P <</MCID 999>> BDC 0 0 9 9 re f EMC\n" + one),
    )
    yield Fault(
        "image-bare",
        "UA 7.1",
        lambda pdf: (
            with_object(IMAGE)(pdf),
            pdf.restream(
                pdf.page_content(), lambda one: one.replace(b"/Artifact BMC q 1 0 0 1 5 5 cm /X9 Do Q EMC", b"/X9 Do")
            ),
        )[0],
    )
    yield Fault(
        "artifact-in-content",
        "UA 7.1",
        in_page(b"/H1 <</MCID 0>> BDC", b"/H1 <</MCID 0>> BDC /Artifact BMC 0 0 9 9 re f EMC"),
    )
    yield Fault("content-in-artifact", "UA 7.1", _in_artifact)
    yield Fault("language-form", "A 6.7.4, UA 7.2", replaced(CATALOG, b"/Lang (en-GB)", b"/Lang (not a language)"))
    yield Fault("language-element", "A 6.7.4, UA 7.2", replaced(rb"/S/H2/", b"/K", b"/Lang (english language)/K"))
    yield Fault(
        "language-content", "A 6.7.4, UA 7.2", in_page(b"/H1 <</MCID 0>> BDC", b"/H1 <</MCID 0/Lang (1 2)>> BDC")
    )
    yield Fault("no-language", "UA 7.2", dropped(CATALOG, rb"/Lang \(en-GB\)"))
    yield from _of_tables()


def _of_tables() -> Iterator[Fault]:
    yield Fault("table-paragraph", "UA 7.2", _kid_of(TABLE, b"P"))
    yield Fault("row-paragraph", "UA 7.2", retagged(b"TD", b"P"))
    yield Fault("row-in-section", "UA 7.2", retagged(b"Table", b"Sect"))
    yield Fault("cell-in-section", "UA 7.2", retagged(b"TR", b"Sect"))
    yield Fault("row-short", "UA 7.2", _short_row)
    yield Fault("row-span", "UA 7.2", replaced(rb"/S/TH/", b"/Scope", b"/RowSpan 3/Scope"))
    yield Fault("column-span", "UA 7.2", replaced(rb"/S/TH/", b"/Scope", b"/ColSpan 3/Scope"))
    yield Fault("no-scope", "UA 7.5", _unscoped)
    yield Fault(
        "header-unknown",
        "UA 7.5",
        lambda pdf: (_unscoped(pdf), pdf.replace(rb"/S/TD/", b"/K", b"/A <</O /Table/Headers [(none)]>>/K"))[0],
    )
    yield Fault("list-paragraph", "UA 7.2", retagged(b"LI", b"P"))
    yield Fault("list-body", "UA 7.2", retagged(b"LBody", b"P"))
    yield Fault("list-gone", "UA 7.2", retagged(b"L", b"Sect"))
    yield Fault("contents-entry", "UA 7.2", retagged(b"H2", b"TOCI"))
    yield Fault("contents", "UA 7.2", retagged(b"L", b"TOC"))
    yield Fault("head-alone", "UA 7.2", retagged(b"TR", b"THead"))
    yield Fault("figure-undescribed", "UA 7.3", dropped(rb"/S/Figure/", rb"/Alt \(.*?\)"))
    yield Fault("figure-empty", "UA 7.3", _emptied)
    yield Fault("formula", "UA 7.7", retagged(b"H2", b"Formula"))
    yield Fault("heading-skipped", "UA 7.4.2", retagged(b"H2", b"H4"))
    yield Fault("heading-first", "UA 7.4.2", retagged(b"H1", b"H2"))
    yield Fault("headings-mixed", "UA 7.4.4", retagged(b"H2", b"H"))
    yield Fault("note-unidentified", "UA 7.9", dropped(rb"/S/Note/", rb"/ID \(note-1\)"))
    yield Fault("notes-alike", "UA 7.9", lambda pdf: pdf.replace(rb"/S/H2/", b"/S/H2", b"/ID (note-1)/S/Note"))
    yield Fault("form-shared", "UA 7.20", _shared_form)
    yield Fault("heads-two", "UA 7.2", _grouped_table(b"THead THead TBody"))
    yield Fault("feet-two", "UA 7.2", _grouped_table(b"TFoot TFoot TBody"))
    yield Fault("head-without-body", "UA 7.2", _grouped_table(b"THead"))
    yield Fault("foot-without-body", "UA 7.2", _grouped_table(b"TFoot"))
    yield Fault("captions-two", "UA 7.2", _grouped_table(b"Caption Caption"))
    yield Fault("caption-between", "UA 7.2", _caption_between)
    yield Fault("body-paragraph", "UA 7.2", _grouped_table(b"TBody/P"))
    yield Fault("foot-paragraph", "UA 7.2", _grouped_table(b"TFoot/P TBody"))
    yield Fault("body-outside", "UA 7.2", retagged(b"H2", b"TBody"))
    yield Fault("foot-outside", "UA 7.2", retagged(b"H2", b"TFoot"))
    yield Fault("cell-outside", "UA 7.2", retagged(b"H2", b"TD"))
    yield Fault("list-caption-late", "UA 7.2", _late_caption(rb"/S/L/"))
    yield Fault("contents-caption-late", "UA 7.2", _late_contents_caption)
    yield Fault("cells-overlap", "UA 7.2", _overlapping)
    yield Fault("heading-twice", "UA 7.4.4", _two_headings)
    yield Fault(
        "said-without-language",
        "UA 7.2",
        lambda pdf: (
            dropped(CATALOG, rb"/Lang \(en-GB\)")(pdf),
            replaced(rb"/S/H2/", b"/K", b"/ActualText (a)/E (b)/K")(pdf),
        )[0],
    )
    yield Fault(
        "span-without-language",
        "UA 7.2",
        lambda pdf: (
            dropped(CATALOG, rb"/Lang \(en-GB\)")(pdf),
            in_page(b"/H1 <</MCID 0>> BDC", b"/H1 <</MCID 0>> BDC /Span <</ActualText (a) /Alt (b) /E (c)>> BDC EMC")(
                pdf
            ),
        )[0],
    )


def _roles(entries: bytes) -> Edit:
    return replaced(
        rb"/Type /StructTreeRoot", b"/Type /StructTreeRoot", b"/Type /StructTreeRoot/RoleMap <<" + entries + b">>"
    )


def _in_artifact(pdf: PlainPdf) -> None:
    def changed(content: bytes) -> bytes:
        start = content.index(b"/H1 <</MCID 0>> BDC")
        end = content.index(b"EMC", start) + 3
        return content[:start] + b"/Artifact BMC " + content[start:end] + b" EMC" + content[end:]

    pdf.restream(pdf.page_content(), changed)


def _kid_of(pattern: bytes, tag: bytes) -> Edit:
    def edit(pdf: PlainPdf) -> None:
        number = pdf.find(pattern)
        kid = pdf.add(b"<</S/%b/P %d 0 R>>" % (tag, number))
        pdf.objects[number] = pdf.objects[number].replace(b"/K [", b"/K [%d 0 R " % kid)

    return edit


def _short_row(pdf: PlainPdf) -> None:
    """The second cell of the table's second row becomes a part of the first."""
    table = pdf.objects[pdf.find(TABLE)]
    row = int(re.findall(rb"(\d+) 0 R", table)[2])
    first, second = re.findall(rb"(\d+) 0 R", pdf.objects[row])[1:3]
    pdf.objects[row] = pdf.objects[row].replace(b" %b 0 R]" % second, b"]")
    pdf.objects[int(first)] = pdf.objects[int(first)].replace(b"/K [", b"/K [%b 0 R " % second)
    pdf.objects[int(second)] = re.sub(rb"/S/TD/P \d+", b"/S/Span/P %b" % first, pdf.objects[int(second)])


def _unscoped(pdf: PlainPdf) -> None:
    for number, source in pdf.objects.items():
        if b"/S/TH/" in source:
            pdf.objects[number] = re.sub(rb"/A <<.*?>>", b"", source)


def _emptied(pdf: PlainPdf) -> None:
    number = pdf.find(rb"/S/Figure/")
    pdf.objects[number] = re.sub(rb"/Alt \(.*?\)", b"/Alt ()", pdf.objects[number])


def _shared_form(pdf: PlainPdf) -> None:
    """Content of an element in a form that is drawn on two pages."""
    content = b"/P <</MCID 0>> BDC 0 0 9 9 re f EMC"
    root = pdf.find(rb"/S/Document/")
    form = pdf.add(
        made_stream(b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <<>> /StructParents 99", content)
    )
    element = pdf.add(b"<</S/P/P %d 0 R/K [<</Type/MCR/Stm %d 0 R/Pg %d 0 R/MCID 0>>]>>" % (root, form, pdf.find(PAGE)))
    pdf.objects[root] = pdf.objects[root].replace(b"/K [", b"/K [%d 0 R " % element)
    nums = pdf.find(rb"^<</Nums\[")
    pdf.objects[nums] = pdf.objects[nums].replace(b"]>>", b" 99 [%d 0 R]]>>" % element)
    pdf.replace(PAGE, b"/XObject <<", b"/XObject <</X9 %d 0 R " % form)
    pdf.restream(pdf.page_content(), lambda one: b"/X9 Do /X9 Do\n" + one)


def _grouped_table(groups: bytes) -> Edit:
    """Put groups of rows into the table, before its rows; after a slash what is in the group."""

    def edit(pdf: PlainPdf) -> None:
        table = pdf.find(TABLE)
        made = b""
        for group in groups.split():
            tag, _, inner = group.partition(b"/")
            number = pdf.add(b"<</S/%b/P %d 0 R/K []>>" % (tag, table))
            made += b"%d 0 R " % number
            if inner:
                kid = pdf.add(b"<</S/%b/P %d 0 R>>" % (inner, number))
                pdf.objects[number] = pdf.objects[number].replace(b"/K []", b"/K [%d 0 R]" % kid)
        pdf.objects[table] = pdf.objects[table].replace(b"/K [", b"/K [" + made)

    return edit


def _caption_between(pdf: PlainPdf) -> None:
    table = pdf.find(TABLE)
    caption = pdf.add(b"<</S/Caption/P %d 0 R>>" % table)
    pdf.objects[table] = re.sub(rb"(/K \[\d+ 0 R )", rb"\g<1>%d 0 R " % caption, pdf.objects[table])


def _late_caption(pattern: bytes) -> Edit:
    def edit(pdf: PlainPdf) -> None:
        number = pdf.find(pattern)
        caption = pdf.add(b"<</S/Caption/P %d 0 R>>" % number)
        pdf.objects[number] = re.sub(rb"(/K \[[^\]]*)\]", rb"\g<1> %d 0 R]" % caption, pdf.objects[number])

    return edit


def _late_contents_caption(pdf: PlainPdf) -> None:
    document = pdf.find(rb"/S/Document/")
    contents = pdf.add(b"<</S/TOC/P %d 0 R/K []>>" % document)
    kids = [pdf.add(b"<</S/%b/P %d 0 R>>" % (tag, contents)) for tag in (b"TOCI", b"Caption")]
    pdf.objects[contents] = pdf.objects[contents].replace(b"/K []", b"/K [%d 0 R %d 0 R]" % (kids[0], kids[1]))
    pdf.objects[document] = pdf.objects[document].replace(b"/K [", b"/K [%d 0 R " % contents)


def _overlapping(pdf: PlainPdf) -> None:
    """The second cell of the first row reaches down, and the first of the second row to the right."""
    table = pdf.objects[pdf.find(TABLE)]
    rows = [int(one) for one in re.findall(rb"(\d+) 0 R", table)[1:3]]
    first = [int(one) for one in re.findall(rb"(\d+) 0 R", pdf.objects[rows[0]])[1:]]
    second = [int(one) for one in re.findall(rb"(\d+) 0 R", pdf.objects[rows[1]])[1:]]
    pdf.objects[first[1]] = pdf.objects[first[1]].replace(b"/Scope", b"/RowSpan 2/Scope")
    pdf.objects[second[0]] = pdf.objects[second[0]].replace(b"/Scope", b"/ColSpan 2/Scope")


def _two_headings(pdf: PlainPdf) -> None:
    for number, source in pdf.objects.items():
        pdf.objects[number] = re.sub(rb"^<</S/H[1-6]/", b"<</S/H/", source)
