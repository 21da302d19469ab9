"""Every office at every address, with documents of its own body and of another: what the table of `rounds/access.py` says, and
nothing else. The addresses are those that the house has, so that a new one is asked about too.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from visitor import ORIGIN, TestClient

from life import Life
from signflow.blobs import digest_of
from signflow.rounds.access import Act, Person, may, read_grants
from signflow.rounds.admission import StaffSession, StaffSignIn
from signflow.rounds.links import link_digest
from signflow.rounds.model import Document, State
from signflow.rounds.outcome import Decision
from signflow.rounds.tokens import Scope, person_of_token
from signflow.steps import acts
from signflow.steps.tokens import bearer, make_token
from signflow.store.people import RegisteredPerson
from signflow.web.api.door import TokenRoute
from signflow.web.api.operation import Operation
from signflow.web.app import build_app
from signflow.web.doors import OpenRoute, StaffRoute, guarded

ANNA, HELENE, KARIN = "anna@example.org", "helene@example.org", "karin@example.org"
BODIES = ("Miljönämnden", "Ångermanlands nämnd")
PROTOCOL = """# Protokoll från {body}

Tid: Onsdagen den {day} maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

## Beslutande

Anna Söderström, ordförande
Helene Olofsson, sekreterare
Karin Åkesson

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
# who there is: name, address, roles
WHO: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "secretary": ("Siv Ek", "siv@example.org", ("sekreterare",)),
    "our secretary": ("Olle Ek", "olle@example.org", (f"secretary: {BODIES[0]}",)),
    "their secretary": ("Tove Ek", "tove@example.org", (f"sekreterare:{BODIES[1].upper()}",)),
    "an adjuster with a seat": ("Anna Söderström", ANNA, ("justerare",)),
    "an adjuster with a seat in one body": ("Helene Olofsson", HELENE, (f"justerare: {BODIES[1]}",)),
    "an adjuster without": ("Åke Öst", "ake@example.org", ("justerare",)),
    "archivist": ("Arvid Ek", "arvid@example.org", ("arkivarie",)),
    "our archivist": ("Berit Ek", "berit@example.org", (f"archivist: {BODIES[0]}",)),
    "administrator": ("Adam Ek", "adam@example.org", ("administratör",)),
    "nobody's": ("Vera Vik", "vera@example.org", ("ledamot",)),
    "nobody": ("", "", ()),
}
# harmless with every form: what cannot be done as it stands says so, and that is an answer too
FORMS: Mapping[str, dict[str, str]] = {"/documents/{document}/text": {"act": "check", "text": "# -", "opened": "1"}}


@dataclass(frozen=True)
class House:
    life: Life
    app: Starlette
    documents: Mapping[str, Document]
    tokens: Mapping[str, str]

    def browser(self, who: str) -> TestClient:
        one = TestClient(
            self.app, base_url=ORIGIN, client=("127.0.0.1", 5), headers={"Origin": ORIGIN}, follow_redirects=False
        )
        if self.tokens.get(who):
            one.cookies.set("session", self.tokens[who], domain="127.0.0.1")
        return one

    def person(self, who: str) -> Person | None:
        name, address, roles = WHO[who]
        grants = read_grants(tuple(role.casefold() for role in roles))
        return Person(name, address, grants) if grants else None


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = tmp_path_factory.mktemp("house") / "data"
    people = {"Anna Söderström": ANNA, "Helene Olofsson": HELENE, "Karin Åkesson": KARIN}
    with Life(data, people, staff_sign_in="mail-code") as life:
        documents: dict[str, Document] = {}
        for day, place, body in zip((6, 13), ("our", "their"), BODIES, strict=True):
            archived = life.drop(PROTOCOL.format(body=body, day=day), f"{place}-1.md")
            for person in (HELENE, ANNA, KARIN):
                assert isinstance(life.sign(person), Decision), person
            documents[f"{place} archived"] = life.load(archived)
            documents[f"{place} open"] = life.drop(PROTOCOL.format(body=body, day=day + 14), f"{place}-2.md")
        assert [one.state for one in documents.values()] == [State.ARCHIVED, State.REVIEW] * 2
        assert [one.body for one in documents.values()] == [BODIES[0]] * 2 + [BODIES[1]] * 2
        rows = [RegisteredPerson(name, "", address, fold(roles)) for name, address, roles in WHO.values() if name]
        life.ports.people.put(rows)
        tokens = {who: session(life, name, address) for who, (name, address, _) in WHO.items() if name}
        yield House(life, build_app(life.ports), documents, tokens)


