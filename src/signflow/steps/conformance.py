"""No PDF goes on that is not PDF/A-2a and PDF/UA-1 any more: the gate that every revision passes before the document moves."""

from __future__ import annotations

from collections.abc import Mapping

from signflow.blobs import PDF
from signflow.errors import IntegrityError
from signflow.rendering.preflight.finding import Finding
from signflow.rendering.preflight.preflight import check_pdf, check_update
from signflow.steps.ports import Ports

_CONFORMS = "conforms"


def require_conformance(ports: Ports, key: str, pdf: bytes, before: bytes | None = None) -> Mapping[str, str]:
    """Judge the file; what another program said of it, for the record, where one is set.

    The first file that is refused under the key is kept, for whoever looks for the cause: each further try makes another.

    Args:
        ports: What the step works with.
        key: Of the effect that the file is for.
        pdf: The file.
        before: The revision that it goes on from, which has passed this gate; None judges the whole file.

    Raises:
        IntegrityError: The file does not conform; it names the clause, the place and the digest of the file kept.
        UnavailableError: The other program does not answer.
    """
    findings = check_pdf(pdf) if before is None else check_update(before, pdf)
    if findings:
        first = findings[0]
        raise IntegrityError(
            "pdf-not-conforming",
            clause="; ".join(first.clauses),
            rule=first.code,
            place=_place(first),
            count=len(findings),
            digest=_kept(ports, key, pdf),
        )
    if ports.judge is None:
        return {}
    verdict = ports.judge.judge(pdf)
    if not verdict.conforms:
        raise IntegrityError(
            "pdf-refused-by-judge",
            judge=verdict.judge,
            clause="; ".join(verdict.clauses) or "–",
            digest=_kept(ports, key, pdf),
        )
    return {"judge": verdict.judge, "judged": _CONFORMS}


def _kept(ports: Ports, key: str, pdf: bytes) -> str:
    """The digest of the first file that was refused under the key."""
    refused = f"{key}:refused"
    kept = ports.effects.claim(refused)
    if kept is None:
        kept = ports.effects.done(refused, {"pdf": ports.blobs.put(pdf, PDF).digest})
    return str(kept["pdf"])


def _place(finding: Finding) -> str:
    """Where it is, in terms that are the same in every language: page, object, what was found there."""
    page = f"p. {finding.page}" if finding.page else ""
    number = f"{finding.object_number} 0 obj" if finding.object_number else ""
    return ", ".join(filter(None, (page, number, finding.detail)))
