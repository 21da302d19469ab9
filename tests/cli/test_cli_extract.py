"""`signflow extract send`: the step of the secretary's page, at the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from command_line import CommandLine

from extract_house import MINUTES, NUMBER, PEOPLE, SECRET, archived, attached_words
from life import Life, text_of
from signflow.rounds.model import Document


@pytest.fixture
def house(cli: CommandLine) -> Iterator[Life]:
    with Life(cli.data, PEOPLE) as life:
        yield life


def kinds(house: Life, document: Document) -> list[str]:
    return [entry.kind for entry in house.ports.store.history(document.id) if entry.kind.startswith("extract")]


def test_items_go_to_recipients_as_from_the_page(house: Life, cli: CommandLine) -> None:
    document = archived(house)
    to = ("--to", "Förvaltningen B <bo@example.org>", "--to", "anna söderström")
    said = cli("extract", "send", document.id, "--item", "1", "--item", "2", "--item", "1", *to)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "✓ Utdrag § 1, § 2 (maskad) skickas till Förvaltningen B (bo@example.org).",
        "✓ Utdrag § 1, § 2 (maskad) skickas till Anna Söderström (a@example.org).",
    ]
    house.work()
    (mail,) = house.mails("bo@example.org")
    assert "Skickat av: Helene Olofsson" in text_of(mail)
    assert len(attached_words(mail)) == 2
    assert not [one for one in attached_words(mail).values() if SECRET in one or NUMBER in one]
    assert kinds(house, document) == ["extract-sent"] * 2 + ["extract-delivered"] * 2
    assert {entry.actor for entry in house.ports.store.history(document.id) if entry.kind == "extract-sent"} == {
        "command line"
    }
    again = cli("extract", "send", document.id, "--item", "1", "--to", "BO@example.org")
    assert again.code == 1
    assert "§ 1 är redan skickad till BO@example.org" in again.err
    told = cli("extract", "send", document.id, "--item", "1", "--to", "bo@example.org", "--again", "--json")
    assert told.json == {
        "document": document.id,
        "sending": 2,
        "items": [{"item": 1, "label": "§ 1", "masked": False}],
        "recipients": [{"person": "", "address": "bo@example.org"}],
    }


def test_an_item_goes_unmasked_alone_and_for_a_reason(house: Life, cli: CommandLine) -> None:
    document = archived(house)
    start = ("extract", "send", document.id, "--to", "bo@example.org", "--item", "2")
    assert cli(*start, "--item", "1", "--unmasked", "Part").code == 2
    refused = cli(*start, "--unmasked", "  ", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "unmasked-without-reason")
    assert house.load(document).sendings == ()
    said = cli(*start, "--unmasked", "Part i målet")
    assert said.out == "✓ Utdrag § 2 skickas till bo@example.org.\n"
    house.work()
    (words,) = attached_words(house.mails("bo@example.org")[0]).values()
    assert SECRET in words
    assert kinds(house, document) == ["extract-unmasked", "extract-sent", "extract-delivered"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--item", "1", "--to", "Ingen Alls"), 1, "Ingen Alls är ingen adress"),
        (("--item", "9", "--to", "bo@example.org"), 1, "Det finns inget ärende 9"),
        (("--item", "1"), 2, "--to"),
        (("--to", "bo@example.org"), 2, "--item"),
    ],
)
def test_what_cannot_be_sent_is_told(
    house: Life, cli: CommandLine, options: tuple[str, ...], code: int, said: str
) -> None:
    document = archived(house)
    result = cli("extract", "send", document.id, *options)
    assert result.code == code
    assert said in result.err
    assert house.load(document).sendings == ()


def test_nothing_is_sent_before_it_is_archived_or_of_what_is_not_there(house: Life, cli: CommandLine) -> None:
    document = house.drop(MINUTES)
    options = ("--item", "1", "--to", "bo@example.org")
    early = cli("extract", "send", document.id, *options)
    assert early.code == 1
    assert "först när handlingen är arkiverad" in early.err
    assert cli("extract", "send", "nosuchthing", *options).code == 1
