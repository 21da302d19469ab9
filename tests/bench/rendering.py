"""`make bench`, one half of it: this renderer beside others, on the same text, in one run.

The renderers take turns, so that whatever else the machine does meets all of them. A ratio is the median over the turns
of theirs divided by ours in the same turn. `--turns 3` makes three times as many turns.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

sys.path.insert(0, str(Path(__file__).parents[1]))

from pypdf import PdfReader
from rich.console import Console
from rich.table import Table
from same_text import draft, minutes_of, write_fonts

from judges import VERAPDF, judged_by_verapdf
from signflow.minutes.model import Minutes
from signflow.rendering.house.style import load_style
from signflow.rendering.layout.fields import SignatureField
from signflow.rendering.signing_copy import render_signing_copy
from signflow.texts import Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
OURS, OURS_CHECKED = "signflow", "signflow, draft read and checked"
TYPST, TYPST_ANEW = "Typst, kept", "Typst, started anew"
WEASYPRINT, REPORTLAB = "WeasyPrint", "ReportLab, untagged"
NAMES = (OURS, OURS_CHECKED, TYPST, TYPST_ANEW, WEASYPRINT, REPORTLAB)
LONG_PAGES = 200
PAGE_COUNTS = (10, 50, 100, 200)

Prepare = Callable[[bytes], Callable[[], bytes]]


class Peer(Protocol):
    """Another renderer."""

    def prepared(self, minutes: Minutes) -> Callable[[], bytes]:
        """What makes the PDF; what it is fed with is made before."""
        ...


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--turns", type=int, default=1, metavar="N", help="N times as many turns as usual")
    options.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_fonts(folder)
        if chosen.peak:
            print_peak(*chosen.peak, folder)
        else:
            compare(chosen.turns, folder)


def renderer(name: str, folder: Path) -> Prepare:
    """What takes a draft and gives what makes the PDF; only the making is timed.

    A renderer's libraries are imported when it is asked for, so that they count in no other renderer's memory.
    """
    if name in {OURS, OURS_CHECKED}:
        return ours(checks=name == OURS_CHECKED)
    peer = _peer(name, folder)
    return lambda written: peer.prepared(minutes_of(written))


def _peer(name: str, folder: Path) -> Peer:
    if name == WEASYPRINT:
        from with_weasyprint import WeasyPrint  # noqa: PLC0415 - see above

        return WeasyPrint(folder)
    if name == REPORTLAB:
        from with_reportlab import BareReportLab  # noqa: PLC0415 - see above

        return BareReportLab(folder)
    from with_typst import Typst  # noqa: PLC0415 - see above

    return Typst(folder, kept=name == TYPST)


def ours(*, checks: bool) -> Prepare:
    """This renderer, from minutes that were read before, or with reading and checking the draft."""
    style, texts = load_style(TEMPLATES / "house"), Texts(TEMPLATES, "sv")
    at = dt.datetime(2020, 1, 17, tzinfo=dt.UTC)
    seal = SignatureField("seal", None, style.organisation, f"Sigill, {style.organisation}")

    def rendered(minutes: Minutes) -> bytes:
        people = [
            SignatureField(f"field{number}", one.role, one.name, f"Underskrift, {one.name}")
            for number, one in enumerate(minutes.signatories)
        ]
        return render_signing_copy(minutes, [*people, seal], style, texts, document_id="sf-2020-0017", version=1, at=at)

    def prepared(written: bytes) -> Callable[[], bytes]:
        minutes = minutes_of(written)
        return lambda: rendered(minutes_of(written) if checks else minutes)

    return prepared


def compare(turns: int, folder: Path) -> None:
    """The tables, each printed when it is ready."""
    console = Console()
    peers = ", ".join(f"{name} {version(name)}" for name in ("reportlab", "typst", "weasyprint"))
    console.print(f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start", highlight=False)
    console.print(f"Python {platform.python_version()}, {peers}\n", highlight=False)
    every = {name: renderer(name, folder) for name in NAMES}
    copies = copies_for(LONG_PAGES, every[OURS])
    cases = (("the sample", 1, 25), ("20 copies of its items", 20, 7), (f"{LONG_PAGES} pages", copies, 3))
    kept: dict[Path, str] = {}
    for number, (title, count, times) in enumerate(cases):
        taken, made = taking_turns(every, count, times * turns)
        table = Table(title, "median ms", "least ms", "ratio", "pages", "kB", box=None)
        for row, (name, seconds) in enumerate(taken.items()):
            ratio = statistics.median(a / b for a, b in zip(seconds, taken[OURS], strict=True))
            milliseconds = (f"{value * 1e3:.1f}" for value in (statistics.median(seconds), min(seconds)))
            pdf = made[name]
            table.add_row(name, *milliseconds, f"{ratio:.2f}", str(pages(pdf)), f"{len(pdf) / 1e3:.0f}")
            file = folder / f"{number}-{row}.pdf"
            file.write_bytes(pdf)
            kept[file] = name
        console.print(table, "")
    console.print(per_page(every, copies, turns), "")
    console.print(peaks(copies), "")
    print_verdicts(console, kept)


def copies_for(count: int, prepare: Prepare) -> int:
    """How many copies of the sample's items fill about that many pages."""
    few, many = (pages(prepare(draft(copies, 0))()) for copies in (10, 60))
    return round(10 + (count - few) * 50 / (many - few))


