"""A walk through every page in every state, as their readers meet them; what each answered is kept, to be looked at.

`walk_everywhere` lives the lives that it takes: drafts with and without faults, rounds that end in each way, an archive,
people who sign in, doors that stay shut. Each page is kept as it was answered, in Swedish and where it is only read also in
English, with the files it shows; so a browser can look at all of them as often and in as many ways as it likes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from bankid_server import BankIdServer
from pypdf import PdfWriter
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match, Mount, Route
from visitor import ORIGIN, TestClient, browser

from extract_house import MINUTES
from extract_house import PEOPLE as EXTRACT_PEOPLE
from life import Life, text_of
from many_documents import fill, lives
from real_minutes import SAMPLE
from signflow.errors import StaleError, UnavailableError
from signflow.rounds.links import link_digest
from signflow.steps import acts
from signflow.steps.intake import LARGEST_DRAFT_BYTES
from signflow.store.people import RegisteredPerson
from signflow.web.app import build_app
from signflow.web.pages import Pages
from signflow.web.preview import Drawn, Preview, build_preview

ANNA, HELENE = "anna@example.org", "helene@example.org"
NUMBER = "195207306886"
CLOSING = "Vid anteckningarna\n\nJusterat\n\nAnna Söderström\n\nHelene Olofsson"
STRANGER = ("192.0.2.9", 5)
PARTICIPANTS = ("Anna Söderström", "Helene Olofsson", "Karin Åkesson", "Bo Ek")
PROTOCOL = """# Protokoll från Miljönämnden

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

## Beslutande

Anna Söderström, ordförande
Helene Olofsson, sekreterare
Karin Åkesson
Bo Ek

## § 1 Taxa för avfall

Beslut

Nämnden antar taxan.

Vid protokollet

Helene Olofsson

Ordförande

Anna Söderström

Justerat

Karin Åkesson
"""
# with an item that is adjusted at once, and one whose name is long
AT_ONCE = PROTOCOL.replace(
    "Vid protokollet",
    """## § 2 Bygglov för lekplats

Beslut

Nämnden beviljar bygglov. Paragrafen förklaras omedelbart justerad.

## § 3 Yttrande över förslag till ändring av detaljplan för kvarteret Snickarglädjen med angränsande allmän platsmark

Beslut

Nämnden avstår från att yttra sig.

Vid protokollet""",
)
_ENGLISH = {"Accept-Language": "en"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as it was answered."""

    name: str
    language: str
    address: str
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Walk:
    """What has been seen.

    Attributes:
        pages: In the order of the walk.
        files: What the pages show, by address: media type and bytes.
        offered: Method and path of every route of the houses.
        visited: Those of them that have answered.
    """

    pages: list[Seen] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    offered: set[tuple[str, str]] = field(default_factory=set)
    visited: set[tuple[str, str]] = field(default_factory=set)

    def named(self, name: str, language: str = "sv") -> Seen:
        """The page of that name.

        Raises:
            StopIteration: There is none.
        """
        return next(page for page in self.pages if (page.name, page.language) == (name, language))


class Reader:
    """Somebody with a browser at one house."""

    def __init__(self, walk: Walk, client: TestClient) -> None:
        self._walk = walk
        self.client = client
        assert isinstance(client.app, Starlette)
        self._routes = _flat(client.app.routes)
        walk.offered |= {
            (method, route.path) for route in self._routes for method in (route.methods or set()) - {"HEAD"}
        }

    def get(self, name: str, address: str, status: int = 200, **options: Any) -> httpx.Response:
        """Look at a page, in both languages; a name that is empty keeps nothing."""
        answer = self._ask("GET", name, address, status, options)
        if name:
            headers = {**options.pop("headers", {}), **_ENGLISH}
            self._ask("GET", name, address, status, {**options, "headers": headers})
        return answer

    def post(self, name: str, address: str, status: int = 303, **options: Any) -> httpx.Response:
        """Send a form."""
        return self._ask("POST", name, address, status, options)

    def _ask(self, method: str, name: str, address: str, status: int, options: dict[str, Any]) -> httpx.Response:
        answer = self.client.request(method, address, **options)
        assert answer.status_code == status, f"{name} {method} {address}: {answer.status_code} {answer.text[:2000]}"
        path = urlsplit(address).path
        self._walk.visited |= {(method, route.path) for route in self._routes if _takes(route, method, path)}
        if name:
            language = answer.headers["content-language"]
            self._walk.pages.append(Seen(name, language, address, status, dict(answer.headers), answer.content))
            for file in _shown_files(answer.text):
                if file not in self._walk.files:
                    found = self.client.get(file)
                    assert found.status_code == 200, f"{name} shows {file}, which is not there"
                    self._walk.files[file] = (found.headers["content-type"], found.content)
        return answer


