"""`make attacks`: every attack, every honest file and ten thousand damaged ones, judged by signflow and by others.

Three tables: a row for each attack, a row for each honest file, the figures of the mutants; then the totals. The command
fails when an attack was missed, an honest file not believed, a mutant passed that is not proven harmless, or anything
ended otherwise than in a verdict or a refusal.
"""

from __future__ import annotations

import argparse
import multiprocessing
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "signing"))

from attack_harmless import harmless, honestly_shown
from attack_honest import HONEST
from attack_judges import PASSED, bounded_memory, gate_passes, judged, quiet, said_by_pdfsig, said_by_pyhanko
from attack_kinds import Aim
from attack_mutations import BASES, OTHERS, mutated
from attack_papers import Papers
from attack_set import ATTACKS
from rich.console import Console
from rich.table import Table
from signing_house import NOW

from signflow.signing.report import Indication
from signflow.signing.validation.validate import validate_pdf

_LIMIT_S = 60
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Row:
    """One file in the table."""

    group: str
    name: str
    base: str
    aim: str
    ours: str
    gate: str
    pyhanko: str
    pdfsig: str
    wrong: bool


class _TooSlowError(Exception):
    """A judge took longer than a minute."""


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mutants", type=int, default=10_000, metavar="N", help="how many damaged files")
    options.add_argument("--family", default="", help="only the attacks of families whose name has this in it")
    chosen = options.parse_args()
    console = Console(width=180)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, quiet():
        _PAPERS.append(made_papers(Path(folder)))
        attacks = [number for number, one in enumerate(ATTACKS) if chosen.family in one.family]
        rows = in_two(attack_row, attacks)
        honest = in_two(honest_row, range(len(HONEST)))
        mutants = Counter(in_two(mutant_word, range(chosen.mutants)))
    print_rows(console, "Attacks", rows)
    print_rows(console, "Honest files", honest)
    print_families(console, rows)
    print_mutants(console, mutants)
    missed, alarms = sum(row.wrong for row in rows), sum(row.wrong for row in honest)
    defects = sum(count for word, count in mutants.items() if word.startswith(_WRONG))
    console.print(
        f"{len(rows)} attacks, {missed} missed. {len(honest)} honest files, {alarms} false alarms. "
        f"{sum(mutants.values())} mutants, {defects} passed or crashed. {time.monotonic() - started:.0f} s."
    )
    sys.exit(bool(missed or alarms or defects))


# The workers are forked, so that all of them hold the same papers, with the same keys
_PAPERS: list[Papers] = []
_WRONG = "WRONG"


def made_papers(folder: Path) -> Papers:
    papers = Papers(folder)
    for name in (*BASES, *OTHERS, "trust", "form", "hidden_then_signed", "certified_1", "certified_2", "certified_3"):
        getattr(papers, name)
    return papers


def in_two(work: Callable[[int], _Made], numbers: Iterable[int]) -> list[_Made]:
    """The work done by two processes, in order."""
    with multiprocessing.get_context("fork").Pool(2, initializer=_bounded) as pool:
        return list(pool.imap(work, numbers, chunksize=8))


def _bounded() -> None:
    signal.signal(signal.SIGALRM, _stop)


def _stop(_: int, __: FrameType | None) -> None:
    raise _TooSlowError


def _told(judge: Callable[[], str]) -> str:
    """The judge's word, or how it ended."""
    signal.alarm(_LIMIT_S)
    try:
        with bounded_memory():
            return judge()
    except Exception as error:  # noqa: BLE001 -- the table tells every end that is none
        return f"{_WRONG} {type(error).__name__}"
    finally:
        signal.alarm(0)


def attack_row(number: int) -> Row:
    attack, (papers,) = ATTACKS[number], _PAPERS
    pdf = attack.build(papers)

    def ours() -> str:
        verdict = judged(papers, pdf)
        missed = verdict.report is not None and attack.missed(verdict.report)
        return f"{_WRONG} {verdict.word}" if missed else verdict.word

    def gate() -> str:
        return f"{_WRONG} opens" if gate_passes(papers, attack.base, pdf) else "shut"

    word, door = _told(ours), _told(gate)
    pyhanko = _told(lambda: said_by_pyhanko(papers, pdf))
    wrong = word.startswith(_WRONG) or door.startswith(_WRONG)
    return Row(attack.family, attack.name, attack.base, attack.aim, word, door, pyhanko, said_by_pdfsig(pdf), wrong)


def honest_row(number: int) -> Row:
    honest, (papers,) = HONEST[number], _PAPERS
    pdf = honest.build(papers)
    at = NOW + honest.after

    def ours() -> str:
        report = validate_pdf(pdf, papers.trust_at(at), at=at)
        alarms = honest.alarms(report)
        return f"{_WRONG} {'; '.join(alarms)}" if alarms else str(report.indication)

    word = _told(ours)
    pyhanko = _told(lambda: said_by_pyhanko(papers, pdf))
    return Row("honest", honest.name, "", "", word, "", pyhanko, said_by_pdfsig(pdf), word.startswith(_WRONG))


def mutant_word(seed: int) -> str:
    (papers,) = _PAPERS

    def ours() -> str:
        mutant = mutated(papers, seed)
        verdict = judged(papers, mutant.pdf)
        if verdict.report is None:
            return "refused"
        if verdict.report.indication is not Indication.TOTAL_PASSED:
            return str(verdict.report.indication)
        if harmless(papers, mutant, verdict.report):
            return "TOTAL-PASSED, proven harmless"
        return f"{_WRONG} TOTAL-PASSED: seed {seed}, {mutant.base}, {', '.join(mutant.kinds)}"

    honestly_shown(papers)
    word = _told(ours)
    return f"{word}: seed {seed}" if word.startswith(_WRONG) and "seed" not in word else word


def print_rows(console: Console, title: str, rows: Iterable[Row]) -> None:
    table = Table("", "Family", "Variant", "From", "Aim", "signflow", "Gate", "pyHanko", "pdfsig", title=title)
    for row in rows:
        mark = "MISSED" if row.wrong else ""
        table.add_row(mark, row.group, row.name, row.base, row.aim, row.ours, row.gate, row.pyhanko, row.pdfsig)
    console.print(table)


def print_families(console: Console, rows: Iterable[Row]) -> None:
    """How many attacks each judge let through.

    The others are held against forgeries only: what else an attacker may want is between them and their users. pdfsig
    knows no trust and looks at no change; that a signature covers not all of the file is its way to say that there was one.
    """
    columns = (
        "Family",
        "Attacks",
        "Missed by signflow",
        "Forgeries",
        "passed by pyHanko",
        "by pdfsig",
        "by pdfsig in part",
    )
    table = Table(*columns, title="Totals")
    rows = list(rows)
    for family in (*dict.fromkeys(row.group for row in rows), "all"):
        ours = [row for row in rows if family in {row.group, "all"}]
        forged = [row for row in ours if row.aim == Aim.FORGE]
        figures = (
            len(ours),
            sum(row.wrong for row in ours),
            len(forged),
            sum(row.pyhanko == PASSED for row in forged),
            sum(row.pdfsig == PASSED for row in forged),
            sum(row.pdfsig.startswith(f"{PASSED},") for row in forged),
        )
        table.add_row(family, *map(str, figures))
    console.print(table)


def print_mutants(console: Console, words: Counter[str]) -> None:
    table = Table("Verdict", "Files", title="Mutants")
    for word, count in sorted(words.items()):
        table.add_row(word, str(count))
    console.print(table)


if __name__ == "__main__":
    main()
