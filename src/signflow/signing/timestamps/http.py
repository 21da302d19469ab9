"""An authority outside, asked over HTTP."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import threading
from collections.abc import Callable
from typing import Any

import httpx
from asn1crypto import crl as asn1_crl
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign import general
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from signflow.errors import UnavailableError
from signflow.signing.timestamps.tsa import ReadyTsa, Stamper, TimestampAnswer, build_request
from signflow.signing.trust import Trust

_REPLY = "application/timestamp-reply"
_REPLY_LIMIT_BYTES = 1_000_000
_CRL_LIMIT_BYTES = 20_000_000
_CRL_KEPT = dt.timedelta(hours=1)
_TOLERATED_SKEW = dt.timedelta(minutes=5)


class HttpTsa:
    """An authority outside, asked over HTTP.

    Guarantees that a token handed on carries our nonce and imprint, is signed by a certificate for timestamping alone,
    leads up to the trusted TSA roots and lies within five minutes of our clock. Anything else is as if nobody had
    answered: there is no token of lower quality.

    Source: RFC 3161, sections 2.2, 2.3 and 3.4.
    """

    local = False

    def __init__(
        self,
        url: str,
        timeout_s: float,
        trust: Trust,
        clock: Callable[[], dt.datetime],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url
        self.roots = trust.parsed_tsa_roots
        self._trust = trust
        self._clock = clock
        self._client = httpx.Client(timeout=timeout_s, transport=transport, follow_redirects=False)
        self._chain: tuple[asn1_x509.Certificate, ...] = ()
        self._fetched: dict[str, tuple[dt.datetime, asn1_crl.CertificateList]] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def stamper(self) -> TimeStamper:
        """A new one each time, so that a certificate that the authority has changed is noticed."""
        return _HttpStamper(self)

    def crls(self, now: dt.datetime) -> tuple[asn1_crl.CertificateList, ...]:
        """Lists brought along in the trust, and those that the authority's chain points to, kept for an hour."""
        urls = sorted({url for certificate in self._chain for url in _crl_urls(certificate)})
        return (*self._trust.parsed_crls, *(self._crl(url, now) for url in urls))

    def ready(self, now: dt.datetime) -> ReadyTsa:
        """The authority, after a first answer that tells which certificates its tokens carry."""
        answer = self._answer(build_request(bytes(hashlib.sha256().digest_size), "sha256"))
        token = tsp.TimeStampResp.load(answer)["time_stamp_token"]
        info = general.extract_certificate_info(token["content"])
        certificates = (info.signer_cert, *info.other_certs)
        return ReadyTsa(self.url, False, certificates, self.roots, self.crls(now), len(token.dump()), self._answer)

    def _answer(self, request: bytes) -> bytes:
        return asyncio.run(self.ask(tsp.TimeStampReq.load(request))).dump()

    async def ask(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send one request and check what comes back.

        Raises:
            UnavailableError: No answer, or none that keeps the guarantees.
        """
        answer = self._post(request.dump())
        try:
            status: Any = TimestampAnswer.load(answer, strict=True)["status"]
            if status["status"].native not in {"granted", "granted_with_mods"}:
                raise UnavailableError("tsa-refused", url=self.url, status=status["status"].native)
            response: Any = tsp.TimeStampResp.load(answer, strict=True)
            await self._check(request, response["time_stamp_token"]["content"])
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnavailableError("tsa-invalid", url=self.url, reason=str(error)) from error
        return response

    def _post(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": _REPLY}
        try:
            with self._client.stream("POST", self.url, content=body, headers=headers) as response:
                response.raise_for_status()
                if response.headers.get("content-type", "").split(";")[0].strip() != _REPLY:
                    raise UnavailableError("tsa-invalid", url=self.url, reason="content type")
                return _read_limited(response, _REPLY_LIMIT_BYTES, self.url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnavailableError("tsa-unavailable", url=self.url, reason=str(error)) from error

    async def _check(self, request: tsp.TimeStampReq, token: Any) -> None:
        info = token["encap_content_info"]["content"].parsed
        imprint: Any = request["message_imprint"]
        if info["message_imprint"].dump() != imprint.dump():
            raise ValueError("imprint")
        if info["nonce"].native != request["nonce"].native:
            raise ValueError("nonce")
        if abs(info["gen_time"].native - self._clock()) > _TOLERATED_SKEW:
            raise ValueError("time")
        certificates = general.extract_certificate_info(token)
        usage = certificates.signer_cert.extended_key_usage_value
        if usage is None or usage.native != ["time_stamping"]:
            raise ValueError("extended key usage")
        # revocation is looked at when the token is embedded: the lists must stand in the file then
        context = ValidationContext(
            trust_roots=list(self.roots), moment=info["gen_time"].native, crls=[], revocation_mode="soft-fail"
        )
        status = await validate_tst_signed_data(token, context, lambda _: bytes(imprint["hashed_message"].native))
        if not (status["intact"] and status["valid"]):
            raise ValueError("signature")
        if status["trust_problem_indic"] is not None:
            raise ValueError(status["trust_problem_indic"].standard_name)
        known = {root.sha256 for root in self.roots}
        chain = (certificates.signer_cert, *certificates.other_certs)
        with self._lock:
            self._chain = tuple(certificate for certificate in chain if certificate.sha256 not in known)

    def _crl(self, url: str, now: dt.datetime) -> asn1_crl.CertificateList:
        kept = self._fetched.get(url)
        if kept is not None and now - kept[0] < _CRL_KEPT:
            return kept[1]
        try:
            with self._client.stream("GET", url) as response:
                response.raise_for_status()
                crl = asn1_crl.CertificateList.load(_read_limited(response, _CRL_LIMIT_BYTES, url), strict=True)
                _ = crl.native
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError) as error:
            raise UnavailableError("tsa-crl-unavailable", url=url, reason=str(error)) from error
        self._fetched[url] = now, crl
        return crl


class _HttpStamper(Stamper):
    def __init__(self, tsa: HttpTsa) -> None:
        super().__init__()
        self._tsa = tsa

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        # each signature runs in a worker thread with a loop of its own, so waiting here blocks nobody else
        return await self._tsa.ask(req)


def _read_limited(response: httpx.Response, limit_bytes: int, url: str) -> bytes:
    data = bytearray()
    for part in response.iter_bytes():
        data += part
        if len(data) > limit_bytes:
            raise UnavailableError("tsa-invalid", url=url, reason="size")
    return bytes(data)


def _crl_urls(certificate: asn1_x509.Certificate) -> list[str]:
    points = certificate.crl_distribution_points
    return [point.url for point in points if point.url and point.url.startswith("http")]
