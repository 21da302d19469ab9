"""Checking a PDF for programs: what `/verify` does, behind the same wall."""

from __future__ import annotations

import datetime as dt
import json
import threading
from typing import Any

from pydantic import Field

from signflow.blobs import PDF
from signflow.errors import RefusedError, UnavailableError
from signflow.signing.report import Indication
from signflow.steps.ports import Ports
from signflow.steps.verify import verify_apart
from signflow.steps.verify_words import verdict_sentence, verdict_word
from signflow.web.allowance import Allowance
from signflow.web.api.door import take
from signflow.web.api.models import Digest
from signflow.web.api.operation import Call, File, Operation, Told
from signflow.web.doors import visitor
from signflow.web.pages import Pages

_MOST_HELD = 2  # uploads in memory at once
_CHECKS, _PERIOD = 20, dt.timedelta(minutes=10)


class VerificationTold(Told):
    """What a file proves."""

    indication: Indication = Field(description="ETSI EN 319 102-1, 5.1.3: the worst of all signatures and timestamps.")
    verdict: str = Field(description="The same in a word.")
    sentence: str = Field(description="And in a sentence.")
    digest: Digest
    report: dict[str, Any] = Field(description="All that was found, as `signflow verify --json` says it.")


class Verification:
    """`/verifications`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages
        self._places = threading.BoundedSemaphore(_MOST_HELD)
        self._checks = Allowance(_CHECKS, _PERIOD, ports.clock)

    def operations(self) -> list[Operation]:
        """What can be asked."""
        return [
            Operation(
                "verify",
                "POST",
                "/verifications",
                None,
                "Check a PDF",
                "Its signatures and timestamps are validated now, whoever made them. The file is kept nowhere. Twenty in ten "
                "minutes.",
                self.verify,
                VerificationTold,
                body=File((PDF,), "The file."),
            )
        ]

    def verify(self, call: Call) -> VerificationTold:
        """The result for the file that was sent."""
        take(self._checks, visitor(call.request).name, _PERIOD / _CHECKS)
        if not call.data:
            raise RefusedError("upload-missing")
        if not self._places.acquire(blocking=False):
            raise UnavailableError("verify-busy")
        try:
            at = self._ports.clock().replace(microsecond=0)
            report = verify_apart(call.data, self._ports.trust_for_strangers(), at=at).report
        finally:
            self._places.release()
        t = self._pages.texts_for(call.request)
        return VerificationTold(
            indication=report.indication,
            verdict=verdict_word(report, t),
            sentence=verdict_sentence(report, t),
            digest=report.digest,
            report=json.loads(report.to_json()),
        )