def walk_everywhere(folder: Path) -> Walk:
    """Every page in every state; takes about a minute."""
    walk = Walk()
    for part in (
        _desk,
        _rounds,
        _behind_another,
        _round_changes,
        _readers,
        _archive_and_verify,
        _notices,
        _extracts,
        _immediate,
        _closed_doors,
        _staff_and_sign_in,
        _preview,
    ):
        part(walk, folder / part.__name__.strip("_"))
    return walk


def shown_digest(page: httpx.Response) -> str:
    """The digest that goes with the form."""
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page.text)
    assert found
    return found[1]


def _desk(walk: Walk, folder: Path) -> None:
    """The secretary's desk, and drafts that come in."""
    sample = SAMPLE.read_text("utf-8")
    broken = sample.replace(CLOSING, "Vid anteckningarna\n\nJusterat\n\nAnna Söderstrom\n").replace(
        "Torsdagen", "Onsdagen"
    )
    with _reader(walk, folder) as (life, reader):
        reader.get("desk-empty", "/")
        reader.post(
            "",
            "/drafts/new",
            200,
            data={"class": "protocol", "format": "markdown", "first_item": "1", "language": "sv"},
        )
        taken = reader.post("", "/drafts", files={"file": ("Ledningsgruppen 16 januari.md", sample.encode())})
        reader.get("arriving", taken.headers["location"])
        reader.get("desk-arriving", "/")
        life.work()
        place = reader.get("", taken.headers["location"], 303).headers["location"]
        reader.get("document-review", place)
        reader.get("", f"{place}/source")
        reader.get("", f"{place}/copy.pdf")
        reader.get("", f"{place}/revision.pdf")
        document = life.drop(broken, "Trasigt utkast.md")
        place = f"/documents/{document.id}"
        reader.get("document-with-findings", place)
        reader.get("edit", f"{place}/text")
        reader.get("webhooks-none", "/webhooks")
        life.ports.deliveries.stop("diariet", "HTTP 410")
        reader.get("webhooks-stopped", "/webhooks")
        reader.get("desk-webhook-stopped", "/")
        reader.get("edit-at-line", f"{place}/text?line=3")
        checked = {"act": "check", "text": broken, "opened": "1"}
        reader.post("edit-checked-with-findings", f"{place}/text", 200, files=_fields(checked))
        reader.post("edit-checked", f"{place}/text", 200, files=_fields({**checked, "text": sample}))
        life.drop(broken.replace("24 januari", "25 januari"), "utkast 2.md", document.id)
        reader.post("edit-conflict", f"{place}/text", 409, files=_fields({**checked, "act": "save", "text": sample}))
        life.drop(broken.replace("24 januari", "26 januari"), "utkast 3.md", document.id)
        reader.get("changes", f"{place}/changes")
        fill(life.ports.store, lives(60, life.ports.clock().date()))
        reader.get("desk-full", "/")
        reader.get("desk-last-page", "/?page=2")
        reader.get("desk-found", "/?q=budget&state=all")
        reader.get("desk-nothing-found", "/?q=x&late=1")


