"""The installation's own time-stamping authority.

Its tokens prove no more than that this installation's clock said so; every report calls them local.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from functools import cached_property

from asn1crypto import algos, cms, core, tsp
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko.sign import general
from pyhanko.sign.timestamps import TimeStamper

from signflow.signing import oids
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.kept import KeptAttributes, KeptSignerInfo
from signflow.signing.timestamps.tsa import DIGESTS, ReadyTsa, Stamper, TimestampAnswer, build_request


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

    def ready(self, now: dt.datetime) -> ReadyTsa:
        """Always."""
        certificates = tuple(map(asn1_x509.Certificate.load, self._certificates))
        return ReadyTsa("local", True, certificates, self.roots, self.crls(now), self._token_bytes, self.respond)

    @cached_property
    def _token_bytes(self) -> int:
        answer = self.respond(build_request(bytes(hashlib.sha256().digest_size), "sha256"))
        return len(tsp.TimeStampResp.load(answer)["time_stamp_token"].dump())

    def respond(self, request: bytes) -> bytes:
        """Answer a request of RFC 3161, DER to DER; a request that cannot be granted is answered with why not."""
        try:
            parsed = tsp.TimeStampReq.load(request, strict=True)
            digest_name = parsed["message_imprint"]["hash_algorithm"]["algorithm"].native
            imprint_bytes = len(parsed["message_imprint"]["hashed_message"].native)
            policy = parsed["req_policy"].native
        except (ValueError, TypeError):
            return _rejection("bad_data_format")
        if digest_name not in DIGESTS:
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


class _LocalStamper(Stamper):
    def __init__(self, tsa: LocalTsa) -> None:
        super().__init__()
        self._tsa = tsa

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._tsa.grant(req).dump())


def _rejection(reason: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {reason}})
    return TimestampAnswer({"status": status}).dump()
