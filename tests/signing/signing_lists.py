"""Trusted lists of a made-up Commission and a made-up state, signed by test certificates with signxml."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree
from signing_strangers import Holder, certify, make_key
from signxml.algorithms import CanonicalizationMethod, SignatureMethod
from signxml.xades import XAdESSigner

from signflow.errors import UnavailableError

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=365)
LOTL_URL = "https://lists.example/lotl/eu-lotl.xml"
BASE = "http://uri.etsi.org/TrstSvc"
GRANTED, WITHDRAWN = (f"{BASE}/TrustedList/Svcstatus/{status}" for status in ("granted", "withdrawn"))
CA, TSA = (f"{BASE}/Svctype/{kind}" for kind in ("CA/QC", "TSA/QTST"))
_DS = "http://www.w3.org/2000/09/xmldsig#"
INFO = f"{BASE}/TrustedList/SvcInfoExt"


@cache
def signer(name: str) -> Holder:
    """Someone who signs lists; the same for the same name."""
    return certify(name, make_key(), None, NOW - 3 * YEAR)


def extension(inner: str, *, critical: bool = False) -> str:
    return f'<Extension Critical="{str(critical).lower()}">{inner}</Extension>'


def information(uri: str, *, critical: bool = False) -> str:
    inner = f'<AdditionalServiceInformation><URI xml:lang="en">{uri}</URI></AdditionalServiceInformation>'
    return extension(inner, critical=critical)


def not_qualified() -> str:
    return extension(
        '<q:Qualifications xmlns:q="http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#">'
        f'<q:QualificationElement><q:Qualifiers><q:Qualifier uri="{INFO}/NotQualified"/></q:Qualifiers>'
        '<q:CriteriaList assert="all"><q:KeyUsage><q:KeyUsageBit name="digitalSignature">true</q:KeyUsageBit></q:KeyUsage>'
        "</q:CriteriaList></q:QualificationElement></q:Qualifications>"
    )


@dataclass(frozen=True)
class Status:
    """One entry in a service's life."""

    status: str
    since: dt.datetime
    extensions: str = ""


@dataclass(frozen=True)
class Told:
    """A service as a list tells of it, newest status first."""

    certificate: bytes
    kind: str = CA
    life: tuple[Status, ...] = (Status(GRANTED, NOW - YEAR),)
    name: str = "Tjänsten"

    def xml(self) -> str:
        first, *others = (self._entry(one) for one in self.life)
        history = "".join(f"<ServiceHistoryInstance>{one}</ServiceHistoryInstance>" for one in others)
        return (
            f"<TSPService><ServiceInformation>{first}</ServiceInformation>"
            f"<ServiceHistory>{history}</ServiceHistory></TSPService>"
        )

    def _entry(self, one: Status) -> str:
        extensions = f"<ServiceInformationExtensions>{one.extensions}</ServiceInformationExtensions>"
        return (
            f"<ServiceTypeIdentifier>{self.kind}</ServiceTypeIdentifier>"
            f'<ServiceName><Name xml:lang="sv">på svenska</Name><Name xml:lang="en">{escape(self.name)}</Name></ServiceName>'
            f"<ServiceDigitalIdentity>{_identity(self.certificate)}</ServiceDigitalIdentity>"
            f"<ServiceStatus>{one.status}</ServiceStatus>"
            f"<StatusStartingTime>{_time(one.since)}</StatusStartingTime>{extensions if one.extensions else ''}"
        )


@dataclass(frozen=True)
class State:
    """The list of a state."""

    services: tuple[Told, ...] = ()
    territory: str = "SE"
    sequence: int = 7
    issued_at: dt.datetime = NOW - dt.timedelta(days=10)
    next_update_at: dt.datetime | None = NOW + dt.timedelta(days=100)
    by: str = "Post- och telestyrelsen"

    def body(self) -> str:
        services = "".join(one.xml() for one in self.services)
        return _list(
            _scheme(self, f"{BASE}/TrustedList/TSLType/EUgeneric"),
            "<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName>"
            '<Name xml:lang="en">Leverantören AB</Name></TSPName></TSPInformation>'
            f"<TSPServices>{services}</TSPServices></TrustServiceProvider></TrustServiceProviderList>",
        )

    def xml(self) -> bytes:
        return sign(self.body(), signer(self.by))


@dataclass(frozen=True)
class Lists:
    """The list of lists: who signs it, who may sign the next, and who signs the states' lists.

    All of them lie `under` an address, if one is given, instead of at hosts of their own that nobody can reach.
    """

    states: tuple[tuple[str, str], ...] = (("SE", "Post- och telestyrelsen"),)
    by: str = "Kommissionen"
    signers: tuple[str, ...] = ("Kommissionen",)
    pivots: tuple[str, ...] = ()
    territory: str = "EU"
    sequence: int = 300
    issued_at: dt.datetime = NOW - dt.timedelta(days=5)
    next_update_at: dt.datetime | None = NOW + dt.timedelta(days=100)
    under: str = ""

    def body(self) -> str:
        kind = f"{BASE}/TrustedList/TSLType"
        pointers = _pointer(LOTL_URL, "EU", f"{kind}/EUlistofthelists", self.signers)
        for territory, by in self.states:
            url = f"{self.under}/{territory}.xml" if self.under else f"https://{territory.lower()}.example/tl.xml"
            pointers += _pointer(url, territory, f"{kind}/EUgeneric", (by,))
        uris = "".join(f'<URI xml:lang="en">{url}</URI>' for url in self.pivots)
        extra = (
            f"<SchemeInformationURI>{uris}</SchemeInformationURI><PointersToOtherTSL>{pointers}</PointersToOtherTSL>"
        )
        return _list(_scheme(self, f"{kind}/EUlistofthelists", extra), "")

    def xml(self) -> bytes:
        return sign(self.body(), signer(self.by))


