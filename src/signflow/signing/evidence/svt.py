"""A Signature Validation Token: what a validation found, stated by whoever validated, in a JWT.

Who has the token and trusts its issuer need not validate the signatures again; so it holds when their certificates,
revocation lists and algorithms have long ended, for as long as the token's own do.

Source: RFC 9321, section 3.2 (claims) and appendix B (profile for PDF).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from signflow.signing import oids

VERSION = "1.0"
PROFILE = "PDF"
EXTENSION = "1.2.752.201.5.2"
"""Of a document timestamp's TSTInfo: an octet string that holds the token. Source: RFC 9321, appendix B.1.1."""

POLICY = f"urn:oid:{oids.VALIDATION_POLICY}"
"""By which rules signflow validates: those of `validation`."""

SIGNATURE_TIMESTAMP = "http://id.swedenconnect.se/svt/timeval-type/sig-timestamp/01"
DOCUMENT_TIMESTAMP = "http://id.swedenconnect.se/svt/timeval-type/pdf-doc-timestamp/01"
"""Kinds of proof of time, by the identifiers that the first implementation registered."""

DIGEST_URIS: Mapping[str, str] = {
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
"""How `hash_algo` names digests. Source: RFC 9231, section 2.1."""

_MOST = 1000


def _from_base64(value: Any) -> Any:
    return base64.b64decode(value, validate=True) if isinstance(value, str) else value


Base64 = Annotated[
    bytes, BeforeValidator(_from_base64), PlainSerializer(lambda value: base64.b64encode(value).decode())
]
Result = Literal["PASSED", "FAILED", "INDETERMINATE"]
Extension = dict[str, str] | None


class _Claims(BaseModel):
    """Nothing but what is declared; an absent claim and a null are the same."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PolicyValidation(_Claims):
    """What a validation by a policy came to. Source: 3.2.7."""

    pol: str
    res: Result
    msg: str | None = None
    ext: Extension = None


class TimeValidation(_Claims):
    """A proof that the signature existed at a time. Source: 3.2.8."""

    time: int = Field(ge=0)
    type: str
    iss: str
    id: str | None = None
    hash: Base64 | None = None
    val: list[PolicyValidation] | None = None
    ext: Extension = None


class SigReference(_Claims):
    """Which signature. Source: 3.2.5, B.2.1."""

    id: str | None = None
    sig_hash: Base64
    sb_hash: Base64


class SignedData(_Claims):
    """What was signed. Source: 3.2.6, B.2.2."""

    ref: str
    hash: Base64


class CertReference(_Claims):
    """Whose certificate, and its issuers: `chain` holds them, `chain_hash` their digests. Source: 3.2.9, B.2.3."""

    type: Literal["chain", "chain_hash"]
    ref: list[Base64] = Field(min_length=1, max_length=10)


class SignatureClaims(_Claims):
    """All about one signature. Source: 3.2.4."""

    sig_ref: SigReference
    sig_data_ref: list[SignedData] = Field(min_length=1, max_length=1)
    signer_cert_ref: CertReference
    sig_val: list[PolicyValidation] = Field(min_length=1, max_length=_MOST)
    time_val: list[TimeValidation] | None = Field(default=None, max_length=_MOST)
    ext: Extension = None


class SigValidation(_Claims):
    """All about the signatures of a document. Source: 3.2.3."""

    ver: Literal["1.0"]
    profile: Literal["PDF"]
    hash_algo: str
    sig: list[SignatureClaims] = Field(min_length=1, max_length=_MOST)
    ext: Extension = None


class SvtClaims(_Claims):
    """The payload. Source: 3.2.2."""

    jti: str
    iss: str
    iat: int = Field(ge=0)
    aud: str | list[str] | None = None
    exp: int | None = Field(default=None, ge=0)
    sig_val_claims: SigValidation

    @property
    def digest(self) -> str:
        """The digest that all its references are made with.

        Raises:
            ValueError: It is none that is known here.
        """
        for name, uri in DIGEST_URIS.items():
            if uri == self.sig_val_claims.hash_algo:
                return name
        raise ValueError(self.sig_val_claims.hash_algo)

    def to_payload(self) -> dict[str, Any]:
        """As it stands in the token; what is absent is left out."""
        return self.model_dump(mode="json", exclude_none=True)


def digest_with(name: str, *parts: bytes | memoryview) -> bytes:
    """The digest of that name over the parts, one after the other."""
    running = hashlib.new(name)
    for part in parts:
        running.update(part)
    return running.digest()
