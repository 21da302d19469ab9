"""What signflow says of a file, what its gate does, and what others say."""

from __future__ import annotations

import asyncio
import logging
import re
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from attack_papers import Papers, digest_of
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from signing_house import ADJUSTER, NOW, SECRETARY

from signflow.errors import IntegrityError, RefusedError
from signflow.signing.gate import check_round, check_signature_added
from signflow.signing.report import ValidationReport
from signflow.signing.validation.validate import validate_pdf

_DOORS = {"secretary": ("secretary",), "next signature": ("adjuster", "round"), "adjuster": ("adjuster", "round")}
PASSED, FAILED = "passed", "failed"


@dataclass(frozen=True)
class Verdict:
    """What the validation says: a word, and the report unless the file was refused."""

    word: str
    report: ValidationReport | None


def judged(papers: Papers, pdf: bytes) -> Verdict:
    """Raises whatever the validation raises but a refusal: that would be a defect."""
    try:
        report = validate_pdf(pdf, papers.trust, at=NOW)
    except RefusedError as error:
        return Verdict(f"refused ({error.code})", None)
    return Verdict(f"{report.indication} {report.sub_indication or ''}".strip(), report)


def gate_passes(papers: Papers, base: str, pdf: bytes) -> bool:
    """Whether a door of the gate that files of that base come to lets this one through.

    An honest stage may pass: it is what the gate is for.
    """
    doors: dict[str, Callable[[], object]] = {
        "secretary": lambda: check_signature_added(papers.original, pdf, *SECRETARY, papers.trust, NOW),
        "adjuster": lambda: check_signature_added(papers.secretary, pdf, *ADJUSTER, papers.trust, NOW),
        "round": lambda: check_round(pdf, digest_of(papers.original), [SECRETARY, ADJUSTER], papers.trust, NOW),
    }
    if pdf in {papers.secretary, papers.adjuster}:
        return False
    return any(_opens(doors[name]) for name in _DOORS.get(base, ("round",)))


def _opens(door: Callable[[], object]) -> bool:
    try:
        door()
    except (IntegrityError, RefusedError):
        return False
    return True


def said_by_pyhanko(papers: Papers, pdf: bytes) -> str:
    """Its own status of each signature, at its default policy with the same trust; `passed` when all are well."""
    try:
        reader = PdfFileReader(BytesIO(pdf))
        found = reader.embedded_regular_signatures
        if not found:
            return "no signature"
        context = ValidationContext(
            trust_roots=[*papers.trust.parsed_roots, *papers.trust.parsed_tsa_roots],
            crls=list(papers.trust.parsed_crls),
            moment=NOW,
            allow_fetching=False,
        )
        told = [asyncio.run(async_validate_pdf_signature(one, context, context)) for one in found]
    except Exception as error:  # noqa: BLE001 -- whatever another program ends with is its answer
        return type(error).__name__
    return PASSED if all(one.bottom_line for one in told) else FAILED


def said_by_pdfsig(pdf: bytes) -> str:
    """`passed` when every signature is valid and the whole document covered by one, certificates not asked about."""
    program = shutil.which("pdfsig")
    if program is None:
        return "-"
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        Path(file.name).write_bytes(pdf)
        try:
            done = subprocess.run([program, "-nocert", file.name], capture_output=True, check=False, timeout=20)
        except subprocess.TimeoutExpired:
            return "hangs"
    if done.returncode < 0:
        return "crashes"
    said = done.stdout.decode("utf-8", "replace")
    states = re.findall(r"Signature Validation: (.*)", said)
    if not states:
        return "no signature"
    fine = all(state == "Signature is Valid." for state in states)
    whole = "Total document signed" in said
    return PASSED if fine and whole else f"{PASSED}, in part" if fine else FAILED


@contextmanager
def quiet() -> Iterator[None]:
    """pyHanko logs what it is fed; ten thousand broken files say nothing new."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def bounded_memory(more_bytes: int = 2_000_000_000) -> Iterator[None]:
    """No more memory than that beyond what the process has: a bomb ends in MemoryError, which is a defect."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + more_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