@dataclass
class Published:
    """Lists at their addresses, as a source of the real interface."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, lists: Lists, *states: State) -> Published:
        files = {f"https://{one.territory.lower()}.example/tl.xml": one.xml() for one in states}
        return cls({LOTL_URL: lists.xml(), **files})

    def fetch(self, url: str, territory: str = "") -> bytes:
        self.asked.append(f"{territory} {url}".strip())
        if url not in self.files:
            raise UnavailableError("trusted-list-away", url=url, reason="404")
        return self.files[url]

    def save(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for url, data in self.files.items():
            host = url.split("/")[2].split(".")[0].upper()
            (folder / ("eu-lotl.xml" if url == LOTL_URL else f"{host}.xml")).write_bytes(data)
        return folder


class _Signer(XAdESSigner):
    """As annex B wants it: exclusive canonicalisation of every reference, said in the reference."""

    def _add_reference_to_signed_info(self, sig_root: Any, node_to_reference: Any, **attrs: str) -> None:
        super()._add_reference_to_signed_info(sig_root, node_to_reference, **attrs)
        reference = sig_root.findall(f"{{{_DS}}}SignedInfo/{{{_DS}}}Reference")[-1]
        transforms = etree.Element(f"{{{_DS}}}Transforms")
        etree.SubElement(transforms, f"{{{_DS}}}Transform", Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
        reference.insert(0, transforms)


def sign(body: str, by: Holder) -> bytes:
    """An enveloped XAdES signature, as annex B of TS 119 612 wants it."""
    made = _Signer(
        signature_algorithm=SignatureMethod.ECDSA_SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    root = made.sign(etree.fromstring(body.encode()), key=by.key, cert=[by.certificate], always_add_key_value=False)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def later(one: State, days: int = 1, **changes: object) -> State:
    """The next issue."""
    issued_at = one.issued_at + dt.timedelta(days=days)
    return replace(one, **{"sequence": one.sequence + 1, "issued_at": issued_at, **changes})


def _list(scheme: str, rest: str) -> str:
    return (
        '<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" '
        'xmlns:x="http://uri.etsi.org/02231/v2/additionaltypes#" '
        f'Id="list" TSLTag="http://uri.etsi.org/19612/TSLTag">{scheme}{rest}</TrustServiceStatusList>'
    )


def _scheme(one: State | Lists, kind: str, extra: str = "") -> str:
    ends = f"<dateTime>{_time(one.next_update_at)}</dateTime>" if one.next_update_at else ""
    return (
        "<SchemeInformation><TSLVersionIdentifier>5</TSLVersionIdentifier>"
        f"<TSLSequenceNumber>{one.sequence}</TSLSequenceNumber><TSLType>{kind}</TSLType>"
        f"<SchemeTerritory>{one.territory}</SchemeTerritory>{extra}"
        f"<ListIssueDateTime>{_time(one.issued_at)}</ListIssueDateTime><NextUpdate>{ends}</NextUpdate></SchemeInformation>"
    )


def _pointer(url: str, territory: str, kind: str, signers: tuple[str, ...]) -> str:
    identities = "".join(
        f"<ServiceDigitalIdentity>{_identity(signer(name).der)}</ServiceDigitalIdentity>" for name in signers
    )
    about = "".join(
        f"<OtherInformation>{one}</OtherInformation>"
        for one in (
            f"<TSLType>{kind}</TSLType>",
            f"<SchemeTerritory>{territory}</SchemeTerritory>",
            "<x:MimeType>application/vnd.etsi.tsl+xml</x:MimeType>",
            _rules(kind),
        )
    )
    return (
        f"<OtherTSLPointer><ServiceDigitalIdentities>{identities}</ServiceDigitalIdentities>"
        f"<TSLLocation>{url}</TSLLocation><AdditionalInformation>{about}</AdditionalInformation></OtherTSLPointer>"
    )


def _rules(kind: str) -> str:
    """What pyHanko tells the list of lists by."""
    name = "EUlistofthelists" if kind.endswith("EUlistofthelists") else "EUcommon"
    uri = f'<URI xml:lang="en">{BASE}/TrustedList/schemerules/{name}</URI>'
    return f"<SchemeTypeCommunityRules>{uri}</SchemeTypeCommunityRules>"


def _identity(der: bytes) -> str:
    return f"<DigitalId><X509Certificate>{base64.b64encode(der).decode()}</X509Certificate></DigitalId>"


def _time(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
