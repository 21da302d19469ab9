"""The installation's own time-stamping authority.

Its tokens prove no more than that this installation's clock said so; every report calls them local.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509

from signflow.signing import oids
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.timestamps.token import TokenBuilder, TokenExtension
from signflow.signing.timestamps.tsa import DIGESTS, ReadyTsa, TimestampAnswer, build_request, token_of

LOCAL = "local"


@dataclass(slots=True)
class _Parts:
    """Of one certificate: itself and its issuers, DER; its tokens, and how long they are once that is known."""

    certificates: list[bytes]
    tokens: TokenBuilder
    token_bytes: int = 0


class LocalTsa:
    """The installation's own time-stamping authority.

    Guarantees: ESS signing-certificate-v2, a serial number of 126 random bits, the request's nonce and imprint given
    back, digests weaker than SHA-256 refused.

    Source: RFC 3161 with RFC 5816; ETSI EN 319 422.
    """

    local = True

    def __init__(
        self,
        authority: LocalAuthority,
        clock: Callable[[], dt.datetime],
        extensions: tuple[TokenExtension, ...] = (),
    ) -> None:
        self._authority = authority
        self._clock = clock
        self._extensions = extensions
        self._kept: _Parts | None = None

    @property
    def roots(self) -> tuple[asn1_x509.Certificate, ...]:
        """What its certificate leads up to."""
        return (self._authority.tsa_signer()[1],)

    def carrying(self, *extensions: TokenExtension) -> LocalTsa:
        """The same authority, with these extensions in each of its tokens."""
        return LocalTsa(self._authority, self._clock, extensions)

    def ready(self, now: dt.datetime) -> ReadyTsa:
        """Always."""
        crls = (self._authority.tsa_crl(now),)
        # read anew for each use: what asn1crypto has once taken apart it puts together again at every copy
        certificates = tuple(map(asn1_x509.Certificate.load, self._parts().certificates))
        return ReadyTsa(LOCAL, True, certificates, certificates[-1:], crls, self._token_bytes(), self.respond)

    def _parts(self) -> _Parts:
        """What tokens are put together of; another when the certificate was replaced while this ran."""
        signer, _ = self._authority.tsa_signer()
        certificates = [one.dump() for one in (signer.certificate, *signer.chain)]
        kept = self._kept
        if kept is None or kept.certificates != certificates:
            self._kept = kept = _Parts(certificates, TokenBuilder(signer, self._extensions))
        return kept

    def _token_bytes(self) -> int:
        parts = self._parts()
        if not parts.token_bytes:
            request = build_request(bytes(hashlib.sha256().digest_size), "sha256")
            parts.token_bytes = len(token_of(self.respond(request)))
        return parts.token_bytes

    def respond(self, request: bytes) -> bytes:
        """Answer a request of RFC 3161, DER to DER; a request that cannot be granted is answered with why not."""
        try:
            parsed = tsp.TimeStampReq.load(request, strict=True)
            imprint = parsed["message_imprint"]
            digest_name = imprint["hash_algorithm"]["algorithm"].native
            imprint_bytes = len(imprint["hashed_message"].native)
            nonce, policy = parsed["nonce"], parsed["req_policy"].native
            with_certificates, extensions = bool(parsed["cert_req"].native), parsed["extensions"].native
        except (ValueError, TypeError):
            return _rejection("bad_data_format")
        if digest_name not in DIGESTS:
            return _rejection("bad_alg")
        if imprint_bytes != hashlib.new(digest_name).digest_size:
            return _rejection("bad_data_format")
        if policy not in (None, oids.LOCAL_TIMESTAMP_POLICY):
            return _rejection("unaccepted_policy")
        if extensions:
            return _rejection("unaccepted_extensions")
        now = self._clock().astimezone(dt.UTC)
        given = nonce.dump() if nonce.native is not None else b""
        return self._parts().tokens.respond(imprint.dump(), given, now, with_certificates=with_certificates)


def _rejection(reason: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {reason}})
    return TimestampAnswer({"status": status}).dump()
