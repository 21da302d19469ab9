"""What a time-stamping authority is to those who need its tokens."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from asn1crypto import algos, cms, core, tsp
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509

DIGESTS = ("sha256", "sha384", "sha512")
"""What an imprint may be made with."""

_NONCE_BITS = 64


@dataclass(frozen=True, slots=True)
class Stamp:
    """A token of time.

    Attributes:
        token: The CMS ContentInfo, DER.
        at: What time it states.
        source: Who gave it: `local` or the authority's address; it is recorded beside what was stamped.
        local: Whether it is the installation's own: nobody outside vouches for the time.
    """

    token: bytes
    at: dt.datetime
    source: str
    local: bool


@dataclass(frozen=True, slots=True)
class ReadyTsa:
    """An authority that answers now, with all that is to stand beside its tokens.

    Attributes:
        source: `local` or its address.
        local: Whether it is the installation's own.
        certificates: Its own and those it leads up to, root excluded or not, own first.
        roots: What these lead up to.
        crls: Current revocation lists for all of them but the roots.
        token_bytes: How long its tokens are, certificates included; one may be some bytes longer or shorter.
        ask: Sends a request and gives a checked response, both DER.
        ocsps: What responders say of those certificates that no list speaks for.
    """

    source: str
    local: bool
    certificates: tuple[asn1_x509.Certificate, ...]
    roots: tuple[asn1_x509.Certificate, ...]
    crls: tuple[asn1_crl.CertificateList, ...]
    token_bytes: int
    ask: Callable[[bytes], bytes]
    ocsps: tuple[asn1_ocsp.OCSPResponse, ...] = ()

    def stamp(self, imprint: bytes, digest: str = "sha256") -> Stamp:
        """A token over the imprint, made with that digest.

        Raises:
            UnavailableError: The authority does not answer any more, or not as it must.
        """
        return read_stamp(self.ask(build_request(imprint, digest)), self.source, local=self.local)


class Tsa(Protocol):
    """A time-stamping authority, or several in order."""

    @property
    def roots(self) -> tuple[asn1_x509.Certificate, ...]:
        """What its certificates lead up to."""
        ...

    def ready(self, now: dt.datetime) -> ReadyTsa:
        """An authority that answers now.

        Raises:
            UnavailableError: There is none, or its revocation lists cannot be had.
        """
        ...


class TimestampAnswer(core.Sequence):
    """A response that may lack a token, as every refusal does; asn1crypto's own insists on one.

    Source: RFC 3161, section 2.4.2.
    """

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]  # noqa: RUF012 - asn1crypto reads it from the class


def build_request(imprint: bytes, digest: str) -> bytes:
    """A request with a fresh nonce that wants the certificates. Source: RFC 3161, section 2.4.1."""
    return tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": digest}),
                "hashed_message": imprint,
            },
            # the top bit is fixed so that all tokens have the same length
            "nonce": 1 << (_NONCE_BITS - 2) | secrets.randbits(_NONCE_BITS - 2),
            "cert_req": True,
        }
    ).dump()


def token_of(response: bytes) -> bytes:
    """The token in a response that was granted, byte for byte."""
    # taken as the bytes they are: asn1crypto encodes anew what it takes for a value of indefinite length
    return core.Asn1Value.dump(tsp.TimeStampResp.load(response)["time_stamp_token"])


def read_stamp(response: bytes, source: str, *, local: bool) -> Stamp:
    """The token of a response that was granted."""
    token: Any = tsp.TimeStampResp.load(response)["time_stamp_token"]
    info = token["content"]["encap_content_info"]["content"].parsed
    return Stamp(token_of(response), info["gen_time"].native, source, local)
