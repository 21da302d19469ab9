"""Tokens of time: from the installation's own authority, or from one outside.

A local token proves no more than that this installation's clock said so; every report calls it local.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import threading
from collections.abc import Callable
from typing import Any, Protocol

import httpx
from asn1crypto import algos, cms, core, tsp
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko.sign import general
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from signflow.errors import UnavailableError
from signflow.signing import oids
from signflow.signing.authority import LocalAuthority
from signflow.signing.kept import KeptAttributes, KeptSignerInfo, KeptToken
from signflow.signing.trust import Trust

_REPLY = "application/timestamp-reply"
_REPLY_LIMIT_BYTES = 1_000_000
_CRL_LIMIT_BYTES = 20_000_000
_CRL_KEPT = dt.timedelta(hours=1)
_DIGESTS = ("sha256", "sha384", "sha512")
_TOLERATED_SKEW = dt.timedelta(minutes=5)


class Tsa(Protocol):
    """A time-stamping authority to apply signatures with."""

    @property
    def local(self) -> bool:
        """Whether it is the installation's own."""
        ...

    @property
    def roots(self) -> tuple[asn1_x509.Certificate, ...]:
        """What its certificates lead up to."""
        ...

    def stamper(self) -> TimeStamper:
        """The authority as pyHanko asks it; errors of it are ours."""
        ...

    def crls(self, now: dt.datetime) -> tuple[asn1_crl.CertificateList, ...]:
        """Current revocation lists for its chain.

        Raises:
            UnavailableError: They cannot be had now.
        """
        ...


class LocalTsa:
    """The installation's own time-stamping authority.

    Guarantees: ESS signing-certificate-v2, a serial number of 128 random bits, the request's nonce and imprint given
    back, digests weaker than SHA-256 refused.

    Source: RFC 3161 with RFC 5816; ETSI EN 319 422.
    """

    local = True

    def __init__(self, authority: LocalAuthority, clock: Callable[[], dt.datetime]) -> None:
        self._authority = authority
        self._signer, root = authority.tsa_signer()
        self._clock = clock
        self._certificates = [one.dump() for one in (self._signer.certificate, *self._signer.chain)]
        self.roots = (root,)
        self._stamper = _LocalStamper(self)

    def stamper(self) -> TimeStamper:
        """The same one each time: its key is loaded, its certificates parsed."""
        return self._stamper

    def crls(self, now: dt.datetime) -> tuple[asn1_crl.CertificateList, ...]:
        """The TSA root's list."""
        return (self._authority.tsa_crl(now),)

    def respond(self, request: bytes) -> bytes:
        """Answer a request of RFC 3161, DER to DER; a request that cannot be granted is answered with why not."""
        try:
            parsed = tsp.TimeStampReq.load(request, strict=True)
            digest_name = parsed["message_imprint"]["hash_algorithm"]["algorithm"].native
            imprint_bytes = len(parsed["message_imprint"]["hashed_message"].native)
            policy = parsed["req_policy"].native
        except (ValueError, TypeError):
            return _rejection("bad_data_format")
        if digest_name not in _DIGESTS:
            return _rejection("bad_alg")
        if imprint_bytes != hashlib.new(digest_name).digest_size:
            return _rejection("bad_data_format")
        if policy not in (None, oids.LOCAL_TIMESTAMP_POLICY):
            return _rejection("unaccepted_policy")
        return self.grant(parsed).dump()

    def grant(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """A token for a well-formed request."""
        now = self._clock().astimezone(dt.UTC).replace(microsecond=0)
        fields: dict[str, object] = {
            "version": "v1",
            "policy": oids.LOCAL_TIMESTAMP_POLICY,
            "message_imprint": request["message_imprint"],
            # the top bit is fixed so that all tokens have the same length
            "serial_number": 1 << 126 | secrets.randbits(126),
            "gen_time": now,
            "accuracy": {"seconds": 1},
            "tsa": asn1_x509.GeneralName(
                name="directory_name", value=asn1_x509.Certificate.load(self._certificates[0]).subject
            ),
        }
        if request["nonce"].native is not None:
            fields["nonce"] = request["nonce"]
        content = tsp.TSTInfo(fields).dump()
        return tsp.TimeStampResp(
            {
                "status": tsp.PKIStatusInfo({"status": "granted"}),
                "time_stamp_token": self._signed(content, now, with_certificates=bool(request["cert_req"].native)),
            }
        )

    def _signed(self, content: bytes, now: dt.datetime, *, with_certificates: bool) -> cms.ContentInfo:
        # read anew for each token, as in `authority`: taken apart, they would be put together again at every copy
        certificate, *chain = map(asn1_x509.Certificate.load, self._certificates)
        attributes = cms.CMSAttributes(
            [
                general.simple_cms_attribute("content_type", "tst_info"),
                general.simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(now)})),
                general.simple_cms_attribute("signing_certificate_v2", general.as_signing_certificate_v2(certificate)),
                general.simple_cms_attribute("message_digest", hashlib.sha256(content).digest()),
            ]
        )
        attributes = KeptAttributes.load(attributes.dump())
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        sid = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
        info = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": sid}),
                "digest_algorithm": sha256,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signed_attrs": attributes,
                "signature": self._signer.sign(attributes.dump()),
            }
        )
        signed: dict[str, object] = {
            "version": "v3",
            "digest_algorithms": cms.DigestAlgorithms((sha256,)),
            "encap_content_info": cms.EncapsulatedContentInfo(
                {"content_type": "tst_info", "content": cms.ParsableOctetString(content)}
            ),
            "signer_infos": [KeptSignerInfo.load(info.dump())],
        }
        if with_certificates:
            signed["certificates"] = [certificate, *chain]
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


class _Stamper(TimeStamper):
    """Hands out tokens as bytes nobody has looked into: pyHanko copies them often, and asn1crypto copies by parts."""

    def __init__(self) -> None:
        super().__init__()
        self._dummies: dict[str, bytes] = {}

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        token = await super().async_timestamp(message_digest, md_algorithm)
        return KeptToken.load(core.Asn1Value.dump(token))

    async def async_dummy_response(self, md_algorithm: str) -> cms.ContentInfo:
        if md_algorithm not in self._dummies:
            self._dummies[md_algorithm] = core.Asn1Value.dump(await super().async_dummy_response(md_algorithm))
        return KeptToken.load(self._dummies[md_algorithm])


class _LocalStamper(_Stamper):
    def __init__(self, tsa: LocalTsa) -> None:
        super().__init__()
        self._tsa = tsa

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._tsa.grant(req).dump())


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


class TimestampAnswer(core.Sequence):
    """A response that may lack a token, as every refusal does; asn1crypto's own insists on one.

    Source: RFC 3161, section 2.4.2.
    """

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]  # noqa: RUF012 - asn1crypto reads it from the class


class _HttpStamper(_Stamper):
    def __init__(self, tsa: HttpTsa) -> None:
        super().__init__()
        self._tsa = tsa

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        # each signature runs in a worker thread with a loop of its own, so waiting here blocks nobody else
        return await self._tsa.ask(req)


def _rejection(reason: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {reason}})
    return TimestampAnswer({"status": status}).dump()


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
