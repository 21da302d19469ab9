"""`signflow immediate`: items adjusted at once, from the command line as from the page."""

from __future__ import annotations

from command_line import CommandLine

from life import Life

MINUTES = """# Protokoll från Miljönämnden

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

## Beslutande

Anna Söderström, ordförande
Helene Olofsson, sekreterare

## § 11 Taxa

Nämnden antar taxan.

## § 12 Bygglov

Nämnden beviljar bygglov.

## § 13 Rapporter

"""


def test_items_become_a_document_of_their_own(cli: CommandLine) -> None:
    with Life(cli.data, open_review_when_clean=False) as life:
        main = life.drop(MINUTES)
        said = cli("immediate", main.id, "--item", "12", "--language", "sv")
        life.work()
        part = life.load(main).parts[0]
        assert said.code == 0, said.err
        assert f"§ 12 blir en egen handling ({part.id})" in said.out
        assert (part.items, part.state) == ((12,), "draft")
        again = cli("immediate", main.id, "--item", "12", "--json")
        assert (again.code, again.json) == (0, {"document": part.id, "main": main.id, "items": [12]})
        assert len(life.load(main).parts) == 1
        assert life.ports.store.history(main.id)[-1].actor == "command line"


def test_a_refusal_says_what_to_do(cli: CommandLine) -> None:
    with Life(cli.data, open_review_when_clean=False) as life:
        main = life.drop(MINUTES)
        gone = cli("immediate", main.id, "--item", "99", "--language", "en")
        assert (gone.code, gone.out) == (1, "")
        assert "One of the items is not in the draft" in gone.err
        as_json = cli("immediate", main.id, "--item", "99", "--json")
        assert as_json.json["error"]["code"] == "immediate-no-such-item"
        assert cli("immediate", "ingen", "--item", "1").code == 1
        assert cli("immediate", main.id).code == 2
        assert life.load(main).parts == ()


def test_without_a_data_folder_nothing_is_made(cli: CommandLine) -> None:
    assert cli("immediate", "x", "--item", "1").code == 2
    assert not cli.data.exists()
