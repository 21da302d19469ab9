"""One CMS object by itself: a signature or a token of time, its certificate and how that leads to an anchor.

Source: ETSI EN 319 102-1, 5.2 (building blocks) and 5.4 (time-stamps); RFC 5652; RFC 3161; RFC 5816.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import parser as asn1_parser
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.general import match_issuer_serial
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_tst_data_iter,
    get_signing_cert_attr,
    validate_sig_integrity,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint

from signflow.signing import oids
from signflow.signing.reading import PARSER_ERRORS
from signflow.signing.report import TIMESTAMP_BROKEN, Indication, TimestampReport
from signflow.signing.trusted_lists.model import ServiceKind
from signflow.signing.usage import DatedUsage
from signflow.signing.validation.material import Material, Purpose
from signflow.signing.validation.objects import MalformedError
from signflow.signing.validation.paths import describe_path
from signflow.signing.validation.verdicts import PASSED, Verdict, named, of_error

LIMIT_TOKENS = 20
TOLERATED_SKEW = dt.timedelta(minutes=5)
"""How far a timestamp may lie in the future: its authority's clock is not ours."""

_NONE = dt.timedelta(0)
_VERSIONS = frozenset({"v1", "v3", "v4", "v5"})  # RFC 5652, sections 5.1 and 5.3


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one CMS object.

    Attributes:
        verdict: Of the object itself, at the moment it was judged at.
        certificate: That it was signed with.
        path: To an anchor, or the best attempt; None when it was not looked for or there is none.
        signed: The object.
        used_at: When the certificate was used, as far as that is known or said.
    """

    verdict: Verdict
    certificate: asn1_x509.Certificate
    path: ValidationPath | None
    signed: Any
    used_at: dt.datetime

    @property
    def signer(self) -> Any:
        """Its one SignerInfo."""
        return self.signed["signer_infos"][0]


@dataclass(frozen=True, slots=True)
class Token:
    """A token of time.

    Attributes:
        report: What is said of it.
        path: Of its authority's certificate.
    """

    report: TimestampReport
    path: ValidationPath | None = None

    @property
    def holds(self) -> bool:
        """Whether it proves what it states."""
        return self.report.indication is Indication.TOTAL_PASSED


@dataclass(frozen=True, slots=True)
class Times:
    """What is known of when a signature was made.

    Attributes:
        tokens: The timestamps that stand in it, in their order.
        known_at: The earliest time at which a document timestamp proves that it existed.
    """

    tokens: tuple[Token, ...]
    known_at: dt.datetime | None

    @property
    def best(self) -> Token | None:
        """The earliest token that holds, else the first; None when there is none."""
        holding = [token for token in self.tokens if token.holds]
        return min(holding, key=lambda token: token.report.at) if holding else next(iter(self.tokens), None)

    @property
    def stamped_at(self) -> dt.datetime | None:
        """What the best token states, if it holds."""
        best = self.best
        return best.report.at if best is not None and best.holds else None

    @property
    def proven_at(self) -> dt.datetime | None:
        """The earliest time at which anything proves that it existed."""
        return min(filter(None, (self.known_at, self.stamped_at)), default=None)


def read_signed_data(contents: bytes) -> cms.SignedData:
    """The CMS object at the beginning of a signature's contents; zeros fill the rest.

    Raises:
        MalformedError: It is none, something else follows, or not one alone has signed it.
    """
    try:
        parsed: Any = asn1_parser.parse(contents, strict=False)
        size = sum(map(len, parsed[3:]))  # header, body and trailer
        outer: Any = cms.ContentInfo.load(contents[:size], strict=True)
        signed = outer["content"]
        signers = list(signed["signer_infos"])
        versions = {one["version"].native for one in (signed, *signers)}
        known = isinstance(signed, cms.SignedData) and len(signers) == 1 and versions <= _VERSIONS
    except PARSER_ERRORS as error:
        raise MalformedError("contents") from error
    if not known or contents[size:].strip(b"\0"):
        raise MalformedError("contents")
    return signed


async def check_signed(  # noqa: PLR0913 - what is judged in front, all else is named
    signed: Any,
    digest_of: Callable[[str], bytes],
    material: Material,
    *,
    purpose: Purpose,
    moment: dt.datetime,
    slack: dt.timedelta = _NONE,
) -> Checked:
    """Whether the content of that digest was signed with a certificate that was valid at that moment.

    Raises:
        Exception of `PARSER_ERRORS`: The object cannot be read; see `verdicts.of_error`.
    """
    signer: Any = signed["signer_infos"][0]
    # 5.2.3 identification of the signing certificate
    certificate = _signing_certificate(signed, material)
    if certificate is None:
        raise SignatureValidationError(
            "no certificate", ades_subindication=AdESIndeterminate.NO_SIGNING_CERTIFICATE_FOUND
        )
    # 5.2.7 cryptographic verification
    algorithm = str(signer["digest_algorithm"]["algorithm"].native)
    content_type = signed["encap_content_info"]["content_type"].native
    intact, valid = validate_sig_integrity(signer, certificate, content_type, digest_of(algorithm))
    if not intact or not valid:
        return Checked(
            named("SIG_CRYPTO_FAILURE" if intact else "HASH_FAILURE"), certificate, None, signed, moment - slack
        )
    # 5.2.8 signature acceptance: algorithms as of the moment
    verdict = _algorithms_verdict(signer, certificate, material, moment)
    if verdict != PASSED:
        return Checked(verdict, certificate, None, signed, moment - slack)
    # 5.2.6 certificate validation
    path = await material.find_path(certificate, purpose, moment, slack)
    return Checked(path.verdict, certificate, path.found, signed, moment - slack)


async def check_token(
    signed: Any, imprint_of: Callable[[str], bytes], material: Material, control_at: dt.datetime
) -> Token:
    """A token, judged at the latest instant at which it is known to have existed.

    Raises:
        Exception of `PARSER_ERRORS`: It cannot be read as one.
    """
    info = _token_info(signed)
    states: dt.datetime = info["gen_time"].native
    slack = max(control_at - states, _NONE)
    encapsulated = bytes(signed["encap_content_info"]["content"])
    checked = await check_signed(
        signed,
        lambda algorithm: hashlib.new(algorithm, encapsulated).digest(),
        material,
        purpose=Purpose.TIMESTAMP,
        moment=control_at,
        slack=slack,
    )
    imprint = info["message_imprint"]
    algorithm = str(imprint["hash_algorithm"]["algorithm"].native)
    verdict = checked.verdict
    if verdict[0] is Indication.TOTAL_FAILED or not hmac.compare_digest(
        imprint_of(algorithm), imprint["hashed_message"].native
    ):
        verdict = Indication.TOTAL_FAILED, TIMESTAMP_BROKEN
    elif verdict == PASSED and states > control_at + TOLERATED_SKEW:
        verdict = named("TIMESTAMP_ORDER_FAILURE")
    elif verdict == PASSED:
        usage = DatedUsage(material.trust.algorithms)
        verdict = _constraint_verdict(usage.digest_algorithm_allowed(imprint["hash_algorithm"], control_at))
    return Token(_report_token(checked, info, verdict, material), checked.path)


def embedded_tokens(signed: Any) -> list[Any]:
    """The timestamps over a signature that stand in it.

    Raises:
        MalformedError: They are too many.
    """
    tokens = list(extract_tst_data_iter(signed["signer_infos"][0], signed=False))
    if len(tokens) > LIMIT_TOKENS:
        raise MalformedError("too many timestamps")
    return tokens


def imprint_of_signature(signed: Any) -> Callable[[str], bytes]:
    """What a timestamp over a signature is over: its value. Source: RFC 5126, section 6.1.1."""
    value = signed["signer_infos"][0]["signature"].native
    return lambda algorithm: hashlib.new(algorithm, value).digest()


def is_detached(signed: Any) -> bool:
    """Whether the object holds no content of its own."""
    content = signed["encap_content_info"]
    return content["content_type"].native == "data" and content["content"] is core.VOID


def names_certificate(signed: Any) -> bool:
    """Whether the signed attributes bind the certificate. Source: ETSI EN 319 142-1, 6.3; RFC 5035."""
    attributes = signed["signer_infos"][0]["signed_attrs"]
    return attributes is not core.VOID and get_signing_cert_attr(attributes) is not None


def _token_info(signed: Any) -> Any:
    info = signed["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise MalformedError("not a token of time")
    return info


def _signing_certificate(signed: Any, material: Material) -> asn1_x509.Certificate | None:
    """The one that the SignerInfo names; the signed attributes bind it, see `validate_sig_integrity`."""
    identifier = signed["signer_infos"][0]["sid"]
    for choice in signed["certificates"] or ():
        if choice.name != "certificate":
            continue
        certificate = choice.chosen
        if identifier.name == "subject_key_identifier":
            named_so = certificate.key_identifier == identifier.chosen.native
        else:
            named_so = certificate.serial_number == identifier.chosen["serial_number"].native and match_issuer_serial(
                identifier.chosen, certificate
            )
        if named_so:
            return material.known(certificate)
    return None


def _algorithms_verdict(
    signer: Any, certificate: asn1_x509.Certificate, material: Material, moment: dt.datetime
) -> Verdict:
    usage = DatedUsage(material.trust.algorithms)
    algorithm, digest = signer["signature_algorithm"], signer["digest_algorithm"]
    for allowed in (
        usage.signature_algorithm_allowed(algorithm, moment, certificate.public_key),
        usage.digest_algorithm_allowed(digest, moment),
        usage.digest_combination_allowed(algorithm, digest, moment),
    ):
        verdict = _constraint_verdict(allowed)
        if verdict != PASSED:
            return verdict
    return PASSED


def _constraint_verdict(allowed: AlgorithmUsageConstraint) -> Verdict:
    """Source: ETSI EN 319 102-1, 5.2.8.4.2.1: a proof of an earlier time helps only where there was one that counts."""
    if allowed:
        return PASSED
    return named("CRYPTO_CONSTRAINTS_FAILURE" + ("_NO_POE" if allowed.not_allowed_after else ""))


def _report_token(checked: Checked, info: Any, verdict: Verdict, material: Material) -> TimestampReport:
    policy = str(info["policy"].native)
    path = describe_path(
        checked.certificate,
        checked.path,
        material.trust,
        kind=ServiceKind.TIMESTAMPS,
        used_at=checked.used_at,
    )
    root = checked.path.first if checked.path is not None else None
    own = isinstance(root, asn1_x509.Certificate) and root.sha256 in material.trust.local_fingerprints
    return TimestampReport(
        indication=verdict[0],
        sub_indication=verdict[1],
        at=info["gen_time"].native,
        authority=str(checked.certificate.subject.native.get("common_name", "")),
        local=own or policy == oids.LOCAL_TIMESTAMP_POLICY,
        policy=policy,
        serial=f"{info['serial_number'].native:x}",
        digest_algorithm=str(info["message_imprint"]["hash_algorithm"]["algorithm"].native),
        signature_algorithm=str(checked.signer["signature_algorithm"]["algorithm"].native),
        path=path,
    )


def unreadable_token(error: BaseException, at: dt.datetime) -> Token:
    """What is said of a token that cannot be read."""
    return Token(TimestampReport(*of_error(error), at=at, authority="", local=False, policy=""))
