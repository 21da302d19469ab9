"""How a signatory was authenticated: what we write is in the published form, what others write is read with care."""

from __future__ import annotations

import datetime as dt

import pytest
from asn1crypto import core
from lxml import etree
from signing_house import authentication

from signflow.signing.authentication import SACI, SACI_EXTRA, build_context_extension, read_context_extension

# the names, their order and what is required, as section 3 of RFC 7773 describes them
SCHEMA = f"""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" targetNamespace="{SACI}"
    xmlns:saci="{SACI}">
  <xs:element name="SAMLAuthContext"><xs:complexType><xs:sequence>
    <xs:element name="AuthContextInfo" minOccurs="0"><xs:complexType>
      <xs:sequence><xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
      <xs:attribute name="IdentityProvider" type="xs:string" use="required"/>
      <xs:attribute name="AuthenticationInstant" type="xs:dateTime" use="required"/>
      <xs:attribute name="AuthnContextClassRef" type="xs:anyURI" use="required"/>
      <xs:attribute name="AssertionRef" type="xs:string"/>
      <xs:attribute name="ServiceID" type="xs:string"/>
    </xs:complexType></xs:element>
    <xs:element name="IdAttributes" minOccurs="0" type="xs:anyType"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""

# as a Swedish signature service writes it: attributes of the identity beside the context, milliseconds, a zone
FOREIGN = f"""<saci:SAMLAuthContext xmlns:saci="{SACI}">
  <saci:AuthContextInfo ServiceID="https://eid.example/sign" AuthnContextClassRef="http://id.elegnamnden.se/loa/1.0/loa3"
    AuthenticationInstant="2026-01-16T15:14:27.250+01:00" IdentityProvider="http://idp.example" AssertionRef="_71b9"/>
  <saci:IdAttributes><saci:AttributeMapping Type="rdn" Ref="2.5.4.5"/></saci:IdAttributes>
</saci:SAMLAuthContext>"""


def xml_of(extension: bytes) -> bytes:
    context = core.Sequence.load(core.Sequence.load(extension)[0].dump())
    return str(context[1].native).encode()


def extension(text: str, kind: str = SACI) -> bytes:
    context = core.SequenceOf(spec=core.UTF8String)
    for one in (kind, text):
        context.append(core.UTF8String(one))
    return core.SequenceOf([context], spec=core.SequenceOf).dump()


def test_what_is_written_is_valid_by_the_schema() -> None:
    schema = etree.XMLSchema(etree.fromstring(SCHEMA))
    schema.assertValid(etree.fromstring(xml_of(build_context_extension(authentication(), "https://protokoll.example"))))


def test_what_others_write_is_read() -> None:
    read = read_context_extension(extension(FOREIGN))
    assert read is not None
    assert (read.method, read.reference, read.evidence_digest) == ("http://idp.example", "_71b9", "")
    assert read.at == dt.datetime(2026, 1, 16, 14, 14, 27, 250000, dt.UTC)


def test_a_context_of_another_type_says_nothing() -> None:
    assert read_context_extension(extension(FOREIGN, "urn:another")) is None


BOMB = (
    "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<",
        "<x/>",
        BOMB + FOREIGN.replace("_71b9", "&j;"),
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>" + FOREIGN,
        FOREIGN.replace("2026-01-16T15:14:27.250+01:00", "yesterday"),
        FOREIGN.replace("2026-01-16T15:14:27.250+01:00", "0001-01-01T00:00:00+14:00"),
        FOREIGN.replace("_71b9", "x" * 3000),
        FOREIGN.replace("AuthContextInfo", "AuthContextInf"),
        FOREIGN.replace("SAMLAuthContext", "AnotherContext"),
        FOREIGN + " " * 60_000,
        f"<saci:SAMLAuthContext xmlns:saci='{SACI}'>" + "<a>" * 5_000 + "</a>" * 5_000 + "</saci:SAMLAuthContext>",
        FOREIGN.replace(
            "/>\n  <saci:Id",
            f"><e:ExtAuthInfo xmlns:e='{SACI_EXTRA}'><e:Parameter Name='evidenceDigest'>&lt;b&gt;</e:Parameter>"
            "</e:ExtAuthInfo></saci:AuthContextInfo>\n  <saci:Id",
        ),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_hostile_or_torn_says_nothing(text: str) -> None:
    assert read_context_extension(extension(text)) is None
