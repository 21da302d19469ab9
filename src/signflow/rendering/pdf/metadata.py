"""What the file says about itself: XMP, the Info dictionary that repeats it, and the colours' output intent.

Source: ISO 19005-2, 6.6 (metadata, identification, extension schemas) and 6.2.3 (output intent); ISO 14289-1, 5 and 7.1.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape

from PIL import ImageCms

PRODUCER = "signflow"
_ICC_DATE = slice(24, 36)  # ICC.1, 7.2.8: when the profile was made; Little CMS writes now
_ICC_ID = slice(84, 100)  # ICC.1, 7.2.18: a digest over the profile, zero where not computed
_FIXED_DATE = b"".join(part.to_bytes(2, "big") for part in (2020, 1, 1, 0, 0, 0))

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
  xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
  xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
 <pdfaid:part>2</pdfaid:part>
 <pdfaid:conformance>A</pdfaid:conformance>
 <pdfuaid:part>1</pdfuaid:part>
 <dc:format>application/pdf</dc:format>
 <dc:identifier>{identifier}</dc:identifier>
 <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
 <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
 <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
 <xmp:CreateDate>{date}</xmp:CreateDate>
 <xmp:ModifyDate>{date}</xmp:ModifyDate>
 <xmp:CreatorTool>{producer}</xmp:CreatorTool>
 <pdf:Producer>{producer}</pdf:Producer>
 <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
  <pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
  <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
  <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
  <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
   <pdfaProperty:name>part</pdfaProperty:name>
   <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
   <pdfaProperty:category>internal</pdfaProperty:category>
   <pdfaProperty:description>The part of ISO 14289 that the file conforms to</pdfaProperty:description>
  </rdf:li></rdf:Seq></pdfaSchema:property>
 </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class About:
    """What is said.

    Attributes:
        title: The document's title.
        author: The organisation.
        language: BCP 47.
        identifier: Document and version.
        at: When the file was made; an aware instant, whole seconds count.
    """

    title: str
    author: str
    language: str
    identifier: str
    at: dt.datetime

    @property
    def pdf_date(self) -> str:
        """The instant as ISO 32000-1, 7.9.4 writes it."""
        return self.at.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%S+00'00'")


def build_xmp(about: About) -> bytes:
    """The XMP packet: PDF/A-2a and PDF/UA-1 are claimed, and the claim's own schema is described."""
    return _XMP.format(
        identifier=escape(about.identifier),
        title=escape(about.title),
        author=escape(about.author),
        language=about.language,
        date=about.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        producer=PRODUCER,
    ).encode()


@cache
def srgb_profile() -> bytes:
    """The ICC profile of the sRGB colour space, the same bytes at every start."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_ICC_DATE] = _FIXED_DATE
    profile[_ICC_ID] = bytes(16)
    return bytes(profile)