def fold(roles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(role.casefold() for role in roles)


def session(life: Life, name: str, address: str) -> str:
    now, token = life.ports.clock(), secrets.token_urlsafe(32)
    begun = StaffSession(name, address, StaffSignIn.MAIL_CODE, now, now)
    life.ports.sessions.begin(link_digest(token), begun, life.ports.staff)
    return token


def staff_routes(app: Starlette) -> list[StaffRoute]:
    return [route for route in app.routes if isinstance(route, StaffRoute)]


def plain(path: str) -> str:
    """The path without the types of its parameters."""
    return re.sub(r":\w+}", "}", path)


def ask(client: TestClient, route: Route, method: str, values: Mapping[str, str]) -> httpx.Response:
    """The address with these values; a parameter that the test does not know is a KeyError: say here what it is."""
    path = plain(route.path)
    return client.request(method, path.format_map(values), data=FORMS.get(path) if method == "POST" else None)


def methods(route: Route) -> list[str]:
    return sorted((route.methods or set()) - {"HEAD"})


def values_of(document: Document | None) -> dict[str, str]:
    named = {"field": "nobody", "item": "1", "number": "1", "digest": "0" * 64, "document": "nosuchdocument"}
    return {**named, "document": document.id, "digest": document.draft.source.digest} if document else named


def words(answer: httpx.Response, document: str) -> str:
    """The page without what it says of the request itself."""
    return answer.text.replace(document, "…")


def test_every_address_says_who_may_come(house: House) -> None:
    for route in house.app.routes:
        static = isinstance(route, Mount) and route.path == "/static"
        assert static or isinstance(route, OpenRoute | StaffRoute | TokenRoute), route
    open_paths = {route.path.split("/")[1] for route in house.app.routes if isinstance(route, OpenRoute)}
    assert open_paths == {"sign", "read", "sign-in", "staff", "crl", "ca", "verify", "health", "notices", "api"}


def secret(_request: Request) -> Response:
    return PlainTextResponse("x")


def test_an_address_that_does_not_say_is_no_house() -> None:
    with pytest.raises(TypeError):
        guarded([Route("/secret", secret)])
    with pytest.raises(TypeError):
        guarded([Mount("/other", routes=[])])


def expected(house: House, who: str, route: StaffRoute, document: Document | None) -> str:
    """What the door answers: in, missing, or to sign in first."""
    person = house.person(who)
    if person is None:
        return "sign-in"
    path = plain(route.path)
    if "{document}" in path:
        known = document is not None and may(person, route.act, document)
        return "in" if may(person, route.act) and known else "missing"
    if "{digest}" in path:
        known = document is not None and may(person, Act.SEE, document)
        return "in" if may(person, route.act) and known else "missing"
    if path == "/" and not may(person, route.act):
        return "who"
    return "in" if may(person, route.act) else "missing"


@pytest.mark.parametrize("who", WHO)
def test_every_office_at_every_address(house: House, who: str) -> None:
    wrong: list[str] = []
    cells = 0
    with house.browser(who) as client:
        for route in staff_routes(house.app):
            named = "{document}" in plain(route.path) or "{digest}" in plain(route.path)
            for name, document in {**house.documents, "none": None}.items() if named else [("", None)]:
                for method in methods(route):
                    answer = ask(client, route, method, values_of(document))
                    found = outcome(answer, method)
                    cells += 1
                    if found != expected(house, who, route, document):
                        wrong.append(f"{method} {plain(route.path)} {name}: {found} ({answer.status_code})")
    assert wrong == []
    assert cells > 90


def outcome(answer: httpx.Response, method: str) -> str:
    location = answer.headers.get("location", "")
    if location.startswith("/staff/sign-in") or (method != "GET" and answer.status_code == 403):
        return "sign-in"
    if location == "/staff":
        return "who"
    if answer.status_code == 404:
        return "missing"
    assert answer.status_code in {200, 303, 400, 422}, answer.text
    return "in"


@pytest.mark.parametrize("who", [who for who in WHO if who not in {"nobody", "nobody's"}])
def test_what_may_not_be_seen_is_answered_as_what_is_not_there(house: House, who: str) -> None:
    with house.browser(who) as client:
        for route in staff_routes(house.app):
            if "{document}" not in plain(route.path):
                continue
            for method in methods(route):
                nothing = ask(client, route, method, values_of(None))
                for document in house.documents.values():
                    if expected(house, who, route, document) == "missing":
                        there = ask(client, route, method, values_of(document))
                        assert words(there, document.id) == words(nothing, "nosuchdocument")
                        assert there.headers.keys() == nothing.headers.keys()


def test_no_form_names_a_document_that_its_sender_may_not_change(house: House) -> None:
    before = dict(house.documents)
    with house.browser("our secretary") as ours:
        draft = {"file": ("utkast.md", b"# Utkast")}
        told = set[str]()
        for name in (before["their open"].id, before["their archived"].id, "nosuchdocument"):
            answer = ours.post("/drafts", data={"document": name}, files=draft)
            told.add(f"{answer.status_code} {words(answer, name)}")
        assert len(told) == 1
        assert told.pop().startswith("404")
        final = ours.post("/drafts", data={"document": before["our archived"].id}, files=draft)
        assert final.status_code == 422
    with house.browser("an adjuster with a seat") as anna:
        assert anna.post("/drafts", data={"document": before["our open"].id}, files=draft).status_code == 404
        assert anna.post("/drafts", files=draft).status_code == 404
    for document in before.values():
        assert house.life.load(document) == document
    assert house.life.ports.store.open_work() == ()


@pytest.mark.parametrize("who", WHO)
def test_lists_hold_what_may_be_seen_and_nothing_else(house: House, who: str) -> None:
    person = house.person(who)
    with house.browser(who) as client:
        desk = client.get("/?state=all")
        archive = client.get("/archive")
        asked = [client.get("/", params={"state": "all", "body": body}).text for body in BODIES]
        asked += [client.get("/", params={"state": "all", "q": one.id}).text for one in house.documents.values()]
    on_desk = set(re.findall(r'href="/documents/(\w+)', desk.text))
    assert {name for page in asked for name in re.findall(r'href="/documents/(\w+)', page)} == on_desk
    in_archive = set(re.findall(r'href="/d/(\w+)', archive.text))
    every = house.documents.values()
    assert on_desk == {one.id for one in every if person and may(person, Act.SEE_DESK) and may(person, Act.SEE, one)}
    assert in_archive == {one.id for one in every if person and may(person, Act.SEE_ARCHIVED, one)}
    if desk.status_code == 200:
        seen = {one.body for one in every if one.id in on_desk}
        assert set(re.findall(r'<option value="([^"]*nämnd[^"]*)"', desk.text)) == seen


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_no_form_from_elsewhere_does_anything(house: House, headers: dict[str, str]) -> None:
    for route in staff_routes(house.app):
        if "POST" not in methods(route):
            continue
        with house.browser("secretary") as client:
            del client.headers["Origin"]
            if headers.get("Sec-Fetch-Site"):
                client.headers["Origin"] = ORIGIN
            client.headers.update(headers)
            answer = ask(client, route, "POST", values_of(house.documents["our open"]))
            assert answer.status_code == 403
            assert "Formuläret kom inte härifrån" in answer.text


def test_what_somebody_signed_in_does_stands_in_the_history_under_their_name(house: House) -> None:
    document = house.documents["our open"]
    with house.browser("our secretary") as olle:
        field = next(seat.field for seat in document.round.seats) if document.round else ""
        assert olle.post(f"/documents/{document.id}/invitations/{field}").status_code == 303
        assert "Olle Ek" in olle.get(f"/documents/{document.id}").text
    assert house.life.ports.store.history(document.id)[-1].actor == "Olle Ek"


def test_a_link_is_for_whoever_holds_it_signed_in_or_not(house: House) -> None:
    token = house.life.token(HELENE)
    assert acts.view_link(house.life.ports, token)
    for who in ("nobody", "their secretary", "administrator"):
        with house.browser(who) as client:
            assert client.get(f"/sign/{token}").status_code == 200


TOKENS: Mapping[str, tuple[tuple[Scope, ...], tuple[str, ...]]] = {
    **{f"{scope}": ((scope,), ()) for scope in Scope},
    **{f"{scope} ours": ((scope,), (BODIES[0],)) for scope in Scope},
    "everything of two bodies": (tuple(Scope), BODIES),
    "everything theirs": (tuple(Scope), (BODIES[1].upper(),)),
}


def token_routes(app: Starlette) -> list[tuple[TokenRoute, Operation]]:
    return [(route, one) for route in app.routes if isinstance(route, TokenRoute) for one in route.operations.values()]


def call(client: TestClient, route: TokenRoute, operation: Operation, document: Document | None) -> httpx.Response:
    """The operation with that document, and with a body that is never taken: what answers has been let in."""
    sent = {} if operation.body is None else {"content": b"", "headers": {"Content-Type": "text/unknown"}}
    path = plain(route.path).format_map(values_of(document))
    return client.request(operation.method, path, **sent)  # pyright: ignore[reportArgumentType] -- either both or none


def let_in(person: Person, operation: Operation, document: Document | None) -> str:
    if operation.act is None:
        return "in"
    if not may(person, operation.act):
        return "scope"
    if "{document}" in operation.path or "{digest}" in operation.path:
        return "in" if document is not None and may(person, operation.act, document) else "missing"
    return "in"


def told(answer: httpx.Response) -> str:
    if answer.status_code in {401, 403}:
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="signflow"')
        return {401: "token", 403: "scope"}[answer.status_code]
    if answer.status_code == 404:
        assert answer.json()["code"] in {"no-such-document", "archive-document-unknown", "no-such-draft"}, answer.text
        return "missing"
    assert answer.status_code in {200, 409, 415, 422}, answer.text
    return "in"


@pytest.mark.parametrize("name", TOKENS)
def test_every_scope_at_every_operation_with_every_document(house: House, name: str) -> None:
    scopes, bodies = TOKENS[name]
    ports = house.life.ports
    token = make_token(ports.tokens, name=name, scopes=scopes, bodies=bodies, days=1, now=ports.clock())
    person = bearer(ports, token)
    assert person is not None
    assert person == person_of_token(next(one for one in ports.tokens.all() if one.name == name))
    wrong: list[str] = []
    cells = 0
    with house.browser("nobody") as client:
        client.headers["Authorization"] = f"Bearer {token}"
        for route, operation in token_routes(house.app):
            named = "{document}" in operation.path or "{digest}" in operation.path
            nothing = call(client, route, operation, None) if named else None
            for key, document in {**house.documents, "none": None}.items() if named else [("", None)]:
                answer = call(client, route, operation, document)
                cells += 1
                if told(answer) != let_in(person, operation, document):
                    wrong.append(f"{operation.name} {key}: {told(answer)} ({answer.status_code})")
                if nothing is not None and document and told(answer) == "missing":
                    assert words(answer, document.id) == words(nothing, "nosuchdocument")
                    assert answer.headers.keys() == nothing.headers.keys()
    assert wrong == []
    assert cells > 10


def test_no_operation_answers_without_a_token_and_no_cookie_is_one(house: House) -> None:
    ports = house.life.ports
    spent = make_token(ports.tokens, name="spent", scopes=tuple(Scope), bodies=(), days=1, now=ports.clock())
    assert ports.tokens.revoke("spent")
    old = ports.clock() - dt.timedelta(days=2)
    expired = make_token(ports.tokens, name="expired", scopes=tuple(Scope), bodies=(), days=1, now=old)
    for sent in (
        {},
        *({"Authorization": f"{kind}"} for kind in (f"Bearer {spent}", f"Bearer {expired}", "Bearer", "Basic x")),
    ):
        with house.browser("secretary") as client:  # whose cookie opens every page
            client.headers.update(sent)
            for route, operation in token_routes(house.app):
                for document in (house.documents["our archived"], None):
                    assert call(client, route, operation, document).status_code == 401, operation.name


def test_a_token_opens_no_page(house: House) -> None:
    ports = house.life.ports
    token = make_token(ports.tokens, name="pages", scopes=tuple(Scope), bodies=(), days=1, now=ports.clock())
    with house.browser("nobody") as client:
        client.headers["Authorization"] = f"Bearer {token}"
        client.cookies.set("session", token, domain="127.0.0.1")
        for route in staff_routes(house.app):
            for method in methods(route):
                assert outcome(ask(client, route, method, values_of(house.documents["our open"])), method) == "sign-in"


def test_a_draft_that_names_no_document_is_no_new_text_of_one_that_its_sender_may_not_change(house: House) -> None:
    before = house.documents["their open"]
    text = PROTOCOL.format(body=BODIES[0], day=27).replace("Nämnden antar taxan.", "Nämnden avslår taxan.")
    with house.browser("our secretary") as ours:
        answer = ours.post("/drafts", files={"file": (before.draft.filename, text.encode())})
        assert answer.status_code == 303
    house.life.work()
    assert house.life.load(before) == before
    digest = answer.headers["location"].removeprefix("/drafts/")
    other = house.life.ports.store.find_by_source(digest)
    assert other is not None
    assert other.id not in {one.id for one in house.documents.values()}


def test_another_bodys_draft_is_refused_with_whose_it_is_and_nothing_is_kept(house: House) -> None:
    text = PROTOCOL.format(body=BODIES[1], day=29).encode()
    ports = house.life.ports
    before = ports.store.open_work()
    with house.browser("our secretary") as ours:
        for sent in ({}, {"document": house.documents["our open"].id}):
            answer = ours.post("/drafts", data=sent, files={"file": ("ny.md", text)})
            assert answer.status_code == 422
            said = unescape(answer.text)
            assert f"utkast från {BODIES[1]}" in said
            assert f"lämnar in utkast från {BODIES[0]}" in said
            assert "Tove Ek, Siv Ek kan lämna in det" in said
        nobodys = ours.post("/drafts", files={"file": ("ny.md", b"\x00\x01")})
        assert nobodys.status_code == 422
        assert "vilket organ" in nobodys.text
    assert ports.store.open_work() == before
    assert ports.store.find_by_source(digest_of(text)) is None
    with house.browser("their secretary") as theirs:
        assert theirs.post("/drafts", files={"file": ("ny.md", text)}).status_code == 303
    house.life.work()
    assert ports.store.find_by_source(digest_of(text))
