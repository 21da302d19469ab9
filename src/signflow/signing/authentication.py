"""How a signatory was authenticated, and the certificate extension that says so.

The extension of RFC 7773 holds XML in the schema of the Swedish signature services. It names the service that
authenticated, the instant, the level of assurance and a reference to the evidence; never an identity number.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from asn1crypto import core
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - lxml ships without types

SACI = "http://id.elegnamnden.se/auth-cont/1.0/saci"
"""Type and XML namespace of the context. Source: RFC 7773, section 3; Sweden Connect registry 3.1.6."""

SACI_EXTRA = "http://id.swedenconnect.se/auth-cont/1.0/ext-auth-info"
"""XML namespace of further parameters. Source: Sweden Connect, extended authentication information."""

_EVIDENCE = "evidenceDigest"
_LIMIT_BYTES = 50_000
_LONGEST_TEXT = 2_000


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
    """What the extension says; None when it holds no context of a type we know, or cannot be read.

    It may come from anybody: it is read only up to a size, without entities, and what is overlong is not repeated.

    Source: RFC 7773, sections 2 and 3.
    """
    if len(value) > _LIMIT_BYTES:
        return None
    try:
        for context in _Contexts.load(value, strict=True):
            if context["context_type"].native == SACI and context["context_info"].native:
                return _read_context(context["context_info"].native)
    except (ValueError, TypeError, OverflowError, RecursionError, etree.XMLSyntaxError):
        return None
    return None


def _read_context(text: str) -> Authentication | None:
    if "<!DOCTYPE" in text:
        return None  # neither the schema nor any service has one; what expands would have one
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(text.encode(), parser)
    if root.tag != f"{{{SACI}}}SAMLAuthContext":
        return None
    info = root.find(f"{{{SACI}}}AuthContextInfo")
    if info is None:
        return None
    named = {name: info.get(name, "") for name in ("IdentityProvider", "AuthnContextClassRef", "AssertionRef")}
    evidence = info.find(f"{{{SACI_EXTRA}}}ExtAuthInfo/{{{SACI_EXTRA}}}Parameter[@Name='{_EVIDENCE}']")
    digest = (evidence.text or "").strip() if evidence is not None else ""
    if any(len(one) > _LONGEST_TEXT for one in named.values()) or not re.fullmatch("([0-9a-f]{64})?", digest):
        return None
    return Authentication(
        method=named["IdentityProvider"],
        at=_instant(info.get("AuthenticationInstant", "")),
        level=named["AuthnContextClassRef"],
        reference=named["AssertionRef"],
        evidence_digest=digest,
    )


def _instant(text: str) -> dt.datetime:
    instant = dt.datetime.fromisoformat(text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=dt.UTC)  # SAML instants without a zone are UTC
    return instant.astimezone(dt.UTC)
