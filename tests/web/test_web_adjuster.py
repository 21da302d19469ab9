"""The adjuster's page: what is new, objecting item by item, dissent on record, being away, and links that lead no further."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from visitor import TestClient, browser

from life import Life
from real_minutes import SAMPLE
from signflow.rounds.events import Substituted
from signflow.rounds.links import link_digest
from signflow.rounds.model import Document, ItemObjection, RoundEnd, State
from signflow.steps import acts
from signflow.steps.ports import record

ANNA, HELENE = "anna@example.org", "helene@example.org"
FIRST, SECOND = "1. Södertörnsanalysen", "2. Samordnad varudistribution"


@pytest.fixture
def client(life: Life) -> Iterator[TestClient]:
    with browser(life) as one:
        yield one


@pytest.fixture
def document(life: Life) -> Document:
    return life.drop(SAMPLE.read_bytes())


def shown_digest(page: httpx.Response) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page.text)
    assert found
    return found[1]


def answering(life: Life, client: TestClient, address: str) -> tuple[str, dict[str, str]]:
    """The page's address, and what goes along with any answer."""
    link, code = f"/sign/{life.token(address)}", life.ask_code(address)
    return link, {"code": code, "shown": shown_digest(client.get(link))}


def test_items_are_objected_to_with_a_reason_and_a_wording(life: Life, client: TestClient, document: Document) -> None:
    link, said = answering(life, client, ANNA)
    page = client.get(link).text
    for name in ("Deltagare", FIRST, SECOND):
        assert f"<option>{name}</option>" in page
    rows = {"rows": "2", "item-1": SECOND, "reason-1": "Det beslutade vi inte.", "proposal-1": "Ärendet bordlades."}
    rows |= {"item-2": "Deltagare", "reason-2": "Jag var där.", "reason": ""}
    assert client.post(f"{link}/objection", data={**said, **rows}).status_code == 303
    ended = life.load(document).round
    assert ended is not None
    assert ended.ended is RoundEnd.OBJECTION
    assert ended.objection is not None
    assert ended.objection.items == (
        ItemObjection(SECOND, "Det beslutade vi inte.", "Ärendet bordlades."),
        ItemObjection("Deltagare", "Jag var där."),
    )
    assert "Din invändning är mottagen" in client.get(link).text
    assert f"invände mot {SECOND}, Deltagare." in client.get(f"/documents/{document.id}").text


def test_more_rows_keep_what_was_typed_and_record_nothing(life: Life, client: TestClient, document: Document) -> None:
    link, said = answering(life, client, ANNA)
    before = life.load(document)
    typed = {"rows": "2", "item-2": FIRST, "reason-2": "<b>fel</b>", "proposal-2": "rätt", "reason": "allt"}
    more = client.post(f"{link}/objection", data={**said, **typed, "more": "1"})
    assert more.status_code == 200
    assert 'name="rows" value="5"' in more.text
    assert f"<option selected>{FIRST}</option>" in more.text
    assert "&lt;b&gt;fel&lt;/b&gt;</textarea>" in more.text
    assert ">rätt</textarea>" in more.text
    assert ">allt</textarea>" in more.text
    assert said["code"] not in more.text
    assert life.load(document) == before


@pytest.mark.parametrize("rows", ["0", "-1", "x", "٣", "999999999", "1e9", ""])
@pytest.mark.usefixtures("document")
def test_there_are_never_more_rows_than_twenty(life: Life, client: TestClient, rows: str) -> None:
    link, said = answering(life, client, ANNA)
    page = client.post(f"{link}/objection", data={**said, "rows": rows, "more": "1"}).text
    assert page.count("<fieldset>") in range(2, 21)


@pytest.mark.parametrize(
    "row",
    [{"item-1": FIRST}, {"reason-1": "fel"}, {"proposal-1": "rätt"}, {"item-1": "Något annat", "reason-1": "fel"}],
)
def test_a_row_half_written_is_kept_and_costs_nothing(
    life: Life, client: TestClient, document: Document, row: dict[str, str]
) -> None:
    link, said = answering(life, client, ANNA)
    before = life.load(document)
    answer = client.post(f"{link}/objection", data={**said, "rows": "2", "reason": "Se nedan", **row})
    assert answer.status_code == 422
    assert "inte färdig" in answer.text
    assert ">Se nedan</textarea>" in answer.text
    assert life.load(document) == before


