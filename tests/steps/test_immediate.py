"""Items adjusted at once, from the choice to the minutes that refer to them, with whatever comes between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from life import Life, carry_out
from signflow.minutes import read_draft
from signflow.minutes.immediate import adjusted_at_once
from signflow.rounds.model import Document, State
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Refusal
from signflow.rounds.parts import PartOf
from signflow.rounds.work import WorkKind
from signflow.steps import acts
from signflow.steps.immediate import choosable, cut_out
from signflow.steps.ports import Ports
from signflow.steps.reconcile import reconcile
from signflow.store.outbox import OpenWork

PEOPLE = {"Helene Olofsson": "h@example.org", "Anna Söderström": "a@example.org", "Karin Åkesson": "k@example.org"}
MINUTES = """# Protokoll från Miljönämnden

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

## Beslutande

Anna Söderström, ordförande
Helene Olofsson, sekreterare
Karin Åkesson

## § 11 Taxa för avfall

Beslut

Nämnden antar taxan.

## § 12 Bygglov för lekplats

Beslut

Nämnden beviljar bygglov och avsätter 150 000 kronor.

Paragrafen förklaras omedelbart justerad.

## § 13 Rapporter

Beslut

Nämnden tackar för {report}.

Vid protokollet

Helene Olofsson

Ordförande

Anna Söderström

Justerat

