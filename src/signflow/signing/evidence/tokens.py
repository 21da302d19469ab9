"""What a timestamp token rests on, and so how long it can be relied on: its certificates and its algorithms.

Only what the token itself says, so that a planner can ask it of thousands; whether it is true is for `validate_token`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader

from signflow.errors import IntegrityError
from signflow.signing import oids
from signflow.signing.reading import PARSER_ERRORS, open_pdf
from signflow.signing.usage import implied_digest, signature_term

_LONGEST_CHAIN = 10


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What one token, or several taken together, rest on.

    Attributes:
        at: The time stated; of several the latest.
        authority: Common name of who states it.
        local: It is an installation of signflow: nobody outside vouches for the time.
        certificates_end_at: When the first certificate on the way to the root is over, the root left out.
        algorithms: Family and key size of everything signed on that way, as `AlgorithmPolicy` names them; sorted.
    """

    at: dt.datetime
    authority: str
    local: bool
    certificates_end_at: dt.datetime
    algorithms: tuple[tuple[str, int], ...]


def read_token_facts(token: bytes) -> TokenFacts:
    """The facts of a token that carries its certificates.

    Raises:
        IntegrityError: `evidence-token-unreadable`.
    """
    try:
        content: Any = cms.ContentInfo.load(token, strict=True)["content"]
    except PARSER_ERRORS as error:
        raise IntegrityError("evidence-token-unreadable", reason=type(error).__name__) from error
    return _read_facts(content)


def read_last_token_facts(pdf: bytes) -> TokenFacts | None:
    """The facts of the last document timestamp in a PDF; None if it has none.

    Raises:
        RefusedError: The bytes cannot be read as a PDF.
        IntegrityError: `evidence-token-unreadable`.
    """
    reader: PdfFileReader = open_pdf(pdf)
    try:
        stamps = reader.embedded_timestamp_signatures
        signed = max(stamps, key=lambda one: one.signed_revision).signed_data if stamps else None
    except PARSER_ERRORS as error:
        raise IntegrityError("evidence-token-unreadable", reason=type(error).__name__) from error
    return _read_facts(signed) if signed is not None else None


def weakest(facts: Iterable[TokenFacts]) -> TokenFacts | None:
    """Several taken together: the first end of all, every algorithm; None of none."""
    several = list(facts)
    if not several:
        return None
    newest = max(several, key=lambda one: one.at)
    return TokenFacts(
        newest.at,
        newest.authority,
        any(one.local for one in several),
        min(one.certificates_end_at for one in several),
        tuple(sorted({used for one in several for used in one.algorithms})),
    )


def _read_facts(signed: Any) -> TokenFacts:
    try:
        info = signed["encap_content_info"]["content"].parsed
        if not isinstance(info, tsp.TSTInfo):
            raise TypeError(type(info))
        held = [choice.chosen for choice in signed["certificates"] if choice.name == "certificate"]
        signer = signed["signer_infos"][0]
        path = _path(signer["sid"].chosen, held)
        used = {(str(signer["digest_algorithm"]["algorithm"].native), 0)}
        signed_with = [(signer["signature_algorithm"], path[0])]
        signed_with += [(one["signature_algorithm"], issuer) for one, issuer in pairwise(path)]
        for algorithm, by in signed_with:
            digest = implied_digest(algorithm)
            used |= {signature_term(algorithm, by.public_key), *([(digest, 0)] if digest else [])}
        stated: Any = info["gen_time"].native
        return TokenFacts(
            at=stated,
            authority=str(path[0].subject.native.get("common_name", "")),
            local=info["policy"].native == oids.LOCAL_TIMESTAMP_POLICY,
            certificates_end_at=min(one.not_valid_after for one in path if one.self_signed == "no" or len(path) == 1),
            algorithms=tuple(sorted(used)),
        )
    except PARSER_ERRORS as error:
        raise IntegrityError("evidence-token-unreadable", reason=type(error).__name__) from error


def _path(sid: Any, held: list[asn1_x509.Certificate]) -> list[asn1_x509.Certificate]:
    """The signer's certificate and those above it, as far as they are there."""
    signers = [one for one in held if _is_signer(sid, one)]
    if not signers:
        raise ValueError(len(held))
    path = signers[:1]
    while len(path) < _LONGEST_CHAIN and path[-1].self_signed == "no":
        issuer = next((one for one in held if one.subject == path[-1].issuer), None)
        if issuer is None:
            break
        path.append(issuer)
    return path


def _is_signer(sid: Any, certificate: asn1_x509.Certificate) -> bool:
    if isinstance(sid, cms.IssuerAndSerialNumber):
        return bool(certificate.issuer == sid["issuer"] and certificate.serial_number == sid["serial_number"].native)
    return certificate.key_identifier == sid.native