@pytest.mark.usefixtures("document")
def test_a_wrong_code_keeps_what_was_typed(life: Life, client: TestClient) -> None:
    link, said = answering(life, client, ANNA)
    wrong = str((int(said["code"]) + 1) % 1_000_000).zfill(6)
    row = {"rows": "2", "item-1": FIRST, "reason-1": "Skälet", "proposal-1": "Lydelsen"}
    answer = client.post(f"{link}/objection", data={**said, **row, "code": wrong})
    assert answer.status_code == 422
    for kept in (f"<option selected>{FIRST}</option>", ">Skälet</textarea>", ">Lydelsen</textarea>", "4 försök kvar"):
        assert kept in answer.text
    answer = client.post(link, data={**said, "code": wrong, "dissent": "Jag var emot."})
    assert ">Jag var emot.</textarea>" in answer.text


def test_a_code_that_ran_out_loses_nothing_that_was_written(life: Life, client: TestClient, document: Document) -> None:
    link, said = answering(life, client, ANNA)
    later = life.ports.clock() + dt.timedelta(minutes=11)
    life.with_ports(clock=lambda: later)
    row = {"rows": "2", "item-1": FIRST, "reason-1": "Skälet", "proposal-1": "Lydelsen"}
    with browser(life) as after:
        late = after.post(f"{link}/objection", data={**said, **row})
        assert late.status_code == 422
        assert "Det du skrev är inte skickat än" in late.text
        assert after.post(f"{link}/code", data={"read": "yes", **row}).status_code == 303
        page = after.get(link).text
    for kept in (f"<option selected>{FIRST}</option>", ">Skälet</textarea>", ">Lydelsen</textarea>"):
        assert kept in page
    assert life.load(document).state is State.REVIEW


def test_a_reason_that_is_too_long_is_said_to_be(life: Life, client: TestClient, document: Document) -> None:
    link, said = answering(life, client, ANNA)
    row = {"rows": "2", "item-1": FIRST, "reason-1": "x", "proposal-1": "å" * 4001}
    answer = client.post(f"{link}/objection", data={**said, **row})
    assert answer.status_code == 422
    assert "å" * 4001 in answer.text
    assert life.load(document).state is State.REVIEW


def test_dissent_stands_on_record_and_on_the_receipt(life: Life, client: TestClient, document: Document) -> None:
    link, said = answering(life, client, ANNA)
    assert client.post(link, data={**said, "dissent": "Jag röstade mot § 2."}).status_code == 303
    life.work()
    seat = life.load(document).round.seats[0]  # type: ignore[union-attr] -- it is open
    assert seat.approval is not None
    assert seat.approval.dissent == "Jag röstade mot § 2."
    receipt = client.get(link).text
    assert "Kvitto" in receipt
    assert "<blockquote>Jag röstade mot § 2.</blockquote>" in receipt
    assert "Antecknat på egen begäran: Jag röstade mot § 2." in client.get(f"/documents/{document.id}").text


def test_what_changed_since_the_last_round_comes_before_the_text(
    life: Life, client: TestClient, document: Document
) -> None:
    link, said = answering(life, client, ANNA)
    assert "Ändrat sedan" not in client.get(link).text
    row = {"rows": "2", "item-1": FIRST, "reason-1": "Fel dag.", "proposal-1": "Den 25 januari."}
    client.post(f"{link}/objection", data={**said, **row})
    life.work()
    life.drop(SAMPLE.read_bytes().replace(b"4 oktober 2019", b"5 oktober 2019"), document=document.id)
    acts.ask_review(life.ports, document.id, "web")
    life.work()
    page = client.get(f"/sign/{life.token(ANNA)}").text
    assert "Den förra omgången avslutades av en invändning från Anna Söderström." in page
    assert "<blockquote>Fel dag.</blockquote>" in page
    assert "<blockquote>Den 25 januari.</blockquote>" in page
    assert re.search(r"<ins>.*?5.*?</ins>", page)
    places = [page.index(f'id="{place}"') for place in ("changes", "answer", "pages", "text")]
    assert places == sorted(places)
    english = client.get(f"/sign/{life.token(ANNA)}", headers={"Accept-Language": "en"}).text
    assert "Changed since the last round" in english


def test_the_same_text_once_more_says_so(life: Life, client: TestClient, document: Document) -> None:
    link, said = answering(life, client, ANNA)
    client.post(f"{link}/objection", data={**said, "reason": "Jag vill tänka."})
    acts.ask_review(life.ports, document.id, "web")
    life.work()
    page = client.get(f"/sign/{life.token(ANNA)}").text
    assert "Texten är oförändrad sedan förra omgången." in page
    assert "<blockquote>Jag vill tänka.</blockquote>" in page


