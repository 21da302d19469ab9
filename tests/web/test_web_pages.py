"""Pages as a person meets them, in a house of real rooms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from visitor import TestClient, browser

from life import Life
from signflow.errors import UnavailableError
from signflow.rounds.model import Document, Standing, State
from signflow.rounds.work import daily_work
from signflow.steps.intake import LARGEST_DRAFT_BYTES
from signflow.texts import LANGUAGES

ANNA, HELENE = "anna@example.org", "helene@example.org"
READ = {"read": "yes"}
CLEAN = "Vid anteckningarna\n\nJusterat\n\nAnna Söderström\n\nHelene Olofsson"


@pytest.fixture
def client(life: Life) -> Iterator[TestClient]:
    with browser(life) as one:
        yield one


@pytest.fixture
def document(life: Life, sample: bytes) -> Document:
    return life.drop(sample)


def shown_digest(page: httpx.Response) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page.text)
    assert found
    return found[1]


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_plain(page: httpx.Response) -> None:
    """No script, nothing from elsewhere, a language, one h1, every field labelled."""
    elements = Elements(page.text).found
    assert ("html", {"lang": page.headers["content-language"]}) in elements
    assert sum(tag == "h1" for tag, _ in elements) == 1
    labels = {attributes.get("for") for tag, attributes in elements if tag == "label"}
    for tag, attributes in elements:
        assert tag not in {"script", "iframe", "object", "embed", "style", "base"}
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href", "action"):
            value = attributes.get(name)
            assert value is None or value.startswith(("/", "#")), value
            assert value is None or not value.startswith("//"), value
        if tag in {"input", "textarea"} and attributes.get("type") != "hidden":
            assert attributes.get("id") in labels
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_draft_is_uploaded_signed_by_both_and_found_in_the_archive(
    life: Life, client: TestClient, sample: bytes
) -> None:
    taken = client.post("/drafts", files={"file": ("Ledningsgruppen.md", sample)})
    assert taken.status_code == 303
    waiting = client.get(taken.headers["location"])
    assert waiting.status_code == 200
    assert waiting.headers["refresh"] == "1"
    assert "Ledningsgruppen.md" in waiting.text
    assert "Ledningsgruppen.md" in client.get("/").text
    life.work()
    arrived = client.get(taken.headers["location"])
    assert arrived.status_code == 303
    page = client.get(arrived.headers["location"])
    assert "Anna Söderström" in page.text
    assert "Väntar på Anna Söderström" in client.get("/").text

    for address in (ANNA, HELENE):
        link = f"/sign/{life.token(address)}"
        assert client.get(link).status_code == 200
        assert client.post(f"{link}/code", data=READ).headers["location"] == link
        life.work()
        form = client.get(link)
        done = client.post(link, data={"code": life.code(address), "shown": shown_digest(form)})
        assert (done.status_code, done.headers["location"]) == (303, link)
        signing = client.get(link)
        assert signing.headers["refresh"] == "2"
        assert "Ditt godkännande är mottaget" in signing.text
        life.work()
        receipt = client.get(link)
        assert "Kvitto" in receipt.text
        assert "refresh" not in receipt.headers

    document_id = arrived.headers["location"].rpartition("/")[2]
    assert life.ports.store.load(document_id).state is State.ARCHIVED
    found = client.get("/archive", params={"q": "Södertörnsanalysen"})
    assert f"/d/{document_id}" in found.text
    archived = client.get(f"/d/{document_id}")
    assert "Kontrollerad nu" in archived.text
    assert "Helene Olofsson" in archived.text
    pdf = client.get(f"/d/{document_id}/minutes.pdf")
    assert pdf.content == life.ports.archive.retrieve(document_id)
    assert "attachment" in pdf.headers["content-disposition"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(life: Life, client: TestClient, document: Document, method: str) -> None:
    link = f"/sign/{life.token(ANNA)}"
    before, history = life.load(document), life.ports.store.history(document.id)
    for path in (link, f"{link}/pages/1.png", f"{link}/minutes.pdf", f"{link}/code", f"{link}/objection"):
        assert client.request(method, path).status_code in {200, 303}
    assert life.load(document) == before
    assert life.ports.store.history(document.id) == history
    assert len(life.mails()) == 1


def test_the_pages_and_the_file_are_those_that_are_signed(life: Life, client: TestClient, document: Document) -> None:
    link = f"/sign/{life.token(ANNA)}"
    assert document.round is not None
    page = client.get(link)
    assert "Södertörnsanalysen" in page.text
    assert client.get(f"{link}/pages/1.png").content.startswith(b"\x89PNG")
    assert client.get(f"{link}/pages/99.png").status_code == 404
    assert client.get(f"{link}/minutes.pdf").content == life.ports.blobs.get(document.round.copy)


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 200, "..%2f..", "%00"])
def test_strangers_learn_nothing(client: TestClient, document: Document, token: str) -> None:
    for path in (f"/sign/{token}", f"/sign/{token}/minutes.pdf", f"/sign/{token}/pages/1.png"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert document.title not in answer.text
    assert client.post(f"/sign/{token}", data={"code": "1", "shown": "2"}).status_code == 404
    assert client.post(f"/sign/{token}/code", data=READ).status_code == 404


def test_a_code_has_five_tries_and_then_is_dead(life: Life, client: TestClient, document: Document) -> None:
    link = f"/sign/{life.token(ANNA)}"
    code = life.ask_code(ANNA)
    shown = shown_digest(client.get(link))
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    answers = [client.post(link, data={"code": wrong, "shown": shown}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert "4 försök kvar" in answers[0].text
    assert "1 försök kvar" in answers[3].text
    assert "Be om en ny kod" in answers[4].text
    dead = client.post(link, data={"code": code, "shown": shown})
    assert dead.status_code == 422
    current = life.load(document).round
    assert current is not None
    assert [seat.standing for seat in current.seats] == [Standing.INVITED, Standing.WAITING]
    life.ask_code(ANNA)
    assert client.post(link, data={"code": life.code(ANNA), "shown": shown}).status_code == 303


def test_a_wrong_digest_signs_nothing(life: Life, client: TestClient, document: Document) -> None:
    link, code = f"/sign/{life.token(ANNA)}", life.ask_code(ANNA)
    answer = client.post(link, data={"code": code, "shown": "0" * 64})
    assert answer.status_code == 422
    assert "ändrats sedan du öppnade sidan" in answer.text
    assert life.load(document).state is State.REVIEW


def test_an_old_link_says_so_and_shows_nothing(life: Life, document: Document) -> None:
    link = f"/sign/{life.token(ANNA)}"
    later = life.ports.clock() + dt.timedelta(days=31)
    life.with_ports(clock=lambda: later)
    with browser(life) as after:
        page = after.get(link)
        assert page.status_code == 200
        assert "Länkens tid har gått ut" in page.text
        assert document.title not in page.text
        assert after.get(f"{link}/minutes.pdf").status_code == 404
        assert after.post(f"{link}/code", data=READ).status_code == 422


def test_a_link_of_a_round_that_ended_shows_nothing(
    life: Life, client: TestClient, document: Document, sample: bytes
) -> None:
    link = f"/sign/{life.token(ANNA)}"
    life.drop(sample.replace(b"den 24 januari", b"den 25 januari"), document=document.id)
    page = client.get(link)
    assert "Du har en nyare länk" in page.text
    assert document.title not in page.text
    assert client.get(f"{link}/minutes.pdf").status_code == 404
    assert client.post(link, data={"code": "123456", "shown": "0" * 64}).status_code == 422


def test_an_objection_needs_a_reason_and_the_code(life: Life, client: TestClient, document: Document) -> None:
    link, code = f"/sign/{life.token(ANNA)}", life.ask_code(ANNA)
    shown = shown_digest(client.get(link))
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    tried = client.post(f"{link}/objection", data={"code": wrong, "shown": shown, "reason": "Punkt 3 är fel"})
    assert tried.status_code == 422
    assert "Punkt 3 är fel</textarea>" in tried.text
    assert client.post(f"{link}/objection", data={"code": code, "shown": shown, "reason": "  "}).status_code == 422
    long = client.post(f"{link}/objection", data={"code": code, "shown": shown, "reason": "x" * 4001})
    assert long.status_code == 422
    done = client.post(f"{link}/objection", data={"code": code, "shown": shown, "reason": "Punkt <3> är fel"})
    assert done.status_code == 303
    assert "Din invändning är mottagen" in client.get(link).text
    assert "Punkt &lt;3&gt; är fel" in client.get(f"/documents/{document.id}").text
    assert life.load(document).state is State.DRAFT


def test_two_browsers_that_press_at_once_make_one_signature(life: Life, client: TestClient, document: Document) -> None:
    link, code = f"/sign/{life.token(ANNA)}", life.ask_code(ANNA)
    shown = shown_digest(client.get(link))

    def press(_: int) -> int:
        return client.post(link, data={"code": code, "shown": shown}).status_code

    with ThreadPoolExecutor(4) as presses:
        answers = sorted(presses.map(press, range(4)))
    assert answers == [303, 422, 422, 422]
    approvals = [entry for entry in life.ports.store.history(document.id) if entry.kind == "signing-approved"]
    assert len(approvals) == 1
    again = client.post(link, data={"code": code, "shown": shown})
    assert "redan godkänt" in again.text
    assert "Ditt godkännande är mottaget" in again.text


def test_a_signature_that_has_to_wait_says_so(life: Life, client: TestClient, document: Document) -> None:
    link, code = f"/sign/{life.token(ANNA)}", life.ask_code(ANNA)
    client.post(link, data={"code": code, "shown": shown_digest(client.get(link))})
    (work,) = life.ports.store.open_work(document.id)
    params = {"url": "http://tsa.example", "reason": "timeout"}
    life.ports.store.postpone_work(work.work.key, dt.timedelta(minutes=5), "tsa-unavailable", params)
    assert "Underskriften görs så snart tidsstämplingstjänsten svarar." in client.get(link).text
    board = client.get("/").text
    assert "Tidsstämplingstjänsten http://tsa.example svarar inte" in board
    assert "Nytt försök" in board
    assert "refresh" not in client.get(f"{link}?still=1").headers


def test_work_of_the_day_that_has_to_wait_is_on_the_board(life: Life, client: TestClient) -> None:
    assert "Granskningsloggens tidsstämpel" not in client.get("/").text
    anchoring = daily_work(dt.date(2026, 3, 2))[0]
    life.ports.store.ask_once(anchoring)
    assert "Granskningsloggens tidsstämpel" not in client.get("/").text
    params = {"url": "http://tsa.example", "reason": "timeout"}
    life.ports.store.postpone_work(anchoring.key, dt.timedelta(minutes=5), "tsa-unavailable", params)
    assert "Granskningsloggens tidsstämpel" in client.get("/").text


def test_what_the_secretary_does_about_a_document(life: Life, client: TestClient, sample: bytes) -> None:
    document = life.drop(sample)
    page = f"/documents/{document.id}"
    again = client.post(f"{page}/invitations/secretary")
    assert (again.status_code, again.headers["location"]) == (303, f"{page}#round-heading")
    life.work()
    assert len(life.mails(ANNA)) == 2
    assert "en gång till" in client.get(page).text
    assert client.post(f"{page}/invitations/adjuster-1").status_code == 422
    refused = client.post(f"{page}/review")
    assert refused.status_code == 422
    assert "underskrift pågår" in refused.text
    assert client.post(f"{page}/withdrawal", data={"reason": " "}).status_code == 422
    assert client.post(f"{page}/withdrawal", data={"reason": "Fel möte"}).status_code == 303
    assert life.load(document).state is State.WITHDRAWN
    assert "Fel möte" in client.get(page).text
    final = client.post("/drafts", data={"document": document.id}, files={"file": ("x.md", sample)})
    assert final.status_code == 422
    assert "kan inte ändras längre" in final.text


def test_findings_stand_beside_the_text(life: Life, client: TestClient, sample: bytes) -> None:
    document = life.drop(sample.decode().replace(CLEAN, "Vid anteckningarna\n\nAnna Söderström\n"))
    page = client.get(f"/documents/{document.id}")
    assert "Anmärkningar" in page.text
    assert 'class="error"' in page.text
    assert "fel att rätta" in client.get("/").text
    assert client.post(f"/documents/{document.id}/review").status_code == 422
    source = client.get(f"/documents/{document.id}/source")
    assert "Vid anteckningarna" in source.text


def test_a_draft_that_waits_for_the_secretary_is_sent_by_her(life: Life, client: TestClient, sample: bytes) -> None:
    document = life.drop(sample)
    link, code = f"/sign/{life.token(ANNA)}", life.ask_code(ANNA)
    shown = shown_digest(client.get(link))
    client.post(f"{link}/objection", data={"code": code, "shown": shown, "reason": "Nej"})
    life.work()
    assert "Skicka för underskrift" in client.get(f"/documents/{document.id}").text
    assert client.post(f"/documents/{document.id}/review").status_code == 303
    life.work()
    assert life.load(document).state is State.REVIEW


NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{7*7}}"


def test_what_people_wrote_is_never_markup(tmp_path: Path, sample: bytes) -> None:
    name = "Anna <b>X</b>"
    text = sample.decode().replace("Anna Söderström", name).replace("Södertörnsanalysen", f"Analysen {NASTY}")
    text = text.replace("ledningsgrupp, 1", f"ledningsgrupp {NASTY}, 1")
    with Life(tmp_path / "data", {name: ANNA, "Helene Olofsson": HELENE}) as life, browser(life) as client:
        document = life.drop(text, f"{NASTY}.md")
        pages = [client.get("/"), client.get(f"/documents/{document.id}"), client.get("/archive", params={"q": NASTY})]
        if life.mails(ANNA):
            pages.append(client.get(f"/sign/{life.token(ANNA)}"))
        client.post(f"/documents/{document.id}/withdrawal", data={"reason": NASTY})
        pages.append(client.get(f"/documents/{document.id}"))
        for page in pages:
            assert page.status_code == 200
            assert_plain(page)
            assert all("onerror" not in attributes for _, attributes in Elements(page.text).found)
            assert "{{7*7}}" in page.text or page.text.count("49") < 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_in_both_languages_is_plain_html(life: Life, sample: bytes, language: str) -> None:
    with browser(life, **{"Accept-Language": f"{language}-XX,de;q=0.5"}) as client:
        document = life.drop(sample)
        broken = life.drop(sample.decode().replace(CLEAN, "Justerat\n\nHelene Olofson"), "trasig.md")
        link = f"/sign/{life.token(ANNA)}"
        paths = ["/", f"/documents/{document.id}", f"/documents/{broken.id}", link, "/archive", "/sign/x", "/nowhere"]
        for path in paths:
            page = client.get(path)
            assert page.headers["content-language"] == language
            assert_plain(page)
        life.ask_code(ANNA)
        assert_plain(client.get(link))
        life.sign(ANNA)
        assert_plain(client.get(link))
        life.sign(HELENE)
        for path in (link, f"/d/{document.id}", f"/documents/{document.id}", "/archive?q=analysen", "/"):
            page = client.get(path)
            assert page.status_code == 200
            assert_plain(page)


def test_the_language_that_is_chosen_is_remembered(client: TestClient) -> None:
    assert client.get("/", headers={"Accept-Language": "fr"}).headers["content-language"] == "sv"
    assert client.get("/", headers={"Accept-Language": "fr, en;q=0.8, sv;q=0.2"}).headers["content-language"] == "en"
    chosen = client.get("/?lang=en", headers={"Accept-Language": "sv"})
    assert chosen.headers["content-language"] == "en"
    assert "HttpOnly" in chosen.headers["set-cookie"]
    assert client.get("/", headers={"Accept-Language": "sv"}).headers["content-language"] == "en"
    assert client.get("/?lang=xx").headers["content-language"] == "en"


def test_an_upload_that_is_too_large_is_refused_whole(life: Life, client: TestClient) -> None:
    answer = client.post("/drafts", files={"file": ("x.md", b"x" * (LARGEST_DRAFT_BYTES + 200_000))})
    assert answer.status_code == 413
    assert f"{LARGEST_DRAFT_BYTES // 1_000_000} MB" in answer.text
    assert life.ports.store.open_work() == ()


def test_an_upload_without_a_file_says_what_to_do(client: TestClient) -> None:
    assert client.post("/drafts", files={"file": ("", b"")}).status_code == 400
    assert client.post("/drafts", data={"document": ""}).status_code == 400
    assert "Välj en fil" in client.post("/drafts", data={"document": ""}).text
    assert client.post("/drafts", data={"document": "nothere"}, files={"file": ("x.md", b"x")}).status_code == 404
    assert client.get(f"/drafts/{'0' * 64}").status_code == 404


def test_a_database_that_is_away_is_a_polite_page(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise UnavailableError("database-unavailable", reason="disk I/O error")

    monkeypatch.setattr(life.ports.store, "listing", away)
    monkeypatch.setattr(life.ports.store, "next_work_at", away)
    with browser(life) as client:
        assert client.get("/").status_code == 503
        health = client.get("/health")
        assert health.status_code == 503
        assert "disk I/O" not in health.text
        assert "disk I/O error" in client.get("/").text
        assert "Vänta en stund" in client.get("/").text


def test_a_defect_is_a_polite_page_without_details(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("hemlighet")

    monkeypatch.setattr(life.ports.store, "listing", broken)
    with browser(life) as client:
        answer = client.get("/")
        assert answer.status_code == 500
        assert "hemlighet" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_damage_in_the_archive_is_shown_and_nothing_is_handed_out(
    life: Life, client: TestClient, document: Document
) -> None:
    life.sign(ANNA)
    life.sign(HELENE)
    (pdf,) = (life.settings.data / "archive").rglob("minutes.pdf")
    pdf.chmod(0o600)
    data = bytearray(pdf.read_bytes())
    data[1000] ^= 1
    pdf.write_bytes(bytes(data))
    page = client.get(f"/d/{document.id}")
    assert page.status_code == 200
    assert "Arkivpaketet är inte som det lades in" in page.text
    assert client.get(f"/d/{document.id}/minutes.pdf").status_code == 500


def test_crls_health_and_style_are_public(life: Life, client: TestClient) -> None:
    for name, crl in life.ports.authority.crls(life.ports.clock()).items():
        answer = client.get(f"/crl/{name}.crl")
        assert answer.headers["content-type"] == "application/pkix-crl"
        assert answer.content == crl
    assert client.get("/crl/nobody.crl").status_code == 404
    assert client.get("/health").text == "ok\n"
    assert client.get("/static/signflow.css").status_code == 200
    assert client.get("/static/../base.html.j2").status_code == 404
