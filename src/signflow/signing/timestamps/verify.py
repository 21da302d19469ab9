"""A token of time that stands by itself, outside any PDF: what it proves, and what lets that be proven later."""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509

from signflow.signing.algorithms import AlgorithmPolicy
from signflow.signing.reading import PARSER_ERRORS
from signflow.signing.report import Indication, TimestampReport
from signflow.signing.timestamps.tsa import ReadyTsa
from signflow.signing.trust import Trust
from signflow.signing.validation.cms import check_token, unreadable_token
from signflow.signing.validation.material import Material

TOKEN_LIMIT_BYTES = 4_000_000
"""More than a token with its authority's certificates and revocation lists ever is."""


def validate_token(  # noqa: PLR0913 -- the two that bind it are in front, all others are named
    token: bytes,
    imprint: bytes,
    trust: Trust,
    *,
    at: dt.datetime,
    digest: str = "sha256",
    certificates: Iterable[asn1_x509.Certificate] = (),
    crls: Iterable[asn1_crl.CertificateList] = (),
    ocsps: Iterable[asn1_ocsp.OCSPResponse] = (),
    algorithms: AlgorithmPolicy | None = None,
) -> TimestampReport:
    """What a token over the imprint proves at that instant, by the rules of `validation`. Never raises for what it is.

    Nothing is fetched, no clock is read. Call it from a thread without a running event loop.

    Args:
        token: The CMS ContentInfo, DER.
        imprint: What it must be over.
        trust: Whom to believe; its `tsa_roots` count.
        at: The latest instant at which the token is known to have existed: now, or the time that a newer token over it
            states.
        digest: What the imprint was made with.
        certificates: Those that lead up to a root, where the token lacks some.
        crls: Revocation lists beside those in token and trust.
        ocsps: Answers of responders.
        algorithms: Which algorithms hold until when; those of the trust if left out.

    Source: ETSI EN 319 102-1, 5.4, time-stamp validation.
    """
    try:
        signed, info = _read(token)
        expected = info["message_imprint"]
        named = expected["hash_algorithm"]["algorithm"].native
        material = Material(replace(trust, algorithms=algorithms) if algorithms else trust)
        material.add_carried(signed)
        for piece in (*certificates, *crls, *ocsps):
            material.add(piece)
        report = asyncio.run(check_token(signed, lambda _: expected["hashed_message"].native, material, at)).report
        if named != digest or not hmac.compare_digest(expected["hashed_message"].native, imprint):
            return replace(report, indication=Indication.TOTAL_FAILED, sub_indication="HASH_FAILURE")
    except PARSER_ERRORS as error:
        return unreadable_token(error, at).report
    return report


def stated_time(token: bytes) -> dt.datetime | None:
    """The time that a token states, whoever signed it; None if it is no token."""
    try:
        return _read(token)[1]["gen_time"].native
    except PARSER_ERRORS:
        return None


def build_lasting(token: bytes, tsa: ReadyTsa) -> bytes:
    """The token with its authority's certificates and present revocation lists in it, so that it can be judged alone.

    They stand outside what is signed, in the token's own `certificates` and `crls`.

    Source: RFC 5652, section 5.1; ETSI EN 319 122-1, 5.5.3; RFC 4998, section 4.2.
    """
    outer: Any = cms.ContentInfo.load(token)
    signed = outer["content"]
    held = (*_chosen(signed["certificates"], "certificate"), *tsa.certificates, *tsa.roots)
    certificates = {one.sha256: one for one in held}
    lists = {one.dump(): one for one in (*_chosen(signed["crls"], "crl"), *tsa.crls)}
    fields = {name: signed[name] for name in ("version", "digest_algorithms", "encap_content_info", "signer_infos")}
    lasting = cms.SignedData(
        {
            **fields,
            "certificates": [cms.CertificateChoices("certificate", one) for one in certificates.values()],
            "crls": [cms.RevocationInfoChoice("crl", one) for one in lists.values()],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": lasting}).dump()


def _read(token: bytes) -> tuple[Any, Any]:
    if len(token) > TOKEN_LIMIT_BYTES:
        raise ValueError(len(token))
    outer: Any = cms.ContentInfo.load(token, strict=True)
    if outer["content_type"].native != "signed_data":
        raise ValueError(outer["content_type"].native)
    signed = outer["content"]
    info = signed["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo) or len(signed["signer_infos"]) != 1:
        raise TypeError(type(info))
    return signed, info


def _chosen(choices: Any, name: str) -> Iterator[Any]:
    """Those of a set of alternatives that are of that kind; other kinds are for others."""
    yield from (choice.chosen for choice in choices or () if choice.name == name)
