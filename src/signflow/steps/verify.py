"""Verifying a PDF: what its signatures prove, what validation tokens in or beside it say, and what it says on its pages.

Strangers hand files in on the web: those are taken apart behind a wall (`apart`), a bounded number at a time.
"""

from __future__ import annotations

import datetime as dt
import queue
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from signflow.errors import RefusedError, UnavailableError
from signflow.rendering.page_texts import PageTexts, read_page_texts
from signflow.signing.evidence.svt_pdf import validate_parts
from signflow.signing.evidence.svt_validate import SvtReport, validate_svt
from signflow.signing.report import Indication, ValidationReport
from signflow.signing.trust import Trust
from signflow.steps.apart import Apart, Limits

LARGEST_UPLOAD_BYTES = 50_000_000
UPLOAD_LIMITS = Limits(seconds=30.0, memory_bytes=1_500_000_000)
_AT_ONCE = 2
_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Statement:
    """A validation token (RFC 9321) and what it proves of the file.

    Attributes:
        field: Of the timestamp that carries it; empty for one beside the file.
        report: What it proves.
    """

    field: str
    report: SvtReport


@dataclass(frozen=True, slots=True)
class Verified:
    """All that is found out about a file from itself.

    Attributes:
        report: What the validation found.
        xml: The same for programs, TS 119 102-2.
        statements: Validation tokens, the one beside the file first.
        texts: What stands on its pages; None for a file whose signatures hold, which needs no other proof of what it is.
    """

    report: ValidationReport
    xml: bytes
    statements: tuple[Statement, ...]
    texts: PageTexts | None


def verify_file(pdf: bytes, trust: Trust, *, at: dt.datetime, tokens: Iterable[str] = ()) -> Verified:
    """Find it out in this process; the same for the same file, trust, instant and tokens.

    Args:
        pdf: The file.
        trust: Who is believed.
        at: The instant of validation.
        tokens: Validation tokens that stand beside the file.

    Raises:
        RefusedError: `pdf-unreadable`.
        SettingsError: The trust cannot be read.
    """
    # the schema's classes take a third of a second to load: the process that does the work has them, and no other
    from signflow.signing.validation.report_xml import build_xml  # noqa: PLC0415

    validated = validate_parts(pdf, trust, at=at)
    carried = {one.text: one.field for one in validated.parts.carried}
    beside = dict.fromkeys(tokens, "")
    statements = tuple(Statement(field, validate_svt(text, validated)) for text, field in (beside | carried).items())
    holds = validated.report.indication is Indication.TOTAL_PASSED
    return Verified(validated.report, build_xml(validated), statements, None if holds else read_page_texts(pdf))


def verify_apart(pdf: bytes, trust: Trust, *, at: dt.datetime, limits: Limits = UPLOAD_LIMITS) -> Verified:
    """The same for a file from a stranger, in a process of its own.

    Raises:
        RefusedError: `pdf-unreadable`; `verify-too-heavy`: it took more time or memory than it may.
        UnavailableError: `verify-busy`: too many are being verified.
    """
    with _server() as server:
        answer = server.ask("verify", pdf, replace(trust), at, limits=limits)
    match answer:
        case Verified():
            return answer
        case RefusedFile(code, params):
            raise RefusedError(code, **params)
        case _:
            raise RefusedError("verify-too-heavy", seconds=int(limits.seconds))


def warm_up() -> None:
    """Have the process started that the next file is taken apart in. It loads for seconds, which nobody waits for here."""
    with suppress(UnavailableError), _server(wait_s=0) as server:  # unavailable: all are at work, so they have started
        server.start()


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A refusal on its way between processes."""

    code: str
    params: Mapping[str, object]


def answer_verify(pdf: bytes, trust: Trust, at: dt.datetime) -> Verified | RefusedFile:
    """The task behind the wall."""
    try:
        return verify_file(pdf, trust, at=at)
    except RefusedError as error:
        return RefusedFile(error.code, error.params)


# the one that was asked last is asked first: it has loaded everything
_SERVERS = queue.LifoQueue[Apart]()
for _ in range(_AT_ONCE):
    _SERVERS.put(Apart("signflow.steps.verifier"))


@contextmanager
def _server(wait_s: float = _WAIT_S) -> Generator[Apart]:
    try:
        server = _SERVERS.get(timeout=wait_s)
    except queue.Empty as error:
        raise UnavailableError("verify-busy") from error
    try:
        yield server
    finally:
        _SERVERS.put(server)
