"""The search over many minutes: made, then asked as archivists ask.

`SIGNFLOW_BENCH_DOCUMENTS` takes another number of documents than 100 000; `SIGNFLOW_BENCH_INDEX` a folder in which the index
stays, so that the next run need not make it.
"""

from __future__ import annotations

import itertools
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "archive"))

from archive_minutes import made_up_minutes
from rich.console import Console

from signflow.archive.index import ArchiveIndex
from signflow.archive.index_rows import DocumentEntry
from signflow.archive.search import Search

DOCUMENTS = int(os.environ.get("SIGNFLOW_BENCH_DOCUMENTS", "100000"))
ROUNDS = 10
AIM_MS = 20.0
_console = Console(highlight=False)
# what is asked, and how often among a hundred questions
MIX: dict[str, tuple[int, list[Search]]] = {
    "two or three words": (24, [Search(words) for words in (
        "detaljplan Hagaberg", "avslå bygglov Åsby", "taxa vattenledning", "snöröjning Ekerud kostnader", "höjd taxa renhållning",
    )]),
    "one common word": (12, [Search(words) for words in ("beslut", "förvaltningen", "kommunen", "skolan", "och")]),
    "one rare word": (12, [Search(words) for words in ("hagabergstillsynen", "mölnlundbolaget", "ekeruddata", "finnsinte")]),
    "diary number": (10, [Search(words) for words in ("KS 2004/123", "2011/45", "ks 1999/00677")]),
    "item number": (6, [Search("§ 45"), Search("§ 112 detaljplan"), Search(item=77)]),
    "phrase": (8, [Search(words) for words in ('"detaljplan i Lillsjön"', '"anse motionen besvarad"', '"anta taxan"')]),
    "beginning": (6, [Search(words) for words in ("bygg*", "kommun*", "vatten* Åsby", "mölnlundst*")]),
    "without a word": (4, [Search(words) for words in ("budget -skola", "förskola -Hagaberg")]),
    "body and words": (6, [Search("cykelväg", body="Tekniska nämnden i Åsby stad"), Search("beslut", body="Valnämnden i Ekerud stad")]),
    "days and words": (6, [Search("idrottshall", since="2010-01-01", until="2010-12-31"), Search("beslut", since="1999-03-01", until="1999-03-31")]),
    "person and words": (3, [Search("policy", person="Åsa Öberg"), Search(person="af Ekenstam"), Search("borgen", person="Lööf")]),
    "decisions": (2, [Search("avslå överklagande", decisions=True)]),
    "nothing but filters": (1, [Search(), Search(since="2015-01-01"), Search(body="Miljönämnden i Norrtorp kommun")]),
}  # fmt: skip


def say(what: str, value: str) -> None:
    _console.print(f"{what:<52}{value:>24}")


def entries() -> Iterator[DocumentEntry]:
    for number, description in enumerate(made_up_minutes(DOCUMENTS)):
        yield DocumentEntry(description, 1, f"{number:09}")


def questions() -> list[tuple[str, Search]]:
    dice = random.Random(7)  # noqa: S311 — an order, no secret
    asked = [
        (kind, search)
        for kind, (weight, searches) in MIX.items()
        for search in itertools.islice(itertools.cycle(searches), weight * ROUNDS)
    ]
    dice.shuffle(asked)
    return asked


def at(times: list[float], part: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] * 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(os.environ.get("SIGNFLOW_BENCH_INDEX", scratch)) / "index.db"
        begun = time.perf_counter()
        index = ArchiveIndex(file, entries)
        made_s = time.perf_counter() - begun
        say(f"{DOCUMENTS} documents made up and indexed", f"{made_s:.0f} s, {DOCUMENTS / made_s:.0f}/s")
        say("size of the index", f"{file.stat().st_size / 1e6:.0f} MB")
        times: dict[str, list[float]] = {}
        work: list[float] = []
        for kind, search in questions():
            begun, worked = time.perf_counter(), time.process_time()
            index.find(search)
            work.append(time.process_time() - worked)
            times.setdefault(kind, []).append(time.perf_counter() - begun)
        for kind, taken in times.items():
            say(kind, f"p50 {at(taken, 0.5):.1f}  p95 {at(taken, 0.95):.1f} ms")
        everything = [one for taken in times.values() for one in taken]
        say(f"all {len(everything)} questions", f"p50 {at(everything, 0.5):.1f}  p95 {at(everything, 0.95):.1f} ms")
        say("of which this process worked", f"p50 {at(work, 0.5):.1f}  p95 {at(work, 0.95):.1f} ms")
        say("", f"aim: p95 ≤ {AIM_MS:.0f} ms")
        say("memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
        index.close()


if __name__ == "__main__":
    main()
