"""How a signatory was authenticated, and the certificate extension that says so.

The extension of RFC 7773 holds XML in the schema of the Swedish signature services. It names the service that
authenticated, the instant, the level of assurance and a reference to the evidence; never an identity number.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from asn1crypto import core
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - lxml ships without types

SACI = "http://id.elegnamnden.se/auth-cont/1.0/saci"
"""Type and XML namespace of the context. Source: RFC 7773, section 3; Sweden Connect registry 3.1.6."""

SACI_EXTRA = "http://id.swedenconnect.se/auth-cont/1.0/ext-auth-info"
"""XML namespace of further parameters. Source: Sweden Connect, extended authentication information."""

_EVIDENCE = "evidenceDigest"


@dataclass(frozen=True, slots=True)
class Authentication:
    """One authentication of one person.

    Attributes:
        method: Who or what authenticated: the identity provider's entity identifier, a URI.
        at: When.
        level: Level of assurance, a URI such as `http://id.elegnamnden.se/loa/1.0/loa3`.
        reference: Of the assertion or transaction, as the evidence names itself.
        evidence_digest: SHA-256 of the kept evidence, 64 lower-case hexadecimal digits; empty when there is none.
    """

    method: str
    at: dt.datetime
    level: str
    reference: str
    evidence_digest: str


class _Context(core.Sequence):
    """Source: RFC 7773, section 2."""

    _fields = [("context_type", core.UTF8String), ("context_info", core.UTF8String, {"optional": True})]  # noqa: RUF012 - asn1crypto reads it from the class


class _Contexts(core.SequenceOf):
    _child_spec = _Context


def build_context_extension(authentication: Authentication, service: str) -> bytes:
    """The extension's DER value; `service` identifies the signature service that asked."""
    root = etree.Element(f"{{{SACI}}}SAMLAuthContext", nsmap={"saci": SACI})
    info = etree.SubElement(root, f"{{{SACI}}}AuthContextInfo")
    info.set("IdentityProvider", authentication.method)
    info.set("AuthenticationInstant", authentication.at.astimezone(dt.UTC).isoformat(timespec="milliseconds"))
    info.set("AuthnContextClassRef", authentication.level)
    info.set("AssertionRef", authentication.reference)
    info.set("ServiceID", service)
    if authentication.evidence_digest:
        extra = etree.SubElement(info, f"{{{SACI_EXTRA}}}ExtAuthInfo", nsmap={"sacex": SACI_EXTRA})
        etree.SubElement(extra, f"{{{SACI_EXTRA}}}Parameter", Name=_EVIDENCE).text = authentication.evidence_digest
    xml = etree.tostring(root, encoding="unicode")
    return _Contexts([_Context({"context_type": SACI, "context_info": xml})]).dump()


def read_context_extension(value: bytes) -> Authentication | None:
    """What the extension says; None when it holds no context of a type we know, or cannot be read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        for context in _Contexts.load(value, strict=True):
            if context["context_type"].native != SACI or not context["context_info"].native:
                continue
            info = etree.fromstring(context["context_info"].native.encode(), parser).find(f"{{{SACI}}}AuthContextInfo")
            if info is None:
                continue
            evidence = info.find(f".//{{{SACI_EXTRA}}}Parameter[@Name='{_EVIDENCE}']")
            return Authentication(
                method=info.get("IdentityProvider", ""),
                at=_instant(info.get("AuthenticationInstant", "")),
                level=info.get("AuthnContextClassRef", ""),
                reference=info.get("AssertionRef", ""),
                evidence_digest=(evidence.text or "") if evidence is not None else "",
            )
    except (ValueError, TypeError, etree.XMLSyntaxError):
        return None
    return None


def _instant(text: str) -> dt.datetime:
    instant = dt.datetime.fromisoformat(text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=dt.UTC)  # SAML instants without a zone are UTC
    return instant
