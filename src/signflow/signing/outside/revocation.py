"""What authorities elsewhere say of the certificates they have revoked."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from signflow.errors import UnavailableError
from signflow.line import Line, LineError

_CRL_LIMIT_BYTES = 2_000_000
"""It is embedded in every document: where a longer one is all there is, the responder is asked instead."""

_OCSP_LIMIT_BYTES = 100_000
_OCSP_HEADERS = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
_KEPT_FOR = dt.timedelta(hours=1)
_KEPT_AT_MOST = 200
_SKEW = dt.timedelta(minutes=5)

_Word: TypeAlias = asn1_crl.CertificateList | asn1_ocsp.OCSPResponse


@dataclass(frozen=True, slots=True)
class Revocation:
    """What speaks for the certificates of a chain.

    Attributes:
        crls: Revocation lists.
        ocsps: Answers about those certificates that no list is to be had for.
    """

    crls: tuple[asn1_crl.CertificateList, ...]
    ocsps: tuple[asn1_ocsp.OCSPResponse, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    word: _Word
    fetched_at: dt.datetime
    current_until: dt.datetime


class RevocationSources:
    """Lists from where certificates say, answers of responders where there is no list; kept in memory for an hour.

    A source that is away is bridged with what was fetched before, for as long as that says of itself that it is current.
    Signatures are not checked here: what is handed on goes through a validation.

    Source: RFC 5280, 4.2.1.13 and 4.2.2.1; RFC 6960.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def speaking_for(self, chains: Iterable[tuple[asn1_x509.Certificate, ...]], now: dt.datetime) -> Revocation:
        """What speaks now for all certificates of these chains but their roots, which stand last.

        A certificate that names neither list nor responder is passed over; a validation will object to it.

        Raises:
            UnavailableError: For one of them nothing can be had now.
        """
        words: dict[str, _Word] = {}
        for chain in chains:
            for certificate, issuer in pairwise(chain):
                words |= self._about(certificate, issuer, now)
        crls = tuple(word for word in words.values() if isinstance(word, asn1_crl.CertificateList))
        ocsps = tuple(word for word in words.values() if isinstance(word, asn1_ocsp.OCSPResponse))
        return Revocation(crls, ocsps)

    def _about(
        self, certificate: asn1_x509.Certificate, issuer: asn1_x509.Certificate, now: dt.datetime
    ) -> dict[str, _Word]:
        failure: UnavailableError | None = None
        for name, url, fetch in self._sources(certificate, issuer):
            try:
                return {name: self._current(name, fetch, now)}
            except (LineError, ValueError, TypeError) as error:
                failure = failure or UnavailableError("revocation-unavailable", url=url, reason=str(error))
        if failure:
            raise failure
        return {}

    def _sources(
        self, certificate: asn1_x509.Certificate, issuer: asn1_x509.Certificate
    ) -> Iterator[tuple[str, str, Callable[[], tuple[_Word, dt.datetime, dt.datetime | None]]]]:
        for url in _list_urls(certificate):
            yield url, url, partial(self._list, url)
        for url in certificate.ocsp_urls:
            yield f"{url}#{certificate.sha256.hex()}", url, partial(self._answer, url, certificate, issuer)

    def _current(
        self, name: str, fetch: Callable[[], tuple[_Word, dt.datetime, dt.datetime | None]], now: dt.datetime
    ) -> _Word:
        kept = self._kept.get(name)
        if kept and now < kept.current_until and now - kept.fetched_at < _KEPT_FOR:
            return kept.word
        try:
            word, since, until = fetch()
            _require_current(since, until, now)
        except (LineError, ValueError, TypeError):
            if kept and now < kept.current_until:
                return kept.word
            raise
        with self._lock:
            while len(self._kept) >= _KEPT_AT_MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[name] = _Kept(word, now, until or now + _KEPT_FOR)
        return word

    def _list(self, url: str) -> tuple[_Word, dt.datetime, dt.datetime | None]:
        crl = asn1_crl.CertificateList.load(self._line.get(url, limit_bytes=_CRL_LIMIT_BYTES), strict=True)
        _ = crl.native  # asn1crypto parses lazily: find damage here
        body: Any = crl["tbs_cert_list"]
        return crl, body["this_update"].native, body["next_update"].native

    def _answer(
        self, url: str, certificate: asn1_x509.Certificate, issuer: asn1_x509.Certificate
    ) -> tuple[_Word, dt.datetime, dt.datetime | None]:
        below, above = (x509.load_der_x509_certificate(one.dump()) for one in (certificate, issuer))
        # the digest only names the certificate asked about, and this is the one that every responder knows (RFC 5019)
        request = ocsp.OCSPRequestBuilder().add_certificate(below, above, hashes.SHA1()).build()  # noqa: S303 -- as said
        body = request.public_bytes(Encoding.DER)
        reply = self._line.post(url, body, headers=_OCSP_HEADERS, limit_bytes=_OCSP_LIMIT_BYTES)
        answer = asn1_ocsp.OCSPResponse.load(reply.body, strict=True)
        _ = answer.native
        if answer["response_status"].native != "successful":
            raise ValueError(answer["response_status"].native)
        about: Any = answer.response_data["responses"]
        if len(about) != 1 or about[0]["cert_id"]["serial_number"].native != certificate.serial_number:
            raise ValueError("about another certificate")
        return answer, about[0]["this_update"].native, about[0]["next_update"].native


def _require_current(since: dt.datetime, until: dt.datetime | None, now: dt.datetime) -> None:
    if since > now + _SKEW or (until is not None and until <= now):
        raise ValueError("not current")


def _list_urls(certificate: asn1_x509.Certificate) -> list[str]:
    points = certificate.crl_distribution_points
    return [point.url for point in points if point.url and point.url.startswith(("http://", "https://"))]
