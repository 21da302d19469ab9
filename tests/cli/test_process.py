"""The real program: what it loads, what it leaves on its streams, how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "samples" / "minnesanteckningar-2020-01-16.md"
SIGNFLOW = Path(sys.executable).parent / "signflow"
SERVICE = {"prefect", "uvicorn", "starlette", "structlog"}
# what a command must not wait for
NOT_LOADED = {
    "--help": {"pydantic_settings", "reportlab", "pyhanko", "sqlalchemy", "lxml", *SERVICE},
    "check": {"pyhanko", "cryptography", "sqlalchemy", "alembic", "lxml", "pypdf", "httpx", *SERVICE},
    "render": {"pyhanko", "cryptography", "sqlalchemy", "alembic", "lxml", "pypdf", "httpx", *SERVICE},
    "verify": SERVICE,
}


def environment(folder: Path, **more: str) -> dict[str, str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("SIGNFLOW_", "PYTHONIO"))}
    return {**outside, "SIGNFLOW_DATA": str(folder / "data"), **more}


def signflow(folder: Path, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    command = [str(SIGNFLOW), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, env=environment(folder, **more), timeout=60)


@pytest.mark.parametrize("command", NOT_LOADED)
def test_a_command_loads_only_what_it_needs(tmp_path: Path, command: str) -> None:
    pdf = tmp_path / "out.pdf"
    if command == "verify":
        pdf.write_bytes(b"no PDF")
    arguments = {"check": [SAMPLE], "render": [SAMPLE, "-o", pdf], "verify": [pdf]}.get(command, [])
    program = (
        "import sys, atexit, json\n"
        "atexit.register(lambda: sys.stderr.write(json.dumps(sorted({name.split('.')[0] for name in sys.modules}))))\n"
        "from signflow.cli.main import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, command, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(tmp_path),
        timeout=60,
    )
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert "typer" in loaded
    assert loaded & NOT_LOADED[command] == set()


def test_json_is_all_that_stands_on_standard_output(tmp_path: Path) -> None:
    done = signflow(tmp_path, "check", SAMPLE, "--json", FORCE_COLOR="1")
    assert done.returncode == 0
    assert json.loads(done.stdout)["accepted"] is True
    assert b"\x1b" not in done.stdout
    assert done.stderr == b""


def test_a_terminal_without_our_characters_gets_others(tmp_path: Path) -> None:
    plain = signflow(tmp_path, "check", SAMPLE, PYTHONIOENCODING="ascii")
    assert plain.returncode == 0
    assert plain.stdout.startswith(b"+ minnesanteckningar")
    latin = signflow(tmp_path, "check", tmp_path / "möte.md", PYTHONIOENCODING="latin-1")
    assert (latin.returncode, b"m\xf6te.md" in latin.stderr) == (2, True)
    account = json.loads(signflow(tmp_path, "check", SAMPLE, "--json", PYTHONIOENCODING="latin-1").stdout)
    assert account["minutes"]["secretary"] == "Anna Söderström"


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_who_stops_reading_is_no_error(tmp_path: Path, options: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [str(SIGNFLOW), "check", str(SAMPLE), *options]
        done = subprocess.run(
            command, stdout=writing, stderr=subprocess.PIPE, check=False, env=environment(tmp_path), timeout=60
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "arguments",
    [[], ["nosuch"], ["check"], ["check", "--nosuch", "x"], ["verify"], ["check", "x", "--language", "de"]],
)
def test_wrong_usage_ends_with_2_and_shows_no_traceback(tmp_path: Path, arguments: list[str]) -> None:
    done = signflow(tmp_path, *arguments)
    assert done.returncode == 2
    assert b"Traceback" not in done.stdout + done.stderr


def test_no_colour_where_it_is_not_wanted(tmp_path: Path) -> None:
    seen = {name: on_terminal(tmp_path, **{name: "1"}) for name in ("NO_COLOR", "NOTHING_SPECIAL")}
    assert b"\x1b[3" in seen["NOTHING_SPECIAL"]
    assert b"\x1b[3" not in seen["NO_COLOR"]
    assert "✓".encode() in seen["NO_COLOR"]


def test_lines_wrap_between_words_on_a_narrow_terminal(tmp_path: Path) -> None:
    draft = ROOT / "tests" / "cli" / "drafts" / "vagforeningen.md"
    shown = on_terminal(tmp_path, draft, NO_COLOR="1", COLUMNS="40").decode().replace("\r", "")
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()]
    assert max(map(len, lines)) <= 40
    assert [line for line in lines if line.startswith("  ")]


def on_terminal(folder: Path, draft: Path = SAMPLE, **more: str) -> bytes:
    """What `check` shows on a terminal."""
    ours, theirs = os.openpty()
    command = [str(SIGNFLOW), "check", str(draft)]
    more = {"TERM": "xterm-256color", **more}
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, env=environment(folder, **more))
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    process.wait(60)
    return shown