def test_somebody_is_away_until_a_day_ahead(life: Life, client: TestClient, document: Document) -> None:
    link = f"/sign/{life.token(ANNA)}"
    today = life.ports.clock().date()
    for until in ("", "x", str(today), str(today + dt.timedelta(days=400)), "2026-13-01"):
        answer = client.post(f"{link}/absence", data={"until": until})
        assert answer.status_code == 422
        assert "Datumet måste ligga framåt" in answer.text
    back = today + dt.timedelta(days=5)
    assert client.post(f"{link}/absence", data={"until": str(back)}).status_code == 303
    assert life.load(document).round.seats[0].away_until == back  # type: ignore[union-attr] -- it is open
    assert "Du har meddelat att du är borta" in client.get(link).text
    assert client.post(f"{link}/absence", data={}).status_code == 422
    assert life.load(document).round.seats[0].away_until == back  # type: ignore[union-attr] -- it is open
    assert client.post(f"{link}/absence", data={"back": "yes"}).status_code == 303
    assert life.load(document).round.seats[0].away_until is None  # type: ignore[union-attr] -- it is open
    assert "Du har meddelat att du är borta" not in client.get(link).text


def test_who_is_stood_in_for_is_told_so_and_can_do_nothing(life: Life, client: TestClient, document: Document) -> None:
    token = life.token(ANNA)
    event = Substituted(
        1, "secretary", "Camilla Broo", "camilla@example.org", link_digest("x" * 43), "minutes", "Sjuk", "web"
    )
    record(life.ports, document.id, event)
    before = life.load(document)
    page = client.get(f"/sign/{token}")
    assert page.status_code == 200
    assert "Camilla Broo skriver under i ditt ställe." in page.text
    assert document.title not in page.text
    assert client.get(f"/sign/{token}/minutes.pdf").status_code == 404
    for act, data in (("/code", {"read": "1"}), ("/objection", {"reason": "x"}), ("/absence", {"until": "2999-01-01"})):
        assert client.post(f"/sign/{token}{act}", data=data).status_code in {200, 422}
    assert client.post(f"/sign/{token}", data={"code": "123456"}).status_code == 422
    assert life.load(document) == before


@pytest.mark.parametrize("path", ["", "/code", "/sign-in", "/objection", "/absence"])
def test_a_stranger_learns_nothing_from_any_form(client: TestClient, document: Document, path: str) -> None:
    for data in ({}, {"read": "1", "more": "1", "until": "2999-01-01"}):
        answer = client.post(f"/sign/{'A' * 43}{path}", data=data)
        assert answer.status_code == 404
        assert document.title not in answer.text


def test_ten_sign_together(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Ten people read, ask, and sign at the same time; every one is told the truth, and nobody sees an error."""
    names = [f"{first} Ek" for first in ("Ada", "Bo", "Cia", "Dan", "Eva", "Finn", "Gun", "Hans", "Ida", "Jon")]
    people = {name: f"{name.split()[0].lower()}@example.org" for name in names}
    text = SAMPLE.read_text("utf-8")
    old = "Vid anteckningarna\n\nJusterat\n\nAnna Söderström\n\nHelene Olofsson"
    new = "Vid anteckningarna\n\nAnna Söderström\n\nJusterat\n\n" + "\n\n".join(names)
    present = "Helene Olofsson\tSödertörnskommunerna\n"
    assert old in text
    assert present in text
    text = text.replace(present, present + "".join(f"{name}\tHuddinge\n" for name in names))
    body = {"name": "Södertörnskommunernas ledningsgrupp", "order": "together"}
    with Life(tmp_path_factory.mktemp("ten"), {"Anna Söderström": ANNA, **people}, bodies=[body]) as life:
        document = life.drop(text.replace(old, new))
        assert document.state is State.REVIEW
        life.sign(ANNA)
        with browser(life) as client, ThreadPoolExecutor(10) as crowd:
            links = {address: f"/sign/{life.token(address)}" for address in people.values()}

            def ask(link: str) -> int:
                return client.post(f"{link}/code", data={"read": "1"}).status_code

            assert set(crowd.map(ask, links.values())) == {303}
            life.work()
            shown = shown_digest(client.get(links["ada@example.org"]))

            def sign(address: str) -> httpx.Response:
                return client.post(links[address], data={"code": life.code(address), "shown": shown})

            answers = list(crowd.map(sign, links))
            assert [answer.status_code for answer in answers] == [303] * 10, [answer.text for answer in answers]
            pages = [client.get(link).text for link in links.values()]
            assert all("Ditt godkännande är mottaget" in page for page in pages)
            assert sum("underskrifter görs före din" in page for page in pages) == 8
            assert sum("En underskrift görs före din" in page for page in pages) == 1
            life.work()
            assert all("Kvitto" in client.get(link).text for link in links.values())
        signed = life.load(document)
        assert signed.state is State.ARCHIVED
        assert signed.round is not None
        revisions = {seat.signature.revision.digest for seat in signed.round.seats if seat.signature}
        assert len(revisions) == 11
