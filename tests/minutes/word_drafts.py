"""Real Word files: a few parts and raw XML for what only Word writes, python-docx for what its users click together."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": _MAIN,
        "r": _RELATIONSHIPS,
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "adec": "http://schemas.microsoft.com/office/drawing/2017/decorative",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
STYLES = """
<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="sv-SE"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Rubrik"><w:name w:val="Title"/><w:basedOn w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Rubrik1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Rubrik2"><w:name w:val="heading 2"/><w:basedOn w:val="Rubrik1"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="KommunRubrik"><w:name w:val="Kommunrubrik"/><w:basedOn w:val="Rubrik2"/></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Fet"><w:name w:val="Fet etikett"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Stark"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Betoning"><w:name w:val="Emphasis"/><w:rPr><w:i/></w:rPr></w:style>
<w:style w:type="table" w:styleId="Rutor"><w:name w:val="Table Grid"/></w:style>
<w:style w:type="table" w:styleId="Randig"><w:name w:val="Banded"/><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr></w:tblStylePr></w:style>
"""


def packed(parts: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of those parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def relationships(targets: Mapping[str, tuple[str, str]]) -> str:
    """A part of relationships: identifier → (kind, target); a target with a scheme lies outside."""
    ones = "".join(
        f'<Relationship Id="{key}" Type="{_RELATIONSHIPS}/{kind}" Target={quoteattr(target)}'
        + (' TargetMode="External"/>' if ":" in target else "/>")
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{ones}</Relationships>'


def parts_of(
    body: str,
    *,
    styles: str = STYLES,
    refers_to: Mapping[str, tuple[str, str]] | None = None,
    content_type: str = WORD_TYPE,
    **extra: str | bytes,
) -> dict[str, str | bytes]:
    """The parts of a Word document with that body; `extra` are parts in `word/`: `numbering` is `word/numbering.xml`."""
    related = {"rIdS": ("styles", "styles.xml")}
    roots = {"comments": "comments", "footnotes": "footnotes", "endnotes": "endnotes", "header": "hdr", "footer": "ftr"}
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{content_type}"/></Types>',
        "_rels/.rels": relationships({"rId1": ("officeDocument", "word/document.xml")}),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {NAMESPACES}>{styles}</w:styles>",
    }
    for name, content in extra.items():
        if isinstance(content, str):
            root = roots.get(name, name)
            parts[f"word/{name}.xml"] = f"<w:{root} {NAMESPACES}>{content}</w:{root}>"
            related[f"rId{name}"] = (name, f"{name}.xml")
        else:
            parts[f"word/media/{name}"] = content
            related[name] = ("image", f"media/{name}")
    parts["word/_rels/document.xml.rels"] = relationships(related | dict(refers_to or {}))
    return parts


def word(body: str, **options: object) -> bytes:
    """A Word document with that body; options as `parts_of`."""
    return packed(parts_of(body, **options))  # type: ignore[arg-type]  # passed on as they are


def run(text: str, properties: str = "") -> str:
    """A run; a tab and a line break in the text are Word's own."""
    pieces = text.replace("\t", "\0\t\0").replace("\n", "\0\n\0").split("\0")
    signs = {"\t": "<w:tab/>", "\n": "<w:br/>"}
    inside = "".join(
        signs.get(piece) or f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in pieces if piece
    )
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inside}</w:r>"


def paragraph(content: str = "", style: str = "", properties: str = "") -> str:
    """A paragraph of text, or of runs where the content is XML."""
    inside = content if content.startswith("<") else run(content) if content else ""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inside}</w:p>"


def bold(text: str) -> str:
    """A paragraph in bold as a whole."""
    return paragraph(run(text, "<w:b/>"))


def numbered(content: str, list_id: int, level: int = 0, style: str = "") -> str:
    """A paragraph of an automatic list."""
    return paragraph(content, style, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def levels(*ones: tuple[str, str], start: int = 1, style: str = "") -> str:
    """Levels of a list, each a format and a text."""
    linked = f'<w:pStyle w:val="{style}"/>' if style else ""
    return "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start if at == 0 else 1}"/><w:numFmt w:val="{form}"/>'
        f"{linked if at == 0 else ''}<w:lvlText w:val={quoteattr(text)}/></w:lvl>"
        for at, (form, text) in enumerate(ones)
    )


def numbering(*templates: str) -> str:
    """The part of the lists: template n is list n + 1."""
    first = "".join(f'<w:abstractNum w:abstractNumId="{at}">{one}</w:abstractNum>' for at, one in enumerate(templates))
    return first + "".join(
        f'<w:num w:numId="{at + 1}"><w:abstractNumId w:val="{at}"/></w:num>' for at in range(len(templates))
    )


def table(rows: Sequence[Sequence[str]], *, properties: str = "", header: bool = False) -> str:
    """A table; a cell is text, or paragraphs where it is XML."""
    xml = ""
    for at, cells in enumerate(rows):
        filled = "".join(
            f"<w:tc>{cell if cell.startswith(('<w:p', '<w:tcPr')) else paragraph(cell)}</w:tc>" for cell in cells
        )
        xml += f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if header and not at else ''}{filled}</w:tr>"
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{xml}</w:tbl>"


def image(related: str, description: str = "", *, decorative: bool = False, width_pt: float = 100) -> str:
    """A run with an image."""
    mark = '<a:extLst><a:ext uri="x"><adec:decorative val="1"/></a:ext></a:extLst>' if decorative else ""
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{int(width_pt * 12_700)}" cy="9"/>'
        f'<wp:docPr id="1" name="Bild 1" descr={quoteattr(description)}>{mark}</wp:docPr><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill>'
        f"<a:blip {related}/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