def _away_and_back(reader: Reader, link: str, until: dt.date) -> None:
    """A signatory is away after all, and then is not."""
    reader.post("", f"{link}/absence", data={"until": str(until)})
    reader.get("sign-away", link)
    reader.post("", f"{link}/absence", data={"back": "yes"})


def _rounds(walk: Walk, folder: Path) -> None:
    """The page behind a link at each stage, and the document's page beside it."""
    sample = SAMPLE.read_text("utf-8")
    with _reader(walk, folder, open_review_when_clean=False) as (life, reader):
        document = life.drop(sample)
        place = f"/documents/{document.id}"
        reader.get("document-clean", place)
        reader.post("", f"{place}/review")
        life.work()
        link = f"/sign/{life.token(ANNA)}"
        reader.get("sign-ask", link)
        reader.post("", f"{link}/code", data={"read": "1"})
        reader.post("sign-not-read", f"{link}/code", 422)
        unsent = {"rows": "2", "item-1": "1. Södertörnsanalysen", "reason-1": "Så sade vi inte.", "dissent": "Nej."}
        reader.post("sign-unsent", f"{link}/code", 422, data=unsent)
        reader.get("", f"{link}/pages/1.png")
        reader.get("", f"{link}/minutes.pdf")
        life.ask_code(ANNA)
        shown = {"shown": shown_digest(reader.get("sign-code", link))}
        reader.post("sign-wrong-code", link, 422, data={"code": "000000", **shown})
        reader.post("sign-object-without-reason", f"{link}/objection", 422, data={"reason": " ", "code": "1", **shown})
        more = {"rows": "2", "item-1": "1. Södertörnsanalysen", "more": "1"}
        reader.post("sign-object-more-rows", f"{link}/objection", 200, data={**more, **shown})
        reader.post("sign-away-without-date", f"{link}/absence", 422, data={"until": ""})
        _away_and_back(reader, link, life.ports.clock().date() + dt.timedelta(days=3))
        for back in ("code", "objection", "absence"):
            reader.get("", f"{link}/{back}", 303)
        acts.sign(life.ports, life.token(ANNA), life.code(ANNA), shown["shown"])
        reader.get("sign-signing", link)
        reader.get("document-signing", place)
        life.work()
        reader.get("sign-signed", link)
        reader.get("document-half-signed", place)
        field = life.load(document).round.seats[1].field  # type: ignore[union-attr] -- it was opened above
        reader.post("", f"{place}/invitations/{field}")
        life.work()
        link = f"/sign/{life.token(HELENE)}"
        code = life.ask_code(HELENE)
        shown = {"shown": shown_digest(reader.get("", link))}
        acts.object_to(life.ports, life.token(HELENE), code, shown["shown"], "Punkt 3: det beslutade vi inte.")
        life.work()
        reader.get("sign-objected", link)
        reader.get("document-objected", place)
        life.drop(sample.replace("24 januari", "25 januari"), "utkast 2.md", document.id)
        reader.post("", f"{place}/review")
        life.work()
        reader.get("sign-second-round", f"/sign/{life.token(ANNA)}")
        reader.get("document-second-round", place)
        reader.post("", f"{place}/withdrawal", data={"reason": "Sammanträdet ska göras om."})
        reader.get("sign-ended", f"/sign/{life.token(ANNA)}")
        reader.get("document-withdrawn", place)
        _old_link(walk, life, sample)


def _behind_another(walk: Walk, folder: Path) -> None:
    """A signature that is made after another's."""
    people = {"Anna Söderström": ANNA, "Helene Olofsson": HELENE, "Gerd Alm": "gerd@example.org"}
    body = {"name": "Södertörnskommunernas ledningsgrupp", "order": "together"}
    adjusters = CLOSING.replace("Justerat\n\nAnna Söderström", "Anna Söderström\n\nJusterat\n\nGerd Alm")
    present = "Helene Olofsson\tSödertörnskommunerna\n"
    sample = SAMPLE.read_text("utf-8").replace(CLOSING, adjusters).replace(present, f"{present}Gerd Alm\tHuddinge\n")
    with _reader(walk, folder, people=people, bodies=[body]) as (life, reader):
        life.drop(sample)
        life.sign(ANNA)
        codes = {address: life.ask_code(address) for address in (HELENE, people["Gerd Alm"])}
        links = {address: f"/sign/{life.token(address)}" for address in codes}
        for address, link in links.items():
            reader.post("", link, data={"code": codes[address], "shown": shown_digest(reader.get("", link))})
        behind = reader.get("sign-signing-behind", links[people["Gerd Alm"]])
        assert "En underskrift görs före din." in behind.text