Karin Åkesson
"""
UNFINISHED = MINUTES.replace("Nämnden tackar för {report}.", "")
WHOLE = MINUTES.replace("{report}", "rapporten")


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE, open_review_when_clean=False) as house:
        yield house


def cut(life: Life, document: Document, *items: int) -> Document:
    """Cut, register; the document that came of it."""
    assert isinstance(cut_out(life.ports, life.load(document), items, "Helene Olofsson"), Decision)
    life.work()
    return life.ports.store.load(life.load(document).parts[-1].id)


def signed_by_all(life: Life, document: Document) -> Document:
    assert isinstance(acts.ask_review(life.ports, document.id, "Helene Olofsson"), Decision)
    life.work()
    for address in PEOPLE.values():
        assert isinstance(life.sign(address), Decision)
    return life.load(document)


def kinds(life: Life, document: Document) -> list[str]:
    return [entry.kind for entry in life.ports.store.history(document.id)]


def codes(life: Life, document: Document) -> list[str]:
    found = life.ports.store.versions(document.id)[-1].findings
    return [str(one["code"]) for one in found]


def test_items_of_unfinished_minutes_become_a_draft_of_their_own(life: Life) -> None:
    main = life.drop(UNFINISHED, "protokoll.md")
    assert not main.draft.clean
    assert [(one.number, one.said, one.taken) for one in choosable(life.ports, main)] == [
        (11, False, False),
        (12, True, False),
        (13, False, False),
    ]
    part = cut(life, main, 12)
    assert part.id != main.id
    assert (part.state, part.draft.clean, part.part_of) == (State.DRAFT, True, PartOf(main.id, (12,)))
    assert part.draft.filename == "protokoll-omedelbar-justering-12.md"
    minutes = read_draft(life.ports.blobs.get(part.draft.source), part.draft.filename).minutes
    assert minutes is not None
    assert adjusted_at_once(minutes) == {12}
    assert not {"item-number-gap", "immediate-not-said"} & set(codes(life, part))
    main = life.load(main)
    assert [(one.id, one.items, one.state) for one in main.parts] == [(part.id, (12,), "draft")]
    assert kinds(life, main)[-1] == "part-cut"
    assert kinds(life, part) == ["draft-registered", "part-of"]
    assert choosable(life.ports, main)[1].taken


def test_asking_twice_is_asking_once(life: Life) -> None:
    main = life.drop(UNFINISHED)
    part = cut(life, main, 12)
    again = cut_out(life.ports, life.load(main), [12], "Helene Olofsson")
    assert again == Refusal(ALREADY_RECORDED)
    overlapping = cut_out(life.ports, life.load(main), [11, 12], "Helene Olofsson")
    assert overlapping == Refusal("immediate-taken", {"items": "§ 12"})
    life.work()
    assert [one.id for one in life.load(main).parts] == [part.id]


@pytest.mark.parametrize("wanted", [[], [99], [11, 99]])
def test_what_is_not_there_is_refused(life: Life, wanted: list[int]) -> None:
    main = life.drop(UNFINISHED)
    assert isinstance(cut_out(life.ports, main, wanted, "web"), Refusal)
    assert life.load(main).parts == ()


def test_only_statutory_minutes_in_draft_and_no_parts_are_cut(life: Life) -> None:
    main = life.drop(UNFINISHED, "a.md")
    part = cut(life, main, 12)
    assert cut_out(life.ports, part, [12], "web") == Refusal("immediate-of-part")
    notes = life.drop(UNFINISHED.replace("Protokoll", "Anteckningar").replace("protokollet", "anteckningarna"), "b.md")
    assert cut_out(life.ports, notes, [12], "web") == Refusal("immediate-not-protocol")
    acts.withdraw(life.ports, main.id, "web", "fel")
    gone = cut_out(life.ports, life.load(main), [11], "web")
    assert isinstance(gone, Refusal)
    assert gone.code == "immediate-not-draft"


def test_a_new_text_of_either_is_not_taken_for_one_of_the_other(life: Life) -> None:
    main = life.drop(UNFINISHED, "protokoll.md")
    part = cut(life, main, 12)
    assert life.drop(WHOLE, "protokoll.md").id == main.id
    cut_text = life.ports.blobs.get(part.draft.source).decode()
    assert life.drop(cut_text.replace("bygglov och", "bygglovet och"), part.draft.filename).id == part.id
    assert (life.load(main).draft.number, life.load(part).draft.number) == (2, 2)


def test_a_part_that_holds_other_items_is_an_error(life: Life) -> None:
    main = life.drop(UNFINISHED)
    part = cut(life, main, 12)
    text = life.ports.blobs.get(part.draft.source).decode().replace("§ 12", "§ 14")
    life.drop(text, part.draft.filename, part.id)
    assert "immediate-items-differ" in codes(life, part)
    assert not life.load(part).draft.clean


def test_killed_between_the_choice_and_the_registration_it_is_registered_once(life: Life) -> None:
    main = life.drop(UNFINISHED)
    assert isinstance(cut_out(life.ports, main, [12], "Helene Olofsson"), Decision)
    known = life.load(main).parts[0]
    assert (known.state, known.source) == ("", None)

    def killed(ports: Ports, row: OpenWork) -> None:
        assert row.work.kind is WorkKind.REGISTER_DRAFT
        carry_out(ports, row)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        life.work(killed)
    assert life.ports.store.load(known.id).part_of == PartOf(main.id, (12,))
    reconcile(life.ports)
    life.work()
    part = life.ports.store.load(known.id)
    assert (part.draft.number, kinds(life, part)[:2]) == (1, ["draft-registered", "part-of"])
    assert len(life.ports.store.documents()) == 2
    life.ports.store.verify_audit()


def test_a_part_that_is_withdrawn_gives_its_items_back(life: Life) -> None:
    main = life.drop(WHOLE)
    part = cut(life, main, 12)
    assert acts.ask_review(life.ports, main.id, "web") == Refusal("immediate-waits", {"items": "§ 12"})
    acts.withdraw(life.ports, part.id, "Helene Olofsson", "fel punkt")
    assert kinds(life, main)[-1] == "part-withdrawn"
    assert not choosable(life.ports, life.load(main))[1].taken
    other = cut(life, main, 12, 13)
    assert other.id != part.id
    acts.withdraw(life.ports, other.id, "Helene Olofsson", "inte nu")
    signed_by_all(life, main)
    assert life.load(main).state is State.ARCHIVED


def test_minutes_that_say_otherwise_than_what_was_adjusted_are_not_signed(life: Life) -> None:
    main = life.drop(WHOLE, "protokoll.md")
    part = signed_by_all(life, cut(life, main, 12))
    assert (part.state, kinds(life, main)[-2:]) == (State.ARCHIVED, ["part-adjusted", "part-archived"])
    life.drop(WHOLE.replace("150 000", "200 000"), "protokoll.md")
    assert "immediate-differs" in codes(life, main)
    assert acts.ask_review(life.ports, main.id, "web") == Refusal("draft-has-errors")
    life.drop(WHOLE.replace("§ 12", "§ 14"), "protokoll.md")
    assert "immediate-item-gone" in codes(life, main)
    life.drop(WHOLE.replace("rapporten", "rapporterna"), "protokoll.md")
    assert signed_by_all(life, main).state is State.ARCHIVED
