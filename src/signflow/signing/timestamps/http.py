"""An authority outside, asked over HTTP."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign import general

from signflow.errors import UnavailableError
from signflow.line import Line, LineError
from signflow.signing.authority.certificates import CLOCK_SKEW
from signflow.signing.outside.chain import build_chain
from signflow.signing.outside.revocation import RevocationSources
from signflow.signing.reading import PARSER_ERRORS
from signflow.signing.report import Indication
from signflow.signing.timestamps.tsa import ReadyTsa, TimestampAnswer, build_request, token_of
from signflow.signing.timestamps.verify import validate_token
from signflow.signing.trust import Trust

_QUERY = "application/timestamp-query"
_REPLY = "application/timestamp-reply"
_REPLY_LIMIT_BYTES = 200_000
_LEARNED_FOR = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TsaAddress:
    """Where an authority is, and what is agreed with it.

    Attributes:
        url: It holds neither user nor password, so it can be logged and shown.
        policy: Under which it must work, dotted; empty for any.
        user: The account, where it wants one.
        password: Of the account.
    """

    url: str
    policy: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What goes with each request. Source: RFC 3161, 3.4; RFC 7617 for the account."""
        headers = {"Content-Type": _QUERY, "Accept": _REPLY}
        if self.user:
            account = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            headers["Authorization"] = f"Basic {account}"
        return headers


@dataclass(frozen=True, slots=True)
class _Unit:
    """One key of the authority, as it was last seen.

    Attributes:
        chain: Its certificate and those above it, root last.
        token_bytes: How long its last token was.
    """

    chain: tuple[asn1_x509.Certificate, ...]
    token_bytes: int
    seen_at: dt.datetime

    @property
    def name(self) -> bytes:
        """The digest of its certificate."""
        return self.chain[0].sha256


