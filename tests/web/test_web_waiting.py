"""Pages that wait for signflow's own work look again by themselves, until the reader turns that off; and lose nothing typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from test_web_scanners_stages import ANNA, DRAFT, HELENE, house
from visitor import TestClient, browser

from life import Life, carry_out
from signflow.rounds.model import Document, State
from signflow.steps import acts

__all__ = ["house"]
BY_ITSELF = "Sidan uppdateras av sig själv."


@pytest.fixture
def client(house: Life) -> Iterator[TestClient]:
    with browser(house) as one:
        yield one


def preparing(life: Life) -> Document:
    life.with_ports(policy=replace(life.ports.policy, open_review_when_clean=False))
    document = life.drop(DRAFT)
    acts.ask_review(life.ports, document.id, "web")
    return document


def approved(life: Life) -> Document:
    document = life.drop(DRAFT)
    code, token = life.ask_code(ANNA), life.token(ANNA)
    acts.sign(life.ports, token, code, acts.view_link(life.ports, token).shown.digest)
    return document


@pytest.mark.parametrize(("stage", "said"), [(preparing, "görs i ordning"), (approved, "Underskriften görs för Anna")])
def test_the_documents_page_looks_again_while_work_is_under_way(
    house: Life, client: TestClient, stage: Callable[[Life], Document], said: str
) -> None:
    document = stage(house)
    address = f"/documents/{document.id}"
    page = client.get(address)
    assert said in page.text
    assert page.headers["refresh"] == "2"
    assert BY_ITSELF in page.text
    assert "<textarea" not in page.text.partition("<main")[2]  # what is typed would be lost
    still = client.get(f"{address}?still=1")
    assert "refresh" not in still.headers
    assert BY_ITSELF not in still.text
    assert "<textarea" in still.text
    assert "Uppdatera sidan" in still.text
    house.work()
    done = client.get(address)
    assert "refresh" not in done.headers
    assert said not in done.text
    assert "Uppdatera sidan" not in done.text


def test_what_waits_for_long_is_not_looked_at_every_other_second(house: Life, client: TestClient) -> None:
    """It says itself when it is tried again; and what a reader types meanwhile stays."""
    document = approved(house)
    (work,) = house.ports.store.open_work(document.id)
    house.ports.store.postpone_work(work.work.key, dt.timedelta(minutes=5), "tsa-unavailable", {"reason": "-"})
    page = client.get(f"/documents/{document.id}")
    assert "refresh" not in page.headers
    assert "Nytt försök" in page.text


def test_a_form_that_was_refused_is_not_taken_away(house: Life, client: TestClient) -> None:
    document = preparing(house)
    refused = client.post(f"/documents/{document.id}/withdrawal", data={"reason": " "})
    assert refused.status_code == 422
    assert "refresh" not in refused.headers
    assert "<textarea" in refused.text


def test_whose_document_is_being_archived_sees_when_it_is(house: Life, client: TestClient) -> None:
    document = house.drop(DRAFT)
    house.sign(ANNA)
    link, token, code = f"/sign/{house.token(HELENE)}", house.token(HELENE), house.ask_code(HELENE)
    acts.sign(house.ports, token, code, acts.view_link(house.ports, token).shown.digest)
    (row,) = house.ports.store.due_work((), 10)
    carry_out(house.ports, row)
    house.ports.store.close_work(row.work.key)
    assert house.load(document).state is State.ADJUSTED
    page = client.get(link)
    assert "Handlingen stämplas och arkiveras." in page.text
    assert (page.headers["refresh"], BY_ITSELF in page.text) == ("2", True)
    house.work()
    done = client.get(link)
    assert "refresh" not in done.headers
    assert "handlingen är arkiverad" in done.text