def _round_changes(walk: Walk, folder: Path) -> None:
    """Who is reminded, who is away, and who stands in."""
    people = {name: f"p{number}@example.org" for number, name in enumerate(PARTICIPANTS)}
    with _reader(walk, folder, people=people) as (life, reader):
        document = life.drop(PROTOCOL)
        secretary, substitute = people["Helene Olofsson"], people["Bo Ek"]
        place, seat = f"/documents/{document.id}", life.load(document).round.seats[0].field  # type: ignore[union-attr]
        far = str(life.ports.clock().date() + dt.timedelta(days=9))
        reader.post("", f"{place}/reminders/{seat}", data={"round": "1", "number": "1"})
        reader.post("", f"{place}/absences/{seat}", data={"round": "1", "until": far})
        reader.post("document-bad-absence", f"{place}/absences/{seat}", 422, data={"round": "1", "until": "2020-01-01"})
        stand_in = {"round": "1", "holder": "1", "person": "Bo Ek"}
        reader.post("document-no-reason", f"{place}/substitutes/{seat}", 422, data={**stand_in, "reason": " "})
        link = f"/sign/{life.token(secretary)}"
        reader.post("", f"{place}/substitutes/{seat}", data={**stand_in, "reason": "Sjuk."})
        life.work()
        reader.get("sign-replaced", link)
        reader.get("sign-substitute", f"/sign/{life.token(substitute)}")
        reader.get("document-substitute", place)
        for address in (substitute, people["Anna Söderström"]):
            life.sign(address)
        reader.get("document-one-left", place)
        reader.get("desk-one-left", "/")


def _readers(walk: Walk, folder: Path) -> None:
    """Who reads and comments, and what the secretary answers."""
    sample = SAMPLE.read_text("utf-8")
    with _reader(walk, folder) as (life, reader):
        document = life.drop(sample)
        place = f"/documents/{document.id}"
        reader.get("readers-none", f"{place}/readers")
        reader.post("readers-without-address", f"{place}/readers", 422, data={"name-0": "Bo Ek"})
        far = str(life.ports.clock().date() + dt.timedelta(days=9))
        bo = {"name-0": "Bo Ek", "address-0": "bo@example.org", "until": far}
        reader.post("", f"{place}/readers", data=bo)
        life.work()
        found = re.search(r"/read/[A-Za-z0-9_-]{43}", text_of(life.mails("bo@example.org")[-1]))
        assert found
        link = found[0]
        page = reader.get("reading", link)
        reader.get("", f"{link}/pages/1.png")
        item = re.findall(r'name="item" value="([^"]+)"', page.text)[0]
        said = {"item": item, "version": "1"}
        reader.post("reading-empty-comment", link, 422, data={**said, "text": " "})
        for text in ("Stämmer antalet?", "Hur många var med?"):
            reader.post("", link, data={**said, "text": text})
        reader.post("reading-empty-correction", f"{link}/1", 422, data={"text": ""})
        reader.get("", f"{link}/1", 303)
        anna = f"/sign/{life.token(ANNA)}/comments"
        reader.post("", anna, data={**said, "text": "Det tror jag."})
        reader.post("", f"{anna}/3", data={"text": "Det tror jag också."})
        reader.get("", f"{anna}/3", 303)
        reader.get("reading-signatory", anna)
        reader.get("readers-comments", f"{place}/readers")
        reader.post("readers-without-answer", f"{place}/comments/1", 422, data={"as": "resolved"})
        reader.post("", f"{place}/comments/1", data={"as": "resolved", "answer": "Ja."})
        reader.get("document-comments", place)
        life.drop(sample.replace(item.partition(" ")[2], "Något annat", 1), "utkast 2.md", document.id)
        reader.get("reading-new-version", link)
        reader.get("readers-new-version", f"{place}/readers")
        reader.post("", f"{place}/readers/1/dismissal")
        reader.get("reading-closed", link)
        reader.get("readers-dismissed", f"{place}/readers")


