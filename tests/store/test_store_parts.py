"""Items adjusted at once, in a house on either database: what is kept of both documents, on every list that shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from life import Life
from signflow.errors import StaleError
from signflow.minutes.immediate import written_items
from signflow.rounds.events import PartCut
from signflow.rounds.immediate import part_cut
from signflow.rounds.model import Document, State
from signflow.rounds.outcome import Decision
from signflow.rounds.parts import PartOf
from signflow.steps import acts
from signflow.steps.immediate import cut_out
from signflow.steps.reconcile import reconcile
from signflow.web.board import read_board

PEOPLE = {"Helene Olofsson": "h@example.org", "Anna Söderström": "a@example.org", "Karin Åkesson": "k@example.org"}
MINUTES = """# Protokoll från Miljönämnden

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

## Beslutande

Anna Söderström, ordförande
Helene Olofsson, sekreterare
Karin Åkesson

## § 11 Taxa

Nämnden antar taxan.

## § 12 Bygglov

Nämnden beviljar bygglov.

Vid protokollet

Helene Olofsson

Ordförande

Anna Söderström

Justerat

Karin Åkesson
"""


@pytest.fixture
def life(tmp_path: Path, url: str) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE, open_review_when_clean=False, notice_board=True, database_url=url) as house:
        yield house


def signed(life: Life, document: Document) -> Document:
    acts.ask_review(life.ports, document.id, "web")
    life.work()
    for address in PEOPLE.values():
        assert isinstance(life.sign(address), Decision)
    return life.load(document)


def test_both_documents_know_each_other_from_the_choice_to_the_archive(life: Life) -> None:
    main = life.drop(MINUTES)
    assert isinstance(cut_out(life.ports, main, [12], "web"), Decision)
    arriving = life.load(main).parts[0]
    assert (arriving.items, arriving.state, arriving.source, arriving.done) == ((12,), "", None, False)
    life.work()
    part = life.ports.store.load(arriving.id)
    assert part.part_of == PartOf(main.id, (12,))
    assert life.load(main).parts[0].source == part.draft.source
    board = read_board(life.ports.store, life.ports.texts["sv"], life.ports.clock())
    rows = {row.id: row for group in board.groups for row in group.rows}
    assert written_items([12]) in rows[part.id].part_of
    assert not rows[main.id].part_of
    assert written_items([12]) in rows[main.id].waits
    part = signed(life, part)
    main = signed(life, main)
    assert part.archived is not None
    assert main.parts[0].digest == part.archived.pdf.digest
    assert main.parts[0].adjusted_at == part.adjusted_at
    up = {one.id: one for one in life.ports.store.notices_on_our_board()}
    assert set(up) == {main.id, part.id}
    assert up[main.id].parts == main.parts
    assert up[part.id].part_of == part.part_of
    found = reconcile(life.ports)
    assert (found.faults, found.asked_again) == ((), ())


def test_of_two_that_choose_at_once_one_is_told_to_look_again(life: Life) -> None:
    main = life.drop(MINUTES)
    source = life.ports.blobs.put(MINUTES.encode(), main.draft.source.media_type)
    first, second = (part_cut(main, PartCut(name, (12,), 1, source, "x.md", "web")) for name in ("ett", "två"))
    assert isinstance(first, Decision)
    assert isinstance(second, Decision)
    life.ports.store.commit(first)
    with pytest.raises(StaleError):
        life.ports.store.commit(second)
    assert [one.id for one in life.load(main).parts] == ["ett"]


def test_after_a_crash_reconcile_leaves_the_choice_to_the_work_that_was_asked_for(life: Life) -> None:
    main = life.drop(MINUTES)
    assert isinstance(cut_out(life.ports, main, [12], "web"), Decision)
    assert reconcile(life.ports).asked_again == ()
    life.work()
    life.work()
    assert len(life.ports.store.documents()) == 2
    acts.withdraw(life.ports, life.load(main).parts[0].id, "web", "fel")
    assert life.load(main).parts[0].state == State.WITHDRAWN
    assert reconcile(life.ports).asked_again == ()
