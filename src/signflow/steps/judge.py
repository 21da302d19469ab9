"""A program by others that judges a PDF too, where the organisation names one: veraPDF, or any that ends with 0 or 1.

It runs without a shell, in a folder of its own that is gone afterwards, with limits on its time, memory and output.
"""

from __future__ import annotations

import json
import os
import resource
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - lxml ships without types

from signflow.errors import SettingsError, UnavailableError

_SECONDS = 120.0
_MEMORY_BYTES = 4_000_000_000  # of data: what a Java machine reserves and never writes does not count
_OUTPUT_BYTES = 16_000_000
_CONFORMS, _DOES_NOT = 0, 1
_MOST_NAMED = 5  # clauses in one verdict


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the program says.

    Attributes:
        conforms: Whether it found nothing.
        judge: The program's name.
        clauses: Those it found broken, where it says so: `ISO 19005-2:2011, 6.1.7.2`.
    """

    conforms: bool
    judge: str
    clauses: tuple[str, ...] = ()


class ExternalJudge:
    """Runs the program of a command line; the file that it judges is the last argument.

    Raises:
        SettingsError: The command line is empty or cannot be read.
    """

    def __init__(self, command_line: str, seconds: float = _SECONDS) -> None:
        try:
            self._command = shlex.split(command_line)
        except ValueError as error:
            raise SettingsError("setting-invalid", setting="external_judge", reason=str(error)) from error
        if not self._command:
            raise SettingsError("setting-invalid", setting="external_judge", reason="empty")
        self._seconds = seconds

    def judge(self, pdf: bytes) -> Verdict:
        """The program's verdict: 0 and, where it prints veraPDF's report, every profile compliant; 1 is a no.

        Raises:
            UnavailableError: It cannot be started, takes too long, or ends in another way.
        """
        name = Path(self._command[0]).name
        with tempfile.TemporaryDirectory(prefix="signflow-judge-") as folder:
            file, output = Path(folder) / "document.pdf", Path(folder) / "output"
            try:
                file.write_bytes(pdf)
                code = self._run(file, output)
                said = output.read_bytes()
            except OSError as error:
                raise UnavailableError("judge-unavailable", judge=name, reason=error.strerror or "") from error
        if code not in {_CONFORMS, _DOES_NOT}:
            raise UnavailableError("judge-unavailable", judge=name, reason=f"exit {code}")
        compliant, clauses = _read_report(said)
        return Verdict(code == _CONFORMS and compliant, name, clauses)

    def _run(self, file: Path, output: Path) -> int:
        with output.open("wb") as stdout:
            process = subprocess.Popen(  # noqa: S603 - the operator's own command, no shell
                [*self._command, str(file)],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=subprocess.DEVNULL,
                cwd=file.parent,
                process_group=0,
            )
            try:
                resource.prlimit(process.pid, resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (_OUTPUT_BYTES, _OUTPUT_BYTES))
                return process.wait(self._seconds)
            except subprocess.TimeoutExpired:
                return -signal.SIGKILL
            except ProcessLookupError:  # it had ended before its limits were set
                return process.wait()
            finally:
                _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read_report(said: bytes) -> tuple[bool, tuple[str, ...]]:
    """Whether veraPDF's report, in JSON or XML, finds every profile compliant, and what it finds broken.

    What is no such report says nothing: the exit code then stands alone.
    """
    try:
        report = json.loads(said)
    except (ValueError, RecursionError):
        return _read_xml(said)
    if not isinstance(report, dict) or "report" not in report:
        return True, ()
    jobs: list[dict[str, Any]] = report["report"].get("jobs", [])
    results = [result for job in jobs for result in job.get("validationResult", [])]
    rules = [rule for result in results for rule in result["details"]["ruleSummaries"]]
    compliant = bool(results) and all(result.get("compliant") is True for result in results)
    return compliant, _named((rule["specification"], rule["clause"]) for rule in rules)


def _read_xml(said: bytes) -> tuple[bool, tuple[str, ...]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(said, parser)
    except (etree.XMLSyntaxError, ValueError):
        return True, ()
    if root is None or root.tag != "report":
        return True, ()
    results = root.findall(".//validationReport")
    rules = root.findall(".//validationReport/details/rule")
    compliant = bool(results) and all(one.get("isCompliant") == "true" for one in results)
    return compliant, _named((rule.get("specification", ""), rule.get("clause", "")) for rule in rules)


def _named(rules: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{specification}, {clause}" for specification, clause in rules))[:_MOST_NAMED]
