"""What the file says about itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from preflight_edits import CATALOG, XMP, Edit, Fault, dropped, in_xmp, replaced

_TYPE_FIELDS = {
    "type": b"<pdfaType:type>Odd</pdfaType:type>",
    "namespaceURI": b"<pdfaType:namespaceURI>urn:example</pdfaType:namespaceURI>",
    "prefix": b"<pdfaType:prefix>odd</pdfaType:prefix>",
    "description": b"<pdfaType:description>One</pdfaType:description>",
}


_FIELD_FIELDS = {
    "name": b"<pdfaField:name>one</pdfaField:name>",
    "valueType": b"<pdfaField:valueType>Text</pdfaField:valueType>",
    "description": b"<pdfaField:description>One</pdfaField:description>",
}


def faults_of_metadata() -> Iterator[Fault]:
    yield Fault("no-metadata", "A 6.6.2.1, UA 7.1", dropped(CATALOG, rb"/Metadata \d+ 0 R"))
    yield Fault("packet-bytes", "A 6.6.2.1", in_xmp(b' id="', b' bytes="99" id="'))
    yield Fault("packet-encoding", "A 6.6.2.1", in_xmp(b' id="', b' encoding="UTF-8" id="'))
    yield Fault("xmp-broken", "A 6.6.2.1", in_xmp(b"</rdf:RDF>", b"</rdf:RDG>"))
    yield Fault(
        "xmp-latin",
        "A 6.6.2.1",
        lambda pdf: pdf.restream(pdf.find(XMP), lambda xmp: xmp.decode().replace("\ufeff", "").encode("utf-16")),
    )
    yield Fault(
        "xmp-undeclared", "A 6.6.2.3.1", in_xmp(b"<dc:format>", b'<x:one xmlns:x="urn:example">1</x:one><dc:format>')
    )
    yield Fault("xmp-unknown", "A 6.6.2.3.1", in_xmp(b"<dc:format>", b"<dc:nothing>1</dc:nothing><dc:format>"))
    yield Fault(
        "xmp-type", "A 6.6.2.3.1", in_xmp(b"<dc:format>application/pdf</dc:format>", b"<dc:subject>pdf</dc:subject>")
    )
    yield Fault("xmp-date", "A 6.6.2.3.1", _every_xmp(rb"(<xmp:CreateDate>)[^<]*", rb"\1yesterday"))
    yield Fault(
        "extension-bag",
        "A 6.6.2.3.3",
        _every_xmp(
            rb"(<(/?)pdfaExtension:schemas>)(<rdf:Bag>)?",
            rb"\1",
            then=(b"pdfaExtension:schemas>", b"rdf:Bag", b"rdf:Seq"),
        ),
    )
    yield Fault("extension-category", "A 6.6.2.3.3", in_xmp(b">internal<", b">public<"))
    yield Fault("extension-type", "A 6.6.2.3.3", in_xmp(b">Integer<", b">Number<"))
    yield Fault(
        "extension-description",
        "A 6.6.2.3.3",
        _every_xmp(rb"\s*<pdfaProperty:description>[^<]*</pdfaProperty:description>", b""),
    )
    yield Fault("extension-name", "A 6.6.2.3.3", in_xmp(b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>", b""))
    yield Fault(
        "extension-unknown-field",
        "A 6.6.2.3.2",
        in_xmp(b"<pdfaSchema:prefix>", b"<pdfaSchema:more>1</pdfaSchema:more><pdfaSchema:prefix>"),
    )
    yield Fault(
        "extension-missing", "A 6.6.2.3.1", _every_xmp(rb"<pdfaExtension:schemas>.*</pdfaExtension:schemas>", b"")
    )
    yield Fault("no-pdfa", "A 6.6.4", _every_xmp(rb"<pdfaid:(part|conformance)>[^<]*</pdfaid:\1>", b""))
    yield Fault("pdfa-part", "A 6.6.4", in_xmp(b"<pdfaid:part>2", b"<pdfaid:part>1"))
    yield Fault("pdfa-level", "A 6.6.4", in_xmp(b"<pdfaid:conformance>A", b"<pdfaid:conformance>B"))
    yield Fault("pdfa-prefix", "A 6.6.4", _every_xmp(rb"pdfaid\b", b"pdfaidentity"))
    yield Fault("no-pdfua", "UA 5", _every_xmp(rb"<pdfuaid:part>1</pdfuaid:part>", b""))
    yield Fault("pdfua-part", "UA 5", in_xmp(b"<pdfuaid:part>1", b"<pdfuaid:part>2"))
    yield Fault("no-title", "UA 7.1", _every_xmp(rb"<dc:title>.*?</dc:title>", b""))
    yield Fault("title-hidden", "UA 7.1", replaced(CATALOG, b"/DisplayDocTitle true", b"/DisplayDocTitle false"))
    yield Fault(
        "amendment-prefix",
        "A 6.6.4",
        in_xmp(b"<pdfaid:part>", b'<a:amd xmlns:a="http://www.aiim.org/pdfa/ns/id/">1</a:amd><pdfaid:part>'),
    )
    yield Fault(
        "corrigendum-prefix",
        "A 6.6.4",
        in_xmp(b"<pdfaid:part>", b'<a:corr xmlns:a="http://www.aiim.org/pdfa/ns/id/">1</a:corr><pdfaid:part>'),
    )
    yield Fault(
        "pdfua-prefix",
        "UA 5",
        _every_xmp(
            rb"<(/?)pdfuaid:part>",
            rb"<\1ua:part>",
            before=(b"<rdf:Description ", b'<rdf:Description xmlns:ua="http://www.aiim.org/pdfua/ns/id/" '),
        ),
    )
    yield Fault("extension-schema", "A 6.6.2.3.3", _every_xmp(rb"<pdfaSchema:schema>[^<]*</pdfaSchema:schema>", b""))
    yield Fault(
        "extension-namespace",
        "A 6.6.2.3.3",
        _every_xmp(rb"<pdfaSchema:namespaceURI>[^<]*</pdfaSchema:namespaceURI>", b""),
    )
    yield Fault(
        "extension-list",
        "A 6.6.2.3.3",
        _every_xmp(rb"(<pdfaSchema:property>)<rdf:Seq>(.*?)</rdf:Seq>", rb"\1<rdf:Bag>\2</rdf:Bag>"),
    )
    yield Fault(
        "extension-property-name", "A 6.6.2.3.3", _every_xmp(rb"<pdfaProperty:name>[^<]*</pdfaProperty:name>", b"")
    )
    yield Fault(
        "extension-types",
        "A 6.6.2.3.3",
        in_xmp(
            b"</pdfaSchema:property>", b"</pdfaSchema:property><pdfaSchema:valueType><rdf:Bag/></pdfaSchema:valueType>"
        ),
    )
    for field in ("type", "namespaceURI", "prefix", "description", "field"):
        yield Fault(f"extension-type-{field}", "A 6.6.2.3.3", _value_type(field))
    for field in ("name", "valueType", "description"):
        yield Fault(f"extension-field-{field}", "A 6.6.2.3.3", _value_type(f"field-{field}"))


def _every_xmp(
    pattern: bytes,
    new: bytes,
    then: tuple[bytes, bytes, bytes] | None = None,
    before: tuple[bytes, bytes] = (b"", b""),
) -> Edit:
    def changed(xmp: bytes) -> bytes:
        xmp = xmp.replace(*before, 1) if before[0] else xmp
        if then:
            start, end = xmp.index(then[0]), xmp.rindex(then[0])
            return (
                xmp[:start] + xmp[start:end].replace(then[1], then[2]).replace(b"</rdf:Bag>", b"</rdf:Seq>") + xmp[end:]
            )
        result, count = re.subn(pattern, new, xmp, flags=re.DOTALL)
        assert count
        return result

    return lambda pdf: pdf.restream(pdf.find(XMP), changed)


def _value_type(missing: str) -> Edit:
    """A type of the file's own, of whose description one field is missing or, for the list of fields, no list."""
    fields = b"".join(one for name, one in _FIELD_FIELDS.items() if f"field-{name}" != missing)
    kind = b"Bag" if missing == "field" else b"Seq"
    listed = b"<pdfaType:field><rdf:%b><rdf:li rdf:parseType='Resource'>%b</rdf:li></rdf:%b></pdfaType:field>" % (
        kind,
        fields,
        kind,
    )
    texts = b"".join(one for name, one in _TYPE_FIELDS.items() if name != missing)
    described = (
        b"</pdfaSchema:property><pdfaSchema:valueType xmlns:pdfaType='http://www.aiim.org/pdfa/ns/type#'"
        b" xmlns:pdfaField='http://www.aiim.org/pdfa/ns/field#'><rdf:Seq><rdf:li rdf:parseType='Resource'>"
        b"%b%b</rdf:li></rdf:Seq></pdfaSchema:valueType>" % (texts, listed)
    )
    return in_xmp(b"</pdfaSchema:property>", described)
