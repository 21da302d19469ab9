"""What the secretary changes while people sign, from the document's page, without a script."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from visitor import TestClient, browser

from life import Life
from signflow.rounds.model import Document, Seat, Standing, State
from signflow.rounds.outcome import Decision
from signflow.settings_tables import Body
from signflow.steps import acts
from signflow.texts import LANGUAGES, Texts
from signflow.web.words import seat_notes

ANNA, HELENE, BO, VERA = (f"{name}@example.org" for name in ("anna", "helene", "bo", "vera"))
PEOPLE = {"Anna Söderström": ANNA, "Helene Olofsson": HELENE, "Bo Ek": BO, "Vera Vik": VERA}
DRAFT = """# Minnesanteckningar från ledningsgruppen

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

Deltagare:
Anna Söderström
Helene Olofsson
Bo Ek
Åke Utan

Frånvarande:
Lis Öst

1. Taxa

Gruppen talade om taxan.

Vid anteckningarna

Anna Söderström

Justerat

Helene Olofsson
"""
SEATS = ("secretary", "adjuster-1")
KINDS = ("invitations", "reminders", "substitutes", "absences")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE) as life:
        yield life


@pytest.fixture
def document(house: Life) -> Document:
    document = house.drop(DRAFT)
    assert document.state is State.REVIEW
    assert isinstance(house.sign(ANNA), Decision)
    return house.load(document)


@pytest.fixture
def client(house: Life, document: Document) -> Iterator[TestClient]:
    del document
    with browser(house) as one:
        yield one


def seat_of(life: Life, document: Document) -> Seat:
    present = life.load(document).round
    assert present is not None
    seat = present.seat("adjuster-1")
    assert seat is not None
    return seat


def forms(page: httpx.Response) -> list[tuple[str, dict[str, str]]]:
    """The forms of a page with what they send if nothing is typed."""
    found: list[tuple[str, dict[str, str]]] = []
    for action, inner in re.findall(r'<form action="([^"]+)" method="post"[^>]*>(.*?)</form>', page.text, re.DOTALL):
        found.append((action, dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inner))))
    return found


def press(client: TestClient, document: Document, kind: str, **typed: str) -> httpx.Response:
    """Open the page and send its form of that kind with what is typed."""
    page = client.get(f"/documents/{document.id}")
    action, sent = next(form for form in forms(page) if f"/{kind}/" in form[0])
    return client.post(action, data={**sent, **typed})


def test_there_are_forms_for_who_has_not_signed_and_for_nobody_else(client: TestClient, document: Document) -> None:
    page = client.get(f"/documents/{document.id}")
    actions = [action for action, _ in forms(page)]
    assert {action.split("/")[3] for action in actions if action.endswith("/adjuster-1")} == set(KINDS)
    assert not [action for action in actions if action.endswith("/secretary")]
    options = re.findall(r'<option value="([^"]*)"( disabled)?>([^<]*)', page.text)
    assert options == [
        ("", "", "Välj person"),
        ("Bo Ek", "", "Bo Ek, närvarande enligt protokollet"),
        ("Åke Utan", " disabled", "Åke Utan, saknar adress i personregistret"),
    ]
    labels = set(re.findall(r'<label for="([^"]+)"', page.text))
    for name in re.findall(r'<(?:select|textarea|input)[^>]* id="([^"]+)"', page.text):
        assert name in labels, name
    assert len(re.findall(r' id="([^"]+)"', page.text)) == len(set(re.findall(r' id="([^"]+)"', page.text)))


def test_somebody_who_waits_can_be_stood_in_for_and_not_reminded(house: Life) -> None:
    document = house.drop(DRAFT)
    with browser(house) as client:
        page = client.get(f"/documents/{document.id}")
        kinds = {seat: {a.split("/")[3] for a, _ in forms(page) if a.endswith(seat)} for seat in SEATS}
        assert kinds == {"secretary": set(KINDS), "adjuster-1": {"substitutes", "absences"}}


def test_another_signs_instead_and_the_page_and_the_board_say_so(
    house: Life, client: TestClient, document: Document
) -> None:
    before = house.token(HELENE)
    done = press(client, document, "substitutes", person="Bo Ek", reason="Helene är sjuk.")
    assert (done.status_code, done.headers["location"]) == (303, f"/documents/{document.id}#round-heading")
    house.work()
    page, board = client.get(f"/documents/{document.id}"), client.get("/")
    assert "ersätter Helene Olofsson" in page.text
    assert (
        "Bo Ek (närvarande enligt protokollet) skriva under i stället för Helene Olofsson: Helene är sjuk." in page.text
    )
    assert "Väntar på Bo Ek (ersätter Helene Olofsson)" in board.text
    old = client.get(f"/sign/{before}")
    assert old.status_code == 200
    assert "Bo Ek skriver under i ditt ställe" in old.text
    assert "<form" not in old.text.split("<main")[1].split("</main")[0]
    assert client.get(f"/sign/{before}/minutes.pdf").status_code == 404
    assert client.get(f"/sign/{before}/pages/1.png").status_code == 404
    mails = len(house.mails())
    shown = seat_of(house, document)
    for action, sent in (
        (f"/sign/{before}/code", {}),
        (f"/sign/{before}", {"code": "123456", "shown": document.draft.source.digest}),
        (f"/sign/{before}/objection", {"code": "123456", "shown": document.draft.source.digest, "reason": "Nej."}),
        (f"/sign/{before}/sign-in", {}),
    ):
        assert client.post(action, data=sent).status_code == 422, action
    house.work()
    assert len(house.mails()) == mails
    assert seat_of(house, document) == shown
    assert isinstance(house.sign(BO), Decision)
    assert house.load(document).state is State.ARCHIVED
    assert "ersätter Helene Olofsson" in client.get(f"/documents/{document.id}").text
    archived = client.get(f"/d/{document.id}").text.partition('id="verification"')[2]
    assert '<h3>Bo Ek</h3><p class="quiet">Justerare, ersätter Helene Olofsson</p>' in archived
    assert archived.count("ersätter") == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"person": "Lis Öst", "reason": "Sjuk."}, "Lis Öst finns varken bland de närvarande"),
        ({"person": "Vera Vik", "reason": "Sjuk."}, "Vera Vik finns varken bland de närvarande"),
        ({"person": "<b>Ada</b>", "reason": "Sjuk."}, "&lt;b&gt;Ada&lt;/b&gt; finns varken bland"),
        ({"person": "Åke Utan", "reason": "Sjuk."}, "Personregistret har ingen adress till Åke Utan"),
        ({"person": "Anna Söderström", "reason": "Sjuk."}, "Anna Söderström skriver redan under"),
        ({"person": "Bo Ek", "reason": " "}, "Ange ett skäl"),
        ({"person": "Bo Ek", "reason": "x" * 4001}, "4000"),
        ({"person": "", "reason": "Sjuk."}, "Välj vem som ska skriva under"),
        ({"person": "Bo Ek", "reason": "Sjuk.", "round": "7"}, "Omgången som sidan visade är avslutad"),
        ({"person": "Bo Ek", "reason": "Sjuk.", "holder": "2"}, "Någon annan ändrade vem som skriver under"),
        ({"person": "Bo Ek", "reason": "Sjuk.", "holder": "-1"}, "Någon annan ändrade vem som skriver under"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(
    house: Life, client: TestClient, document: Document, typed: dict[str, str], sentence: str
) -> None:
    page = press(client, document, "substitutes", **typed)
    assert page.status_code == 422
    assert sentence in page.text
    assert "<b>Ada" not in page.text
    assert typed["reason"].strip() in page.text
    if typed["person"] == "Bo Ek":
        assert '<option value="Bo Ek" selected>' in page.text
    assert house.load(document) == document
    assert house.ports.store.open_work() == ()


def test_the_bodys_members_can_be_chosen(tmp_path: Path) -> None:
    body = Body(name="ledningsgruppen", members=("Vera Vik", "Lis Öst"))
    with Life(tmp_path / "data", PEOPLE, bodies=[body]) as life:
        document = life.drop(DRAFT)
        with browser(life) as client:
            page = client.get(f"/documents/{document.id}")
            assert "Vera Vik, finns i organets lista" in page.text
            assert '<option value="Lis Öst"' not in page.text
            done = press(client, document, "substitutes", person="Vera Vik", reason="Jäv.")
            assert done.status_code == 303
            assert "Vera Vik (finns i organets lista)" in client.get(f"/documents/{document.id}").text


def test_a_reminder_is_sent_once_however_often_the_button_is_pressed(
    house: Life, client: TestClient, document: Document
) -> None:
    page = client.get(f"/documents/{document.id}")
    action, sent = next(form for form in forms(page) if "/reminders/" in form[0])
    mails = len(house.mails(HELENE))
    assert [client.post(action, data=sent).status_code for _ in range(3)] == [303] * 3
    house.work()
    assert (seat_of(house, document).reminders, len(house.mails(HELENE))) == (1, mails + 1)
    assert "påmind 1 gång<" in client.get(f"/documents/{document.id}").text
    assert press(client, document, "reminders").status_code == 303
    house.work()
    assert "påmind 2 gånger" in client.get("/").text
    assert isinstance(house.sign(HELENE), Decision)
    late = client.post(action, data={**sent, "number": "3"})
    assert late.status_code == 422
    assert "Det är inte den personens tur just nu" in late.text


def test_the_link_is_sent_again_and_lasts_longer(house: Life, client: TestClient, document: Document) -> None:
    before = seat_of(house, document)
    assert press(client, document, "invitations").status_code == 303
    after = seat_of(house, document)
    assert after.invitation == 2
    assert before.link_expires_at
    assert after.link_expires_at
    assert after.link_expires_at > before.link_expires_at


def test_an_absence_is_told_shown_and_taken_back(house: Life, client: TestClient, document: Document) -> None:
    until = house.ports.clock().date() + dt.timedelta(days=5)
    assert press(client, document, "absences", until=until.isoformat()).status_code == 303
    said = f"borta till {house.ports.texts['sv'].date(until)}"
    assert said in client.get(f"/documents/{document.id}").text
    assert said in client.get("/").text
    assert seat_of(house, document).standing is Standing.INVITED
    assert isinstance(acts.ask_code(house.ports, house.token(HELENE)), Decision)
    assert press(client, document, "absences", act="over").status_code == 303
    assert seat_of(house, document).away_until is None
    assert said not in client.get("/").text


@pytest.mark.parametrize("until", ["", "i morgon", "2020-01-01", "9999-12-31", "2026-13-40", "0" * 4000])
def test_a_day_that_is_none_is_refused(house: Life, client: TestClient, document: Document, until: str) -> None:
    page = press(client, document, "absences", until=until)
    assert page.status_code == 422
    assert "Datumet måste ligga framåt i tiden" in page.text
    assert house.load(document) == document


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_no_form_from_elsewhere_changes_a_round(
    house: Life, client: TestClient, document: Document, kind: str, origin: str | None
) -> None:
    del client.headers["Origin"]
    del client.headers["Sec-Fetch-Site"]
    sent = {"round": "1", "number": "1", "holder": "1", "person": "Bo Ek", "reason": "Sjuk.", "until": "2027-01-01"}
    headers = {"Origin": origin} if origin else {}
    refused = client.post(f"/documents/{document.id}/{kind}/adjuster-1", data=sent, headers=headers)
    assert refused.status_code == 403
    assert house.load(document) == document


def test_a_link_that_has_expired_is_sent_again_and_not_reminded_of(house: Life, document: Document) -> None:
    now = house.ports.clock() + dt.timedelta(days=31)
    house.with_ports(clock=lambda: now)
    with browser(house) as client:
        page = client.get(f"/documents/{document.id}")
        kinds = {action.split("/")[3] for action, _ in forms(page) if action.endswith("/adjuster-1")}
        assert "invitations" in kinds
        assert "reminders" not in kinds
        sent = {"round": "1", "number": "1"}
        refused = client.post(f"/documents/{document.id}/reminders/adjuster-1", data=sent)
        assert refused.status_code == 422
        assert "Skicka länken igen i stället" in refused.text


def test_who_comes_back_is_led_to_the_newer_link(house: Life, client: TestClient, document: Document) -> None:
    first = house.token(HELENE)
    assert press(client, document, "substitutes", person="Bo Ek", reason="Sjuk.").status_code == 303
    assert press(client, document, "substitutes", person="Helene Olofsson", reason="Frisk.").status_code == 303
    old = client.get(f"/sign/{first}")
    assert "Du har en nyare länk" in old.text
    assert "skriver under i ditt ställe" not in old.text


@pytest.mark.parametrize("kind", KINDS)
def test_looking_changes_nothing(house: Life, client: TestClient, document: Document, kind: str) -> None:
    assert client.get(f"/documents/{document.id}/{kind}/adjuster-1").status_code in {404, 405}
    assert client.post(f"/documents/{document.id}/{kind}/nobody", data={"round": "1"}).status_code == 422
    assert house.load(document) == document


def test_who_may_see_and_not_change_is_offered_nothing(tmp_path: Path) -> None:
    with Life(tmp_path / "data", PEOPLE, staff_sign_in="mail-code") as life:
        document = life.drop(DRAFT)
        with browser(life) as client:
            for kind in KINDS:
                assert client.post(f"/documents/{document.id}/{kind}/secretary").status_code == 403
        assert life.load(document) == document


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_absence_that_is_over_is_not_told(document: Document, language: str) -> None:
    t = Texts(Path(__file__).parents[2] / "templates", "sv" if language == "sv" else "en")
    assert document.round is not None
    day = dt.date(2027, 5, 3)
    away = replace(document.round.seats[1], away_until=day)
    assert seat_notes(t, away, day) == ()
    (said,) = seat_notes(t, away, day - dt.timedelta(days=1))
    assert said in {"borta till 3 maj 2027", "away until 3 May 2027"}
    assert seat_notes(t, replace(away, standing=Standing.SIGNED), dt.date(2027, 5, 2)) == ()
