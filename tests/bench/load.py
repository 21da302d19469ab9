"""Many people at once: 200 of them on 1 000 open documents for a minute, against the service as `signflow up` serves it.

Each follows the link to one of their documents, looks at its pages, reads for a while (10 to 40 seconds of a minute) and goes to
the next; on some they ask for a code, and on some of those they sign and wait for the receipt. Beside them three secretaries have
the desk open. Nobody has asked for a page before.

`LOAD_DOCUMENTS`, `LOAD_PEOPLE` and `LOAD_SECONDS` take other numbers; with `LOAD_DRAWN=no` what was drawn ahead is gone at the
start. `LOAD_HOUSE` names a folder in which the house stays as it was before anybody came, so that the next run need not make it.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import os
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "deploy"))

import httpx
from rich.console import Console
from rich.progress import track
from rich.table import Table

from life import Life, text_of
from many_documents import FIRST, LAST
from real_minutes import SAMPLE
from running_service import Service

DOCUMENTS = int(os.environ.get("LOAD_DOCUMENTS", "1000"))
PEOPLE = int(os.environ.get("LOAD_PEOPLE", "200"))
SECONDS = float(os.environ.get("LOAD_SECONDS", "60"))
SECRETARIES = 3
DRAWN = os.environ.get("LOAD_DRAWN", "yes") == "yes"
READING_S, DESK_S, LOOK_AGAIN_S = (SECONDS / 6, SECONDS * 2 / 3), (2.0, 4.0), 2.0
ASK_SHARE, SIGN_SHARE = 0.2, 0.5  # of the visits, and of those who ask
AIM_MS = 200.0
_LINK = re.compile(r"/sign/[A-Za-z0-9_-]{43}")
_CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)
_IMAGE = re.compile(r'src="(/sign/[^"]+\.png)"')
_SHOWN = re.compile(r'name="shown" value="([0-9a-f]{64})"')
_DOCUMENT = re.compile(r'href="(/documents/\w+)"')
_console = Console(highlight=False)


@dataclass
class Figures:
    """What was measured, by kind of page: milliseconds until the whole answer is there; and what went wrong."""

    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    signed: int = 0


class Mailbox:
    """Everybody's mail, looked through once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: set[str] = set()
        self.links: defaultdict[str, list[str]] = defaultdict(list)
        self._codes: dict[str, str] = {}

    def look(self) -> None:
        """Take what is new."""
        for name in sorted(entry.name for entry in os.scandir(self._folder) if entry.name not in self._read):
            if not name.endswith(".eml"):
                continue
            mail = email.message_from_bytes((self._folder / name).read_bytes(), policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            self._read.add(name)
            text, address = text_of(mail), mail["To"].addresses[0].addr_spec
            if code := _CODE.search(text):
                self._codes[address] = code[1]
            elif link := _LINK.search(text):
                self.links[address].append(link[0])

    def forget(self, address: str) -> None:
        """A code that came earlier is none."""
        self._codes.pop(address, None)

    async def code(self, address: str, until: float) -> str:
        """The code, as soon as it has come; empty if it has not by then."""
        while address not in self._codes and time.monotonic() < until:  # noqa: ASYNC110 -- a folder tells nobody
            await asyncio.sleep(0.25)
        return self._codes.get(address, "")

    async def stay(self) -> None:
        """Look now and then, away from the clients."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(0.5)


class Visitor:
    """Somebody with a browser, for as long as the measurement lasts."""

    def __init__(self, web: str, figures: Figures, until: float, seed: int) -> None:
        self._figures = figures
        self._client = httpx.AsyncClient(
            base_url=web, headers={"Origin": web, "Accept-Language": "sv"}, timeout=60, trust_env=False
        )
        self._until = until
        self._chance = random.Random(seed)  # noqa: S311 -- the same visits each time

    async def sign_and_read(self, address: str, mailbox: Mailbox) -> None:
        """What a signatory does."""
        async with self._client:
            await asyncio.sleep(self._chance.uniform(0, READING_S[1]))  # they do not come in step
            links = mailbox.links[address]
            while not self._over:
                await self._visit(address, self._chance.choice(links), mailbox)

    async def mind_the_desk(self) -> None:
        """What a secretary does."""
        async with self._client:
            while not self._over:
                desk = await self._ask("desk", "GET", "/")
                await self._pause(DESK_S)
                if found := _DOCUMENT.findall(desk):
                    await self._ask("document", "GET", self._chance.choice(found))
                    await self._pause(DESK_S)
                await self._ask("desk, searched", "GET", f"/?q=punkt+{self._chance.randrange(DOCUMENTS)}&state=all")
                await self._pause(DESK_S)

    async def _visit(self, address: str, link: str, mailbox: Mailbox) -> None:
        page = await self._ask("sign page", "GET", link)
        await asyncio.gather(*(self._ask("page image", "GET", image) for image in _IMAGE.findall(page)))
        await self._pause(READING_S)
        if self._over or f"{link}/code" not in page or self._chance.random() > ASK_SHARE:
            return
        mailbox.forget(address)
        await self._ask("code asked", "POST", f"{link}/code", {"read": "1"})
        code = await mailbox.code(address, self._until)
        page = await self._ask("sign page", "GET", link)
        if not code or self._chance.random() > SIGN_SHARE or not (shown := _SHOWN.search(page)):
            return
        await self._ask("signature", "POST", link, {"code": code, "shown": shown[1]})
        while not self._over:
            page = await self._ask("sign page, signing", "GET", link)
            if "Kvitto" in page:
                self._figures.signed += 1
                return
            await asyncio.sleep(LOOK_AGAIN_S)

    @property
    def _over(self) -> bool:
        return time.monotonic() > self._until

    async def _pause(self, seconds: tuple[float, float]) -> None:
        await asyncio.sleep(max(0.0, min(self._chance.uniform(*seconds), self._until - time.monotonic())))

    async def _ask(self, kind: str, method: str, path: str, form: dict[str, str] | None = None) -> str:
        began = time.perf_counter()
        try:
            answer = await self._client.request(method, path, data=form)
        except httpx.HTTPError as error:
            self._figures.errors[f"{kind}: {type(error).__name__}"] += 1
            return ""
        self._figures.took[kind].append((time.perf_counter() - began) * 1000)
        if answer.status_code >= 400:
            self._figures.errors[f"{kind}: {answer.status_code}"] += 1
        return answer.text if "html" in answer.headers.get("content-type", "") else ""


def people() -> dict[str, str]:
    """Names and addresses."""
    names = [f"{first}-{second} {last}" for second in ("Ann", "Bo", "Kim") for first in FIRST for last in LAST][:PEOPLE]
    return {name: f"p{number}@example.org" for number, name in enumerate(names)}


def make_house(data: Path) -> None:
    """The documents, invited to and not yet read by anybody."""
    names = list(people())
    sample = SAMPLE.read_text("utf-8")
    with Life(data, people()) as life:
        for number in track(range(DOCUMENTS), "Preparing the documents", console=_console):
            text = sample.replace("ledningsgrupp, 1", f"ledningsgrupp, {number + 1}")
            text = text.replace("Anna Söderström", names[number % len(names)])
            life.drop(text.replace("Helene Olofsson", names[(number * 7 + 1) % len(names)]), f"punkt {number}.md")


async def measure(web: str, mailbox: Mailbox) -> Figures:
    """Let them all come."""
    figures, until = Figures(), time.monotonic() + SECONDS
    reading = asyncio.create_task(mailbox.stay())
    signatories = [address for address in people().values() if mailbox.links[address]]
    await asyncio.gather(
        *(
            Visitor(web, figures, until, seed).sign_and_read(address, mailbox)
            for seed, address in enumerate(signatories)
        ),
        *(Visitor(web, figures, until, -seed - 1).mind_the_desk() for seed in range(SECRETARIES)),
    )
    reading.cancel()
    return figures


def show(figures: Figures) -> None:
    """Print them."""
    table = Table(title=f"{PEOPLE} people, {DOCUMENTS} open documents, {SECONDS:.0f} s, {os.cpu_count()} cores")
    for name in ("", "requests", "p50 ms", "p95 ms", "p99 ms", "longest"):
        table.add_column(name, justify="right" if name else "left")
    everything = [one for took in figures.took.values() for one in took]
    for kind, took in [*sorted(figures.took.items()), ("all", everything)]:
        parts = statistics.quantiles(took, n=100, method="inclusive") if len(took) > 1 else took * 99
        values = (parts[49], parts[94], parts[98], max(took))
        table.add_row(kind, str(len(took)), *(f"{value:.0f}" for value in values))
    _console.print(table)
    p95 = statistics.quantiles(everything, n=100, method="inclusive")[94]
    _console.print(f"{len(everything) / SECONDS:.0f} requests per second, {figures.signed} signatures made")
    _console.print(f"p95 {p95:.0f} ms; the aim is {AIM_MS:.0f} ms: {'met' if p95 <= AIM_MS else 'NOT met'}")
    _console.print(f"errors: {dict(figures.errors) or 'none'}")


def main() -> int:
    """Prepare, measure, print; 1 if anything went wrong."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(os.environ.get("LOAD_HOUSE") or Path(folder) / "house")
        if not (kept / "data").exists():
            make_house(kept / "data")
        work = Path(folder) / "run"
        service = Service(work / "data", people(), organisation="Södertörnskommunerna")
        shutil.rmtree(work / "data")
        shutil.copytree(kept / "data", work / "data")
        if not DRAWN:
            shutil.rmtree(work / "data" / "drawn")
        with service:
            service.start()
            mailbox = Mailbox(work / "data" / "mails")
            mailbox.look()
            os.sync()  # what the preparation has left to write is not theirs to wait for
            figures = asyncio.run(measure(service.web, mailbox))
        show(figures)
    return 1 if figures.errors else 0


if __name__ == "__main__":
    sys.exit(main())
