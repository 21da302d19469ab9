"""What a verified list says, in the terms of `model`.

Source: ETSI TS 119 612, 5.2 to 5.5; on what is left out, `docs/trust.md`.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from operator import itemgetter

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - lxml ships without types

from signflow.errors import RefusedError
from signflow.signing.trusted_lists.model import (
    Edition,
    ListOfLists,
    Period,
    Pointer,
    Service,
    ServiceKind,
    StateList,
)
from signflow.signing.trusted_lists.signed import TSL

_NAMES = {
    "t": TSL,
    "x": "http://uri.etsi.org/02231/v2/additionaltypes#",
    "q": "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#",
}
_BASE = "http://uri.etsi.org/TrstSvc"
_LIST_OF_LISTS = f"{_BASE}/TrustedList/TSLType/EUlistofthelists"
_STATE_LIST = f"{_BASE}/TrustedList/TSLType/EUgeneric"
_XML = "application/vnd.etsi.tsl+xml"
_GRANTED = f"{_BASE}/TrustedList/Svcstatus/granted"
_KINDS = {f"{_BASE}/Svctype/{kind}": kind for kind in ServiceKind}
_NOT_QUALIFIED = f"{_BASE}/TrustedList/SvcInfoExt/NotQualified"
_INFO = f"{_BASE}/TrustedList/SvcInfoExt/"
_FOR_DOCUMENTS = frozenset({f"{_INFO}ForeSignatures", f"{_INFO}ForeSeals"})
_FOR_SITES = f"{_INFO}ForWebSiteAuthentication"
_UNDERSTOOD = frozenset({"Qualifications", "AdditionalServiceInformation", "ExpiredCertsRevocationInfo"})
_VERSIONS = frozenset({"5", "6"})
_ENGLISH = "{http://www.w3.org/XML/1998/namespace}lang"


def read_edition(root: etree._Element) -> Edition:
    """Which issue a list is.

    Raises:
        RefusedError: It does not say so as the standard wants.
    """
    scheme = _one(root, "t:SchemeInformation")
    if _text(scheme, "t:TSLVersionIdentifier") not in _VERSIONS:
        raise _unreadable("version")
    sequence = _text(scheme, "t:TSLSequenceNumber")
    if not sequence.isascii() or not sequence.isdigit() or len(sequence) > 9:
        raise _unreadable("sequence")
    next_update = _text(scheme, "t:NextUpdate/t:dateTime", default="")
    return Edition(
        territory=_text(scheme, "t:SchemeTerritory"),
        sequence=int(sequence),
        issued_at=_instant(_text(scheme, "t:ListIssueDateTime")),
        next_update_at=_instant(next_update) if next_update else None,
    )


def read_list_of_lists(root: etree._Element) -> ListOfLists:
    """The Commission's list.

    Raises:
        RefusedError: It is another list, or not as the standard wants.
    """
    scheme = _one(root, "t:SchemeInformation")
    _require_type(scheme, _LIST_OF_LISTS)
    signers: tuple[bytes, ...] = ()
    pointers: list[Pointer] = []
    for element in _all(scheme, "t:PointersToOtherTSL/t:OtherTSLPointer"):
        about = _one(element, "t:AdditionalInformation")
        if _text(about, "t:OtherInformation/x:MimeType", default="") != _XML:
            continue
        certificates = _certificates([element], "t:ServiceDigitalIdentities/t:ServiceDigitalIdentity")
        kind = _text(about, "t:OtherInformation/t:TSLType")
        if kind == _LIST_OF_LISTS:
            signers = certificates
        elif kind == _STATE_LIST:
            territory = _text(about, "t:OtherInformation/t:SchemeTerritory")
            pointers.append(Pointer(territory, _text(element, "t:TSLLocation"), certificates))
    if not signers:
        raise _unreadable("pointers")
    return ListOfLists(read_edition(root), signers, tuple(pointers), read_pivots(root))


def read_pivots(root: etree._Element) -> tuple[str, ...]:
    """Addresses of earlier issues at which the signers changed, newest first.

    Source: Commission, "Pivot LOTL": those scheme information addresses that end in `.xml`.
    """
    found = _all(root, "t:SchemeInformation/t:SchemeInformationURI/t:URI")
    return tuple(address for one in found if (address := (one.text or "").strip()).endswith(".xml"))


def read_state_list(root: etree._Element) -> StateList:
    """The list of a state.

    Raises:
        RefusedError: It is another list, or not as the standard wants.
    """
    _require_type(_one(root, "t:SchemeInformation"), _STATE_LIST)
    services: list[Service] = []
    for provider in _all(root, "t:TrustServiceProviderList/t:TrustServiceProvider"):
        name = _named(provider, "t:TSPInformation/t:TSPName/t:Name")
        for element in _all(provider, "t:TSPServices/t:TSPService"):
            services.extend(_services(element, name))
    return StateList(read_edition(root), tuple(services))


def _services(element: etree._Element, provider: str) -> Iterator[Service]:
    """A service under each of the kinds that it ever had; it keeps its key, and so its certificates, through all."""
    present = _one(element, "t:ServiceInformation")
    entries = [present, *_all(element, "t:ServiceHistory/t:ServiceHistoryInstance")]
    certificates = _certificates(entries, "t:ServiceDigitalIdentity")
    begun = sorted(((_instant(_text(entry, "t:StatusStartingTime")), entry) for entry in entries), key=itemgetter(0))
    ends: list[dt.datetime | None] = [later[0] for _, later in pairwise(begun)]
    for kind in ServiceKind:
        periods = tuple(
            Period(begins_at, ends_at, disputed=_NOT_QUALIFIED in _qualifiers(entry))
            for (begins_at, entry), ends_at in zip(begun, [*ends, None], strict=True)
            if begins_at != ends_at and _KINDS.get(_text(entry, "t:ServiceTypeIdentifier")) is kind and _counts(entry)
        )
        if periods and certificates:
            yield Service(provider, _named(present, "t:ServiceName/t:Name"), kind, certificates, periods)


def _counts(entry: etree._Element) -> bool:
    """Whether the service was granted, for documents, and the entry holds nothing critical that is not understood."""
    if _text(entry, "t:ServiceStatus") != _GRANTED:
        return False
    uses: set[str] = set()
    for extension in _all(entry, "t:ServiceInformationExtensions/t:Extension"):
        kinds = {etree.QName(child).localname for child in extension if isinstance(child.tag, str)}
        if extension.get("Critical") in {"true", "1"} and not kinds <= _UNDERSTOOD:
            return False
        uses |= {(one.text or "").strip() for one in _all(extension, "t:AdditionalServiceInformation/t:URI")}
    return _FOR_SITES not in uses or bool(uses & _FOR_DOCUMENTS)


def _qualifiers(entry: etree._Element) -> set[str]:
    path = "t:ServiceInformationExtensions/t:Extension/q:Qualifications/q:QualificationElement/q:Qualifiers/q:Qualifier"
    return {str(one.get("uri")) for one in _all(entry, path)}


def _certificates(elements: Iterable[etree._Element], path: str) -> tuple[bytes, ...]:
    """Each certificate once, those that can be read: lists hold some that a strict parser refuses."""
    found: dict[bytes, None] = {}
    for element in elements:
        for one in _all(element, f"{path}/t:DigitalId/t:X509Certificate"):
            try:
                data = base64.b64decode("".join((one.text or "").split()), validate=True)
                x509.load_der_x509_certificate(data).public_key()
            except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm):
                continue
            found[data] = None
    return tuple(found)


def _require_type(scheme: etree._Element, kind: str) -> None:
    if _text(scheme, "t:TSLType") != kind:
        raise _unreadable("type")


def _named(element: etree._Element, path: str) -> str:
    """In English, which every list has; else the first."""
    names = _all(element, path)
    chosen = next((one for one in names if one.get(_ENGLISH) == "en"), names[0] if names else None)
    return " ".join((chosen.text or "").split()) if chosen is not None else ""


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall(path, _NAMES)


def _one(element: etree._Element, path: str) -> etree._Element:
    found = element.find(path, _NAMES)
    if found is None:
        raise _unreadable(path.rpartition(":")[2])
    return found


def _text(element: etree._Element, path: str, default: str | None = None) -> str:
    found = element.find(path, _NAMES)
    text = ((found.text if found is not None else None) or "").strip()
    if text:
        return text
    if default is None:
        raise _unreadable(path.rpartition(":")[2])
    return default


def _instant(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise _unreadable("time") from error
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _unreadable(reason: str) -> RefusedError:
    return RefusedError("trusted-list-unreadable", reason=reason)
