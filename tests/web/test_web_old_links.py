"""Links that lead no further: each tells its holder why, and what to do instead; and a stranger nothing of the document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from test_web_scanners_stages import (
    ANNA,
    DRAFT,
    HELENE,
    house,
    link_of,
    new_round_open,
    new_text,
    objected,
    replaced_by_a_newer_link,
    stand_in,
    substituted,
    withdrawn,
)
from visitor import browser

from life import Life
from signflow.rounds.model import Document, State
from signflow.steps import acts
from signflow.texts import LANGUAGES, Language

__all__ = ["house"]
OVER = "Omgången som länken hör till är avslutad."


def said_by(life: Life, link: str, language: Language = "sv") -> str:
    """The page's own words, which name neither the document nor anybody."""
    with browser(life, **{"Accept-Language": language}) as client:
        page = client.get(link)
        assert page.status_code == 200
        for path in ("/minutes.pdf", "/pages/1.png"):
            assert client.get(f"{link}{path}").status_code == 404
    main = page.text.partition("<main")[2].partition("</main>")[0]
    words = " ".join(re.sub("<[^>]+>", " ", main.partition(">")[2]).split())
    for told in ("Minnesanteckningar", "ledningsgruppen", "Taxa", "Anna", "Helene", "2026-05-06", "6 maj"):
        assert told not in words
    return words


def in_a_second_round(life: Life) -> tuple[Document, str]:
    """Helene has a link of the first round, and the second is open."""
    document = life.drop(DRAFT)
    life.sign(ANNA)
    link = link_of(life, HELENE)
    life.drop(DRAFT.replace("taxan", "avgiften"), document=document.id)
    acts.ask_review(life.ports, document.id, "web")
    life.work()
    return life.load(document), link


@pytest.mark.parametrize(
    ("stage", "why", "then"),
    [
        (objected, "Du har invänt mot handlingen", "får du en ny länk"),
        (withdrawn, "Handlingen har tagits tillbaka.", "Det kommer ingen ny länk."),
        (new_text, "Texten har ändrats sedan länken skickades.", "Ska du skriva under längre fram"),
        (new_round_open, "Texten har ändrats sedan länken skickades.", "Du har ett nyare brev, från den "),
        (replaced_by_a_newer_link, "nu är det du igen", "Du har ett nyare brev, från den "),
    ],
    ids=["objected", "withdrawn", "new text", "new round", "back in the seat"],
)
def test_each_end_says_why_and_what_then(house: Life, stage: Callable[[Life], str], why: str, then: str) -> None:
    words = said_by(house, stage(house))
    assert why in words
    assert then in words


def test_somebody_stands_in(house: Life) -> None:
    with browser(house) as client:
        assert "Bo Ek skriver under i ditt ställe." in client.get(substituted(house)).text


def test_who_did_not_object_is_told_that_somebody_did(house: Life) -> None:
    document = house.drop(DRAFT)
    house.sign(ANNA)
    link, token = link_of(house, ANNA), house.token(HELENE)
    code, shown = house.ask_code(HELENE), acts.view_link(house.ports, token).shown.digest
    acts.object_to(house.ports, token, code, shown, "Fel taxa.")
    house.work()
    assert f"En undertecknare har invänt. {OVER}" in said_by(house, link)
    assert house.load(document).state is State.DRAFT
    house.drop(DRAFT.replace("taxan", "avgiften"), document=document.id)
    acts.ask_review(house.ports, document.id, "web")
    house.work()
    assert f"Du har invänt. {OVER} Du får ett brev med en ny länk när det är din tur." in said_by(
        house, f"/sign/{token}"
    )
    assert f"En undertecknare har invänt. {OVER} Du har ett nyare brev" in said_by(house, link)


def test_the_day_is_that_of_the_latest_letter(house: Life) -> None:
    document, link = in_a_second_round(house)
    house.sign(ANNA)
    now = house.ports.clock() + dt.timedelta(days=9)
    house.with_ports(clock=lambda: now)
    acts.renew_invitation(house.ports, document.id, "adjuster-1", "web")
    t = house.ports.texts["sv"]
    assert f"från den {t.date(t.day(now))}." in said_by(house, link)


def test_in_a_new_round_one_waits_signs_and_is_done(house: Life) -> None:
    _, link = in_a_second_round(house)
    assert "när det är din tur" in said_by(house, link)
    house.sign(ANNA)
    assert "Du har ett nyare brev" in said_by(house, link)
    house.sign(HELENE)
    assert "Du har godkänt handlingen med en nyare länk." in said_by(house, link)


def test_whom_the_new_round_does_not_ask_need_do_nothing(house: Life) -> None:
    document, link = in_a_second_round(house)
    house.sign(ANNA)
    stand_in(house, document, 1, "Bo Ek")
    assert "Nu är det andra som skriver under." in said_by(house, link)


def test_the_new_round_may_end_too(house: Life) -> None:
    document, link = in_a_second_round(house)
    acts.withdraw(house.ports, document.id, "web", "Ska göras om.")
    words = said_by(house, link)
    assert "Texten har ändrats" in words  # why the link's own round ended
    assert "Det kommer ingen ny länk." in words


def test_who_stood_in_and_no_longer_does_is_found_by_name_in_the_next_round(house: Life) -> None:
    """The link of somebody whom another replaced in a round that is over."""
    document = house.drop(DRAFT)
    house.sign(ANNA)
    link = link_of(house, HELENE)
    stand_in(house, document, 1, "Bo Ek")
    house.drop(DRAFT.replace("taxan", "avgiften"), document=document.id)
    acts.ask_review(house.ports, document.id, "web")
    house.work()
    house.sign(ANNA)
    assert "Du har ett nyare brev" in said_by(house, link)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages(house: Life, language: Language) -> None:
    link = new_round_open(house)
    assert house.ports.texts[language]("web.old_link.why_new-text") in said_by(house, link, language)


def test_a_link_that_was_never_made_tells_nothing_of_rounds(house: Life) -> None:
    new_round_open(house)
    with browser(house) as client:
        page = client.get(f"/sign/{'A' * 43}")
    assert page.status_code == 404
    assert OVER not in page.text