def _old_link(walk: Walk, life: Life, sample: str) -> None:
    document = life.drop(sample.replace("24 januari", "27 januari"))
    acts.ask_review(life.ports, document.id, "web")
    life.work()
    token, now = life.token(ANNA), life.ports.clock
    life.with_ports(clock=lambda: now() + dt.timedelta(days=60))
    with browser(life) as client:
        Reader(walk, client).get("sign-expired", f"/sign/{token}")
    life.with_ports(clock=now)


def _archive_and_verify(walk: Walk, folder: Path) -> None:
    """What is archived, and what anybody may check."""
    with _reader(walk, folder) as (life, reader):
        reader.get("archive-empty", "/archive")
        document = life.drop(SAMPLE.read_bytes())
        for address in (ANNA, HELENE):
            life.sign(address)
        reader.get("archive-all", "/archive")
        reader.get("archive-found", "/archive?q=varudistribution")
        reader.get("archive-nothing-found", "/archive?q=ingenting&body=Valn%C3%A4mnden")
        place = f"/d/{document.id}"
        reader.get("archived", place)
        reader.post("archived-verified", f"{place}/validation", 200)
        for file in ("minutes.pdf", "web.pdf", "web.html", "items/1.pdf", "package.zip", "access.zip"):
            reader.get("", f"{place}/{file}")
        reader.get("document-archived", f"/documents/{document.id}")
        reader.get("desk-archived", "/")
        reader.get("sign-archived", f"/sign/{life.token(ANNA)}")
        reader.get("", "/health")
        for label in life.ports.authority.certificates():
            reader.get("", f"/ca/{label}.crt")
            reader.get("", f"/crl/{label}.crl")
        reader.get("verify", "/verify")
        reader.get("verify-number", f"/verify?q={document.id}")
        reader.get("verify-number-unknown", "/verify?q=0000")
        reader.post("verify-without-a-file", "/verify", 422, files={"file": ("", b"")})
        for name, pdf in _to_check(life.ports.archive.retrieve(document.id)).items():
            reader.post(f"verify-{name}", "/verify", 200, files={"file": (f"{name}.pdf", pdf, "application/pdf")})
        reader.post("verify-not-a-pdf", "/verify", 422, files={"file": ("x.pdf", b"not a PDF", "application/pdf")})


def _immediate(walk: Walk, folder: Path) -> None:
    """Items adjusted at once: chosen from, refused, told of on both documents' pages and the board, and announced apart."""
    people = {"Helene Olofsson": HELENE, "Anna Söderström": ANNA, "Karin Åkesson": "karin@example.org"}
    house = _reader(walk, folder / "at-once", people=people, open_review_when_clean=False, notice_board=True)
    with house as (life, reader):
        document = life.drop(AT_ONCE)
        place = f"/documents/{document.id}"
        reader.get("immediate", f"{place}/immediate")
        reader.post("immediate-nothing-chosen", f"{place}/immediate", 422)
        reader.post("", f"{place}/immediate", data={"item-2": "1"})
        reader.get("document-with-part-arriving", place)
        life.work()
        part = life.load(document).parts[0].id
        reader.get("document-with-part", place)
        reader.get("document-of-part", f"/documents/{part}")
        reader.get("immediate-taken", f"{place}/immediate")
        reader.get("desk-with-part", "/")
        for one, name in ((part, "document-with-part-archived"), (document.id, "document-archived-with-part")):
            acts.ask_review(life.ports, one, "web")
            life.work()
            for address in people.values():
                life.sign(address)
            reader.get(name, place)
        reader.get("document-of-part-archived", f"/documents/{part}")
        reader.get("notice-without-what-was-adjusted-at-once", f"{place}/notice")