def taking_turns(
    every: Mapping[str, Prepare], copies: int, turns: int
) -> tuple[dict[str, list[float]], dict[str, bytes]]:
    """Seconds by renderer and turn, and each renderer's last PDF. The first turn warms up and does not count."""
    taken: dict[str, list[float]] = {name: [] for name in every}
    made: dict[str, bytes] = {}
    for turn in range(turns + 1):
        written = draft(copies, turn)
        for name, prepare in every.items():
            make = prepare(written)
            began = time.perf_counter()
            made[name] = make()
            if turn:
                taken[name].append(time.perf_counter() - began)
    return taken, made


def per_page(every: Mapping[str, Prepare], copies: int, turns: int) -> Table:
    """Milliseconds a page, which should not grow with the pages."""
    table = Table("ms a page at about", *(f"{count} pages" for count in PAGE_COUNTS), box=None)
    few = {name: every[name] for name in (OURS, OURS_CHECKED, TYPST)}
    cells: dict[str, list[str]] = {name: [] for name in few}
    for count in PAGE_COUNTS:
        taken, made = taking_turns(few, round(copies * count / LONG_PAGES), 3 * turns)
        for name, seconds in taken.items():
            cells[name].append(f"{min(seconds) * 1e3 / pages(made[name]):.2f}")
    for name, row in cells.items():
        table.add_row(name, *row)
    return table


def peaks(copies: int) -> Table:
    """The most memory that a process of each renderer's own ever held, and what it held before the first page."""
    table = Table(f"MB for {LONG_PAGES} pages", "at most", "before", box=None)
    for name in NAMES:
        command = [sys.executable, __file__, "--peak", name, str(copies)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        table.add_row(name, *(f"{int(kilobytes) / 1e3:.0f}" for kilobytes in told))
    return table


def print_peak(name: str, copies: str, folder: Path) -> None:
    """In a process of its own: kB at most while the renderer makes the long document, and before."""
    make = renderer(name, folder)(draft(int(copies), 1))
    before = memory("VmRSS")
    make()
    sys.stdout.write(f"{memory('VmHWM')} {before}\n")


def memory(entry: str) -> int:
    """What the kernel says of this process, in kB; VmHWM is the most it ever held, and is not its parent's."""
    found = re.search(rf"^{entry}:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    return int(found[1]) if found else 0


def print_verdicts(console: Console, files: Mapping[Path, str]) -> None:
    """Whether the files are what they claim: one that left its claim out would be no peer."""
    if not (VERAPDF.is_dir() and shutil.which("java")):
        console.print("Not judged: veraPDF is not installed. `make test` installs it.")
        return
    claiming = {file.name: name for file, name in files.items() if name != REPORTLAB}
    verdicts: dict[tuple[str, str], list[bool]] = {}
    for (file, profile), broken in judged_by_verapdf([file for file in files if file.name in claiming]).items():
        verdicts.setdefault((claiming[file], profile.removesuffix(" validation profile")), []).append(not broken)
    table = Table("judged by veraPDF", "claims", "passed", box=None)
    for name in NAMES:
        for (of, profile), passed in sorted(verdicts.items()):
            if of == name:
                table.add_row(name, profile, f"{sum(passed)} of {len(passed)}")
    table.add_row(REPORTLAB, "nothing", "")
    console.print(table)


def pages(pdf: bytes) -> int:
    """How many pages it has."""
    return len(PdfReader(io.BytesIO(pdf)).pages)


def processor() -> str:
    """The machine's processor, as it names itself."""
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    return found[1] if found else platform.processor()


if __name__ == "__main__":
    main()
