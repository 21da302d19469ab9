"""Tagged PDF/A-2a + PDF/UA-1 with signature fields laid out, as the renderer makes them, but no more than tests need."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape

import pymupdf_fonts
from PIL import ImageCms
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT = "PaperSans"
FIELDS = ("Sekreterare", "Justerare", "Sigill")
MADE_AT = dt.datetime(2026, 1, 16, 12, 0, tzinfo=dt.UTC)
_BOX_W, _BOX_H = 230.0, 52.0


@dataclass
class _Paragraph:
    tag: str
    text: str
    page: int
    y: float


@cache
def _font() -> str:
    pdfmetrics.registerFont(TTFont(FONT, io.BytesIO(pymupdf_fonts.fontbuffers["notos"]())))
    return FONT


def build_stamp(*lines: str) -> bytes:
    """One page with a signature's visible words."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(_BOX_W, _BOX_H), invariant=1)
    for index, line in enumerate(lines):
        canvas.setFont(_font(), 9)
        canvas.drawString(6, _BOX_H - 15 - 13 * index, line)
    canvas.save()
    return out.getvalue()


def build_tagged_pdf(title: str, pages: int = 2, fields: tuple[str, ...] = FIELDS) -> bytes:
    """A document of paragraphs with the fields on its last page."""
    paragraphs = [_Paragraph("H1", title, 0, 760.0)]
    paragraphs += [
        _Paragraph("P", f"Paragraf {n + 1}: ärendet läggs till handlingarna.", n, 720.0) for n in range(pages)
    ]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595.276, 841.89), lang="sv-SE", invariant=1)
    marks: list[list[_Paragraph]] = []
    for page in range(pages):
        here = [one for one in paragraphs if one.page == page]
        for mark, one in enumerate(here):
            canvas._code.append(f"/{one.tag} <</MCID {mark}>> BDC")
            canvas.setFont(_font(), 12)
            canvas.drawString(56, one.y, one.text)
            canvas._code.append("EMC")
        marks.append(here)
        canvas.showPage()
    canvas.save()
    return _finish(out.getvalue(), title, marks, fields)