def _notices(walk: Walk, folder: Path) -> None:
    """The notice board, and the notice of one document at each stage, on our board and on another."""
    people = {name: f"p{number}@example.org" for number, name in enumerate(PARTICIPANTS)}
    with _reader(walk, folder / "elsewhere", people=people) as (life, reader):
        reader.get("notices-none", "/notices", 404)
        place = _adjusted(life, people)
        reader.get("notice-to-post", place)
        reader.get("desk-notice", "/")
        reader.get("document-notice", place.removesuffix("/notice"))
        reader.get("", f"{place}.html")
        reader.post("notice-not-then", place, 422, data={"on": "2020-01-01", "place": "Stadshuset"})
        reader.post("", place, data={"on": str(life.ports.clock().date()), "place": "Stadshuset"})
        reader.get("notice-elsewhere", place)
        reader.post("notice-stays", f"{place}/taken-down", 422, data={"on": str(life.ports.clock().date())})
        now = life.ports.clock
        life.with_ports(clock=lambda: now() + dt.timedelta(days=60))
        with browser(life, **{"Accept-Language": "sv"}) as client:
            later = Reader(walk, client)
            later.get("notice-can-come-down", place)
            later.post("", f"{place}/taken-down", data={"on": str(life.ports.clock().date())})
            later.get("notice-proved", place)
    with _reader(walk, folder / "own", people=people, notice_board=True) as (life, reader):
        reader.get("notices-empty", "/notices")
        place = _adjusted(life, people)
        reader.get("notice-up", place)
        reader.get("notices", "/notices")
        reader.get("notices-one", f"/notices/{place.split('/')[2]}")


def _extracts(walk: Walk, folder: Path) -> None:
    """Extracts for those concerned: before there can be any, masked or not, refused, on their way and sent."""
    with _reader(walk, folder, people=EXTRACT_PEOPLE) as (life, reader):
        document = life.drop(MINUTES)
        place = f"/documents/{document.id}/extracts"
        reader.get("extracts-early", place)
        for address in EXTRACT_PEOPLE.values():
            life.sign(address)
        reader.get("extracts", place)
        reader.get("", f"{place}/1.pdf")
        form = {"nonce": "n", "item-2": "2", "unmasked-2": "1", "recipients": "bo@example.org"}
        reader.post("extracts-without-reason", place, 422, data=form)
        reader.post("", place, data={**form, "reason-2": "Part i ärendet."})
        reader.get("extracts-waiting", place)
        life.work()
        reader.get("extracts-sent", place)
        reader.get("document-extracts", place.removesuffix("/extracts"))


def _adjusted(life: Life, people: dict[str, str]) -> str:
    """Where the notice is of minutes that all have signed."""
    document = life.drop(PROTOCOL)
    for person in ("Helene Olofsson", "Anna Söderström", "Karin Åkesson"):
        life.sign(people[person])
    return f"/documents/{document.id}/notice"


