"""`make bench`: how long the main job and its parts take, in one run, as medians over several documents.

The parts are the steps in this process, without Prefect. The limit beside signing is what the same keys, digests and
synced writes cost bare.
"""

from __future__ import annotations

import hashlib
import logging
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

sys.path.insert(0, str(Path(__file__).parents[1]))

from rich.console import Console
from rich.table import Table

from life import Life, carry_out
from real_minutes import SAMPLE
from signflow.durable import write_whole
from signflow.minutes import read_draft
from signflow.signing.validation.validate import validate_pdf
from signflow.steps.ports import Ports
from signflow.store.outbox import OpenWork

ROUNDS = 8
PEOPLE = ("anna@example.org", "helene@example.org")


def main() -> None:
    """Run and print."""
    logging.disable(logging.WARNING)
    took = defaultdict[str, list[float]](list)
    draft = SAMPLE.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder, Life(Path(folder) / "data") as life:

        def timed(ports: Ports, row: OpenWork) -> None:
            took[str(row.work.kind)].append(_seconds(lambda: carry_out(ports, row)))

        work = life.work
        life.work = lambda do=None: work(do or timed)  # type: ignore[method-assign]
        for number in range(ROUNDS + 1):
            text = draft.replace("ledningsgrupp, 1", f"ledningsgrupp, {number + 1}")
            took["read a draft"].append(_seconds(lambda text=text: read_draft(text.encode(), "draft.md")))
            took["the whole life, people included"].append(
                _seconds(lambda text=text, number=number: _live(life, text, f"{number}.md"))
            )
            if number == 0:
                took.clear()  # the first one loads fonts and opens files
        pdf = life.ports.archive.retrieve(life.ports.archive.list()[0].document_id)
        for _ in range(ROUNDS):
            took["validate the sealed PDF"].append(
                _seconds(lambda: validate_pdf(pdf, life.ports.trust(), at=life.ports.clock()))
            )
            took["bare: key, digest, ECDSA, synced write"].append(_seconds(lambda: _bare(pdf, Path(folder) / "bare")))
    _print(took)


def _live(life: Life, text: str, name: str) -> None:
    life.drop(text, name)
    for address in PEOPLE:
        life.sign(address)


def _bare(pdf: bytes, path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    key.sign(hashlib.sha256(pdf).digest(), ec.ECDSA(hashes.SHA256()))
    write_whole(path, pdf)


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _print(took: dict[str, list[float]]) -> None:
    table = Table("what", "median ms", "longest ms", "times", box=None)
    for name, seconds in sorted(took.items()):
        median, longest = statistics.median(seconds) * 1e3, max(seconds) * 1e3
        table.add_row(name, f"{median:.1f}", f"{longest:.1f}", str(len(seconds)))
    Console().print(table)


if __name__ == "__main__":
    main()