def _d(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _numbers(*values: float) -> ArrayObject:
    return ArrayObject([FloatObject(round(value, 2)) for value in values])


def _finish(pdf: bytes, title: str, marks: list[list[_Paragraph]], fields: tuple[str, ...]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    writer.pdf_header = "%PDF-1.7"
    catalog, pages = writer._root_object, list(writer.pages)
    tree = _d(Type=NameObject("/StructTreeRoot"))
    tree_ref = writer._add_object(tree)
    root = _d(Type=NameObject("/StructElem"), S=NameObject("/Document"), P=tree_ref)
    root_ref = writer._add_object(root)
    kids, parents = ArrayObject(), ArrayObject()
    for number, here in enumerate(marks):
        refs = ArrayObject()
        for mark, one in enumerate(here):
            part = _d(Type=NameObject("/MCR"), Pg=pages[number].indirect_reference, MCID=NumberObject(mark))
            element = _d(Type=NameObject("/StructElem"), S=NameObject(f"/{one.tag}"), P=root_ref, K=ArrayObject([part]))
            refs.append(writer._add_object(element))
        kids.extend(refs)
        parents.extend([NumberObject(number), writer._add_object(refs)])
        pages[number][NameObject("/StructParents")] = NumberObject(number)
        pages[number][NameObject("/Tabs")] = NameObject("/S")
        pages[number][NameObject("/Annots")] = ArrayObject()
    widgets = ArrayObject()
    for index, name in enumerate(fields):
        widget, form = _field(writer, pages[-1].indirect_reference, name, index, len(pages) + index, root_ref)
        widgets.append(widget)
        kids.append(form)
        parents.extend([NumberObject(len(pages) + index), form])
    pages[-1][NameObject("/Annots")] = ArrayObject(widgets)
    root[NameObject("/K")] = kids
    tree[NameObject("/K")] = ArrayObject([root_ref])
    tree[NameObject("/ParentTree")] = writer._add_object(_d(Nums=parents))
    tree[NameObject("/ParentTreeNextKey")] = NumberObject(len(pages) + len(fields))
    catalog.update(
        _d(
            AcroForm=writer._add_object(_d(Fields=writer._add_object(widgets), SigFlags=NumberObject(0))),
            StructTreeRoot=tree_ref,
            MarkInfo=_d(Marked=BooleanObject(True)),
            Lang=TextStringObject("sv-SE"),
            ViewerPreferences=_d(DisplayDocTitle=BooleanObject(True)),
        )
    )
    _claim(writer, title)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _field(  # noqa: PLR0917 - where it is, and what it hangs in
    writer: PdfWriter, page: IndirectObject, name: str, index: int, key: int, parent: IndirectObject
) -> tuple[IndirectObject, IndirectObject]:
    x, y = 56.0, 600.0 - 70 * index
    appearance = StreamObject()
    appearance.update(
        _d(
            Type=NameObject("/XObject"),
            Subtype=NameObject("/Form"),
            BBox=_numbers(0, _BOX_H, _BOX_W, 0),
            Resources=DictionaryObject(),
        )
    )
    widget = writer._add_object(
        _d(
            Type=NameObject("/Annot"),
            Subtype=NameObject("/Widget"),
            FT=NameObject("/Sig"),
            T=TextStringObject(name),
            TU=TextStringObject(f"Underskrift, {name}"),
            F=NumberObject(4 | 128),
            Rect=_numbers(x, y, x + _BOX_W, y + _BOX_H),
            P=page,
            StructParent=NumberObject(key),
            AP=_d(N=writer._add_object(appearance)),
        )
    )
    # the reference itself, not an array of it: pyHanko would call earlier signatures modified
    content = _d(Type=NameObject("/OBJR"), Obj=widget, Pg=page)
    form = _d(Type=NameObject("/StructElem"), S=NameObject("/Form"), P=parent, K=content, Alt=TextStringObject(name))
    return widget, writer._add_object(form)


def _claim(writer: PdfWriter, title: str) -> None:
    profile = StreamObject()
    profile._data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile[NameObject("/N")] = NumberObject(3)
    intent = _d(
        Type=NameObject("/OutputIntent"),
        S=NameObject("/GTS_PDFA1"),
        OutputConditionIdentifier=TextStringObject("sRGB"),
        Info=TextStringObject("sRGB IEC61966-2.1"),
        DestOutputProfile=writer._add_object(profile),
    )
    metadata = StreamObject()
    metadata._data = _xmp(title)
    metadata.update(_d(Type=NameObject("/Metadata"), Subtype=NameObject("/XML")))
    writer._root_object.update(_d(OutputIntents=ArrayObject([intent]), Metadata=writer._add_object(metadata)))
    stamp = TextStringObject(MADE_AT.strftime("D:%Y%m%d%H%M%S+00'00'"))
    info = writer._info.get_object() if isinstance(writer._info, IndirectObject) else writer._info
    assert info is not None
    info.clear()
    info.update(
        _d(
            Title=TextStringObject(title),
            Producer=TextStringObject("signflow"),
            CreationDate=stamp,
            ModDate=stamp,
        )
    )


def _xmp(title: str) -> bytes:
    iso = MADE_AT.isoformat(timespec="seconds")
    ua = "http://www.aiim.org/pdfua/ns/id/"
    pdfa = "http://www.aiim.org/pdfa/ns"
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="{pdfa}/id/" xmlns:pdfuaid="{ua}" xmlns:pdfaExtension="{pdfa}/extension/" xmlns:pdfaSchema="{pdfa}/schema#" xmlns:pdfaProperty="{pdfa}/property#"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part><dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title><xmp:CreateDate>{iso}</xmp:CreateDate><xmp:ModifyDate>{iso}</xmp:ModifyDate><pdf:Producer>signflow</pdf:Producer><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema><pdfaSchema:namespaceURI>{ua}</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>PDF/UA part</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()
