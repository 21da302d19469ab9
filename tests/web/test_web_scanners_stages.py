"""What programs do with a link at each stage of its life: before it holds, while it does, and after. Nothing comes of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from test_browser import chromium, served
from test_web_scanners import assert_nothing_comes_of_programs, everything
from test_web_sign_in import begin, sign_in
from visitor import browser

from identity_desk import with_desk
from life import Life, text_of
from signflow.rounds.model import Document
from signflow.rounds.outcome import Decision
from signflow.steps import acts, reading
from signflow.steps.acts import Place
from signflow.steps.reading import Invitee
from signflow.steps.substitution import Substitute, substitute

__all__ = ["chromium"]

ANNA, HELENE, BO, READER = (f"{name}@example.org" for name in ("anna", "helene", "bo", "reader"))
PEOPLE = {"Anna Söderström": ANNA, "Helene Olofsson": HELENE, "Bo Ek": BO}
DRAFT = """# Minnesanteckningar från ledningsgruppen

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

Deltagare:
Anna Söderström
Helene Olofsson
Bo Ek

1. Taxa

Gruppen talade om taxan.

Vid anteckningarna

Anna Söderström

Justerat

Helene Olofsson
"""
COMMENT = "Ska det stå taxa?\n\n  Eller avgift <snart>?"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE) as life:
        yield life


def link_of(life: Life, address: str) -> str:
    return f"/sign/{life.token(address)}"


def before_code(life: Life) -> str:
    life.drop(DRAFT)
    return link_of(life, ANNA)


def code_asked(life: Life) -> str:
    life.drop(DRAFT)
    life.ask_code(ANNA)
    return link_of(life, ANNA)


def sign_in_offered(life: Life) -> str:
    with_desk(life)
    return before_code(life)


def sign_in_begun(life: Life) -> str:
    link = sign_in_offered(life)
    with browser(life) as client:
        begin(client, link)
    return link


def signed_in_elsewhere(life: Life) -> str:
    desk = with_desk(life)
    link = before_code(life)
    with browser(life) as client:
        sign_in(client, desk, link, ANNA)
    return link


def waiting(life: Life) -> str:
    document = life.drop(DRAFT)
    current = document.round
    assert current is not None
    return f"/sign/{life.ports.links.token(document.id, 1, current.seats[1].holding, current.copy.digest)}"


def signing(life: Life) -> str:
    link = code_asked(life)
    token = life.token(ANNA)
    shown = acts.view_link(life.ports, token).shown.digest
    assert isinstance(acts.sign(life.ports, token, life.code(ANNA), shown), Decision)
    return link


def signed(life: Life) -> str:
    link = before_code(life)
    life.sign(ANNA)
    return link


def archived(life: Life) -> str:
    link = signed(life)
    life.sign(HELENE)
    return link


def expired(life: Life) -> str:
    link = before_code(life)
    later = life.ports.clock() + dt.timedelta(days=31)
    life.with_ports(clock=lambda: later)
    return link


def stand_in(life: Life, document: Document, holder: int, person: str) -> None:
    wanted, current = Substitute(holder, person, "Sjuk."), life.load(document).round
    assert current is not None
    place = Place(current.number, "adjuster-1")
    assert isinstance(substitute(life.ports, document.id, place, wanted, "web"), Decision)
    life.work()


def substituted(life: Life) -> str:
    document = life.drop(DRAFT)
    life.sign(ANNA)
    link = link_of(life, HELENE)
    stand_in(life, document, 1, "Bo Ek")
    return link


def replaced_by_a_newer_link(life: Life) -> str:
    document = life.drop(DRAFT)
    life.sign(ANNA)
    link = link_of(life, HELENE)
    stand_in(life, document, 1, "Bo Ek")
    stand_in(life, document, 2, "Helene Olofsson")
    assert link_of(life, HELENE) != link
    return link


def objected(life: Life) -> str:
    link = code_asked(life)
    token = life.token(ANNA)
    shown = acts.view_link(life.ports, token).shown.digest
    assert isinstance(acts.object_to(life.ports, token, life.code(ANNA), shown, "Fel taxa."), Decision)
    life.work()
    return link


def withdrawn(life: Life) -> str:
    document = life.drop(DRAFT)
    link = link_of(life, ANNA)
    acts.withdraw(life.ports, document.id, "web", "Ska göras om.")
    life.work()
    return link


def new_text(life: Life) -> str:
    document = life.drop(DRAFT)
    link = link_of(life, ANNA)
    life.drop(DRAFT.replace("Justerat\n\nHelene Olofsson", ""), document=document.id)  # so that no round opens
    assert life.load(document).open_round is None
    return link


def new_round_open(life: Life) -> str:
    document = life.drop(DRAFT)
    link = link_of(life, ANNA)
    life.drop(DRAFT.replace("taxan", "avgiften"), document=document.id)
    acts.ask_review(life.ports, document.id, "web")
    life.work()
    assert link_of(life, ANNA) != link
    return link


def away(life: Life) -> str:
    document = life.drop(DRAFT)
    until = life.ports.clock().date() + dt.timedelta(days=5)
    acts.tell_absence(life.ports, document.id, Place(1, "secretary"), until, "Anna Söderström")
    return link_of(life, ANNA)


def reader(life: Life) -> str:
    document = life.drop(DRAFT)
    reading.invite(life.ports, document.id, [Invitee("Rut Ek", READER)], None, "web")
    life.work()
    found = re.search(r"/read/[A-Za-z0-9_-]{43}", text_of(life.mails(READER)[-1]))
    assert found
    return found[0]


def reader_who_has_commented(life: Life) -> str:
    """Their words stand in the form with which they change them."""
    link = reader(life)
    view = reading.view_reader(life.ports, link.removeprefix("/read/"))
    for item in ("", "1. Taxa"):
        assert isinstance(reading.comment(life.ports, view, item, 1, COMMENT), Decision)
    return link


def signatory_who_has_commented(life: Life) -> str:
    life.drop(DRAFT)
    view = reading.view_signatory(life.ports, life.token(ANNA))
    assert isinstance(reading.comment(life.ports, view, "1. Taxa", 1, COMMENT), Decision)
    return f"{link_of(life, ANNA)}/comments"


def reader_dismissed(life: Life) -> str:
    link = reader_who_has_commented(life)
    document, number = reading.view_reader(life.ports, link.removeprefix("/read/")).document, 1
    reading.dismiss(life.ports, document.id, number, "web")
    return link


STAGES: dict[Callable[[Life], str], str] = {
    before_code: "Skicka en kod till mig",
    code_asked: "Ange din kod",
    sign_in_offered: "Legitimera dig",
    sign_in_begun: "Legitimera dig",
    signed_in_elsewhere: "Legitimera dig",
    waiting: "Det är inte din tur ännu",
    signing: "Ditt godkännande är mottaget",
    signed: "Kvitto",
    archived: "Kvitto",
    expired: "Länkens tid har gått ut",
    substituted: "En annan skriver under",
    replaced_by_a_newer_link: "Du har en nyare länk",
    objected: "Din invändning är mottagen",
    withdrawn: "Länken gäller inte längre",
    new_text: "Länken gäller inte längre",
    new_round_open: "Du har en nyare länk",
    away: "Jag är inte längre borta",
    reader: "Kommentera punkten",
    reader_who_has_commented: "Ändra eller ta tillbaka",
    signatory_who_has_commented: "Ändra eller ta tillbaka",
    reader_dismissed: "Granskningen är avslutad",
}
PRESSED = (sign_in_offered, signed_in_elsewhere, away, reader_who_has_commented, signatory_who_has_commented)


def _name(stage: Callable[[Life], str]) -> str:
    return stage.__name__


@pytest.mark.parametrize("stage", STAGES, ids=_name)
def test_nothing_comes_of_programs_at_any_stage(house: Life, stage: Callable[[Life], str]) -> None:
    link = stage(house)
    with browser(house) as client:
        assert STAGES[stage] in client.get(link).text
    for who in ("safe-links", "prefetch"):
        assert_nothing_comes_of_programs(house, link, who)


def test_what_a_person_reads_is_noted_nowhere(house: Life) -> None:
    """Every page and file of a link, looked at as a person looks at it."""
    link, before = code_asked(house), everything(house)
    with browser(house) as client:
        for path in ("", "/pages/1.png", "/minutes.pdf", "/comments", "?lang=en"):
            assert client.get(f"{link}{path}").status_code == 200
    assert everything(house) == before


@pytest.mark.browser
@pytest.mark.oracle("chromium")
@pytest.mark.parametrize("stage", PRESSED, ids=_name)
def test_every_button_pressed_in_a_real_browser_without_typing(
    house: Life, chromium: Browser, stage: Callable[[Life], str]
) -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        link = elsewhere.submit(stage, house).result()
        with served(house) as url:
            before = everything(house)
            page = chromium.new_context(locale="sv-SE", java_script_enabled=False).new_page()
            page.goto(url + link)
            assert STAGES[stage] in page.content()
            buttons = page.locator("main button").count()
            assert buttons >= 2
            for number in range(buttons):
                page.goto(url + link)
                for summary in page.locator("main summary").all():
                    summary.click()
                page.locator("main button").nth(number).click()
                page.wait_for_load_state()
            page.context.close()
            assert everything(house) == before