class HttpTsa:
    """An authority outside, asked over HTTP.

    Guarantees that a token handed on is the answer to our request and to no other (imprint, nonce); was made under the
    policy agreed; is signed by a certificate for timestamping alone, named in the token, that leads up to a trusted root
    and is not revoked, with algorithms that hold; and states a time that lies, accuracy included, within two minutes of
    ours. Anything else is as if nobody had answered: there is no token of lower quality.

    What the tokens look like is learned from the first and kept for a day, so that a signature costs one request. Where
    several keys answer in turn, each is learned when it is first met.

    Source: RFC 3161, sections 2.2, 2.3, 2.4 and 3.4, with RFC 5816; ETSI EN 319 421, 7.7; EN 319 422, 5 and 6.
    """

    local = False

    def __init__(
        self,
        address: TsaAddress,
        roots: tuple[asn1_x509.Certificate, ...],
        line: Line,
        revocation: RevocationSources,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.address = address
        self.roots = roots
        self._line = line
        self._revocation = revocation
        self._clock = clock
        self._units: dict[bytes, _Unit] = {}
        self._lock = threading.Lock()

    def ready(self, now: dt.datetime) -> ReadyTsa:
        """The authority with what its tokens are to be accompanied by."""
        units = self._known(now)
        if not units:
            _, unit = self._ask(build_request(bytes(hashlib.sha256().digest_size), "sha256"))
            units = (unit,)
        revocation = self._revocation.speaking_for((unit.chain for unit in units), now)
        certificates = {one.sha256: one for unit in units for one in unit.chain[:-1] or unit.chain}
        return ReadyTsa(
            source=self.address.url,
            local=False,
            certificates=tuple(certificates.values()),
            roots=self.roots,
            crls=revocation.crls,
            ocsps=revocation.ocsps,
            token_bytes=max(unit.token_bytes for unit in units),
            ask=partial(self._ask_known, frozenset(unit.name for unit in units)),
        )

    def _known(self, now: dt.datetime) -> tuple[_Unit, ...]:
        """The keys met during the last day, the latest first."""
        with self._lock:
            recent = [unit for unit in self._units.values() if now - unit.seen_at < _LEARNED_FOR]
        return tuple(sorted(recent, key=lambda unit: unit.seen_at, reverse=True))

    def _ask_known(self, known: frozenset[bytes], request: bytes) -> bytes:
        """An answer by one of these keys: only they are spoken for by what is embedded beside it."""
        answer, unit = self._ask(request)
        if unit.name not in known:
            raise UnavailableError("tsa-changed", url=self.address.url)
        return answer

    def _ask(self, request: bytes) -> tuple[bytes, _Unit]:
        try:
            answer = self._post(request)
            unit = self._check(request, answer)
        except UnavailableError:
            with self._lock:  # whatever it was, the next to get ready must find the authority working
                self._units.clear()
            raise
        with self._lock:
            self._units[unit.name] = unit
        return answer, unit

    def _post(self, request: bytes) -> bytes:
        url = self.address.url
        try:
            reply = self._line.post(url, request, headers=self.address.headers, limit_bytes=_REPLY_LIMIT_BYTES)
        except LineError as error:
            raise UnavailableError("tsa-unavailable", url=url, reason=str(error)) from error
        if not reply.is_success:
            raise UnavailableError("tsa-unavailable", url=url, reason=f"HTTP {reply.status}")
        if reply.media_type != _REPLY:
            raise self._invalid("media type")
        return reply.body

    def _check(self, request: bytes, answer: bytes) -> _Unit:
        """The key that signed an answer which keeps the guarantees of the class.

        1. The request is granted. 2. The token is the answer to it. 3. Its time is ours. 4. Its certificate is for
        timestamping alone, and named in it. 5. It leads up to a root; only then is anybody asked about revocation.
        6. Signature, path, revocation and algorithms hold.
        """
        now = self._clock()
        try:
            chain, token, imprint = self._read(request, answer, now)
        except PARSER_ERRORS as error:
            raise self._invalid(str(error) or type(error).__name__) from error
        revocation = self._revocation.speaking_for([chain], now)
        report = validate_token(  # 6
            token,
            imprint["hashed_message"].native,
            Trust(roots=(), tsa_roots=tuple(root.dump() for root in self.roots)),
            at=now,
            digest=imprint["hash_algorithm"]["algorithm"].native,
            certificates=chain,
            crls=revocation.crls,
            ocsps=revocation.ocsps,
        )
        if report.indication is not Indication.TOTAL_PASSED:
            raise self._invalid(report.sub_indication or str(report.indication))
        return _Unit(chain, len(token), now)

    def _read(
        self, request: bytes, answer: bytes, now: dt.datetime
    ) -> tuple[tuple[asn1_x509.Certificate, ...], bytes, Any]:
        """Steps 1 to 5: the chain that signed the token, the token, and the imprint that was asked for."""
        status: Any = TimestampAnswer.load(answer, strict=True)["status"]
        if status["status"].native not in {"granted", "granted_with_mods"}:  # 1
            raise UnavailableError("tsa-refused", url=self.address.url, status=_refusal(status))
        signed: Any = tsp.TimeStampResp.load(answer, strict=True)["time_stamp_token"]["content"]
        asked: Any = tsp.TimeStampReq.load(request)
        info = signed["encap_content_info"]["content"].parsed
        self._require_answer(asked, info)  # 2
        _require_time(info, now)  # 3
        certificates = general.extract_certificate_info(signed)
        _require_usage(certificates.signer_cert, signed)  # 4
        chain = build_chain(certificates.signer_cert, certificates.other_certs, self.roots)  # 5
        return chain, token_of(answer), asked["message_imprint"]

    def _require_answer(self, asked: Any, info: Any) -> None:
        _require(info["version"].native == "v1", "version")
        _require(info["message_imprint"].dump() == asked["message_imprint"].dump(), "imprint")
        _require(info["nonce"].native == asked["nonce"].native, "nonce")
        _require(self.address.policy in {"", info["policy"].dotted}, "policy")

    def _invalid(self, reason: str) -> UnavailableError:
        return UnavailableError("tsa-invalid", url=self.address.url, reason=reason)


def _require(condition: bool, reason: str) -> None:  # noqa: FBT001 -- what is required, in front
    if not condition:
        raise ValueError(reason)


def _require_time(info: Any, now: dt.datetime) -> None:
    """Source: RFC 3161, 2.4.2: accuracy is how far the time may be off; without it nothing is said of that."""
    given = info["accuracy"].native or {}
    accuracy = dt.timedelta(
        seconds=given.get("seconds") or 0,
        milliseconds=given.get("millis") or 0,
        microseconds=given.get("micros") or 0,
    )
    # a time further off could lie outside the half hour of a one-shot certificate
    _require(abs(info["gen_time"].native - now) + accuracy <= CLOCK_SKEW, "time")


def _require_usage(certificate: asn1_x509.Certificate, signed: Any) -> None:
    """Source: RFC 3161, 2.3, and 2.4.2 with RFC 5816 for the certificate that the token must name."""
    body: Any = certificate["tbs_certificate"]
    usages = [one for one in body["extensions"] if one["extn_id"].native == "extended_key_usage"]
    alone = len(usages) == 1 and usages[0]["critical"].native and usages[0]["extn_value"].native == ["time_stamping"]
    _require(alone, "extended key usage")
    (signer,) = signed["signer_infos"]
    named = {attribute["type"].native for attribute in signer["signed_attrs"]}
    _require(bool(named & {"signing_certificate", "signing_certificate_v2"}), "signing certificate not named")


def _refusal(status: Any) -> str:
    """Why the authority says no, in its own codes."""
    return ", ".join([status["status"].native, *sorted(status["fail_info"].native or ())])