def _closed_doors(walk: Walk, folder: Path) -> None:
    """What is not there, not allowed, too large, too often, or broken."""
    with _reader(walk, folder) as (life, reader):
        for name, address in {"page": "/nothing", "document": "/documents/nobody", "link": "/sign/nobody"}.items():
            reader.get(f"missing-{name}", address, 404)
        reader.get("wrong-host", "/", 421, headers={"Host": "evil.example"})
        reader.post(
            "foreign-form", "/drafts", 403, headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        )
        reader.post("wrong-method", "/archive", 405)
        reader.post("too-large", "/drafts", 413, files={"file": ("stort.md", b"x" * (LARGEST_DRAFT_BYTES + 100_000))})
        stranger = TestClient(
            build_app(life.ports), base_url=ORIGIN, client=STRANGER, headers={"Accept-Language": "sv"}
        )
        with stranger:
            elsewhere = Reader(walk, stranger)
            elsewhere.get("missing-elsewhere", "/", 404)
            for _ in range(70):
                if stranger.get("/verify?q=1").status_code == 429:
                    break
            elsewhere.get("verify-too-often", "/verify?q=1", 429)
        whole = life.ports.store
        for name, error, status in (
            ("unavailable", UnavailableError("database-unavailable", reason="-"), 503),
            ("stale", StaleError("document-changed"), 409),
            ("unexpected", ZeroDivisionError(), 500),
        ):
            life.with_ports(store=_Broken(error))
            with browser(life) as client:
                Reader(walk, client).get(name, "/", status)
        life.with_ports(store=whole)


def _staff_and_sign_in(walk: Walk, folder: Path) -> None:
    """Staff with a mailed code; signatories at a provider."""
    with BankIdServer(folder / "bank") as bank:  # noqa: SIM117 -- its settings are wanted
        with _reader(walk, folder, staff_sign_in="mail-code", **bank.settings()) as (life, reader):
            digest = life.ports.links.identifier_digest(NUMBER)
            life.ports.people.put(
                [
                    RegisteredPerson("Siv Ek", "", "siv@example.org", ("sekreterare", "arkivarie")),
                    RegisteredPerson("Anna Söderström", "", ANNA, (), digest),
                ]
            )
            document = life.drop(SAMPLE.read_bytes())
            _provider_pages(reader, life, bank)
            for closed in ("/", "/staff/sign-in/provider"):
                reader.get("", closed, 303)
            reader.get("staff-sign-in", "/staff/sign-in")
            reader.get("staff-sign-in-wanted", "/staff/sign-in?next=/archive")
            asked = reader.post("", "/staff/sign-in", data={"address": "siv@example.org"})
            code_page = asked.headers["location"]
            life.work()
            reader.get("staff-code", code_page)
            reader.post("staff-code-wrong", code_page, 422, data={"code": "12345678"})
            reader.post("", code_page, data={"code": _staff_code(life)})
            reader.get("staff-who", "/staff")
            reader.get("staff-desk", "/")
            reader.get("staff-document", f"/documents/{document.id}")
            reader.get("staff-missing", "/documents/nobody", 404)
            _form_of_a_session_that_ended(reader, life, f"/documents/{document.id}/text")
            reader.post("", "/staff/sign-out")
            reader.get("staff-signed-out", "/staff/signed-out")
            reader.post("staff-form-signed-out", f"/documents/{document.id}/review", 403)
            reader.get("", "/staff/sign-in/callback", 400)


def _staff_code(life: Life) -> str:
    found = re.search(r"^\s*(\d{4} \d{4})\s*$", text_of(life.mails("siv@example.org")[-1]), re.MULTILINE)
    assert found
    return found[1]


def _form_of_a_session_that_ended(reader: Reader, life: Life, place: str) -> None:
    """A text that is sent the morning after, and what is there when its writer has signed in again."""
    session = link_digest(reader.client.cookies["session"])
    life.ports.sessions.see(session, life.ports.clock() - dt.timedelta(days=1))
    reader.post("staff-form-kept", place, 403, data={"text": "# Minnesanteckningar", "opened": "1", "act": "save"})
    asked = reader.post("", "/staff/sign-in", data={"address": "siv@example.org"})
    life.work()
    reader.post("", asked.headers["location"], data={"code": _staff_code(life)})
    reader.get("edit-came-back", place)


