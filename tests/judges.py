"""Programs by others that judge what we make. Where one is missing the test skips; in CI a skip is a failure."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

VERAPDF = Path(__file__).parents[1] / ".oracles" / "verapdf"
DSS = Path(__file__).parents[1] / ".oracles" / "dss"
_MAIN = "org.verapdf.apps.GreenfieldCliWrapper"
PROFILES = frozenset({"PDF/A-2A validation profile", "PDF/UA-1 validation profile"})


def tool(name: str) -> str:
    """Where the program is."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def judged_by_verapdf(files: Sequence[Path], flavour: str = "") -> dict[tuple[str, str], list[object]]:
    """The rules that each file breaks, by file name and profile: those that the files claim, or the one of the flavour."""
    java = tool("java")
    if not VERAPDF.is_dir():
        pytest.skip("veraPDF is not installed")
    command = [
        java,
        "-cp",
        f"{VERAPDF}/*",
        _MAIN,
        "--format",
        "json",
        *(["--flavour", flavour] if flavour else []),
        *map(str, files),
    ]
    told = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    return {
        (Path(job["itemDetails"]["name"]).name, result["profileName"]): result["details"]["ruleSummaries"]
        for job in told["report"]["jobs"]
        for result in job.get("validationResult", [])  # none where the file cannot be parsed
    }


def output_of(name: str, *arguments: str) -> str:
    """What the program says, on either stream; it must end with 0."""
    done = subprocess.run([tool(name), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def said_by_dss(program: str, *arguments: str) -> list[str]:
    """The lines that one of our small programs around the European Commission's library says."""
    java = tool("java")
    if not DSS.is_dir():
        pytest.skip("DSS is not installed")
    command = [java, "-cp", f"{DSS}/*:{DSS}", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