def _provider_pages(reader: Reader, life: Life, bank: BankIdServer) -> None:
    link = f"/sign/{life.token(ANNA)}"
    reader.get("sign-sign-in", link)
    for way in ("userCancel", ""):
        reader.post("", f"{link}/sign-in", data={"read": "1"})
        waiting = reader.get("sign-in-waiting", f"{link}/sign-in?still=1")
        opened = re.search(r'class="button" href="([^"]+)"', waiting.text)
        assert opened
        order = bank.open_link(opened[1].replace("&amp;", "&"))
        if way:
            order.fail(way)
        else:
            order.approve(NUMBER, "Anna Söderström")
        reader.get("", f"{link}/sign-in", 303)
        reader.get("sign-sign-in-cancelled" if way else "sign-signed-in", link)
    bank.stop()
    reader.post("", f"{link}/sign-in", data={"read": "1"})
    reader.get("sign-in-away", f"{link}/sign-in", 503)
    reader.get("", "/sign-in/callback?state=x&code=y", 303)
    reader.get("sign-in-over", "/sign-in/over", 400)


def _preview(walk: Walk, folder: Path) -> None:
    """A draft in the browser while it is written."""
    with Life(folder / "data") as life:
        ports, now = life.ports, life.ports.clock()
        pages = Pages(ports.templates, ports.texts, ports.language, ports.organisation, secure=False)
        document = life.drop(SAMPLE.read_bytes())
        pdf = ports.blobs.get(life.load(document).round.copy)  # type: ignore[union-attr] -- it opens by itself
        faulty = life.drop(SAMPLE.read_text("utf-8").replace("Torsdagen", "Onsdagen"), "annat.md")
        found = life.ports.store.versions(faulty.id)[-1].findings
        looks = {
            "preview-nothing": Drawn(now, problem="Filen kan inte läsas."),
            "preview": Drawn(now, pdf),
            "preview-findings": Drawn(now, None, records=found, lines=("# Minnesanteckningar", "Åsa Öst")),
        }
        preview = Preview("utkast.md", looks["preview-nothing"])
        app = build_preview(preview, pages, ports.templates, ORIGIN)
        with TestClient(app, base_url=ORIGIN, client=("127.0.0.1", 5), headers={"Accept-Language": "sv"}) as client:
            reader = Reader(walk, client)
            for name, drawn in looks.items():
                preview.show(drawn)
                reader.get(name, "/")
            preview.close()
            reader.get("", "/events")
            image = next(file for file in walk.files if file.startswith("/pages/"))
            reader.get("", image)


@contextmanager
def _reader(walk: Walk, folder: Path, **settings: Any) -> Generator[tuple[Life, Reader]]:
    with Life(folder / "data", **settings) as life, browser(life, **{"Accept-Language": "sv"}) as client:
        yield life, Reader(walk, client)


def _to_check(signed: bytes) -> dict[str, bytes]:
    """A signed document, the same changed, and a copy without its signatures."""
    changed = bytearray(signed)
    changed[2000] ^= 1
    writer, copy = PdfWriter(clone_from=io.BytesIO(signed)), io.BytesIO()
    del writer.root_object["/AcroForm"]
    writer.write(copy)
    return {"signed": signed, "changed": bytes(changed), "unsigned": copy.getvalue()}


def _fields(values: dict[str, str]) -> dict[str, tuple[None, str]]:
    """Fields of a form that is sent in parts."""
    return {name: (None, value) for name, value in values.items()}


class _Broken:
    """A store that answers everything with an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> Callable[..., object]:
        def fail(*_arguments: object, **_named: object) -> object:
            raise self._error

        return fail


def _flat(routes: Iterable[BaseRoute]) -> list[Route]:
    found = [route for route in routes if isinstance(route, Route) and not isinstance(route, Mount)]
    return [route for route in found if not route.path.startswith("/api/")]  # programs see no pages


def _takes(route: Route, method: str, path: str) -> bool:
    match, _ = route.matches({"type": "http", "method": method, "path": path, "root_path": ""})
    return match is Match.FULL


class _Files(HTMLParser):
    """What a page has the browser fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        address = named.get("href") if tag == "link" else named.get("src")
        if address and not address.startswith("data:"):
            self.found.append(address)


def _shown_files(page: str) -> list[str]:
    return _Files(page).found
