"""Items cut out of a draft: exactly those, under the whole's head and over the whole's closing block, in both formats."""

from __future__ import annotations

from pathlib import Path

import pytest
from document_as_markdown import as_markdown
from document_drawing import drawn
from document_script import Heading, Script
from hypothesis import given
from hypothesis import strategies as st

from signflow.minutes import read_draft
from signflow.minutes.cutting import Cut, cut_items
from signflow.minutes.immediate import adjusted_at_once, comparable, written_items
from signflow.minutes.model import Item, Minutes
from signflow.minutes.recognition.ranges import read_ranges
from signflow.minutes.words import item_passages

LAYOUTS = Path(__file__).parents[1] / "minutes" / "layouts"
# what a reader of the whole cannot tell apart for certain: an agenda before the items that looks like them,
# a dissent whose label could be the closing block's
NOT_TOLD_APART = {"arendelista.md", "bara-siffror.txt", "dagordning-forst.txt", "ks-nummer.md"}
KEPT = "# Protokoll från Parknämnden\n\nTid: 6 maj 2026 kl. 9.00\nPlats: Parken\n\n## Beslutande\n\nAnna Ek, ordförande\nBo Lund\nCia Mo, sekreterare\n"
CLOSING = "Vid protokollet\n\nCia Mo\n\nOrdförande\n\nAnna Ek\n\nJusterat\n\nBo Lund\n"


def minutes_of(data: bytes, filename: str) -> Minutes:
    minutes = read_draft(data, filename).minutes
    assert minutes is not None
    return minutes


def texts(item: Item) -> list[str]:
    return [passage.text for passage in item_passages(item)]


def held_against_whole(data: bytes, filename: str, numbers: frozenset[int], cut: Cut) -> None:
    whole = minutes_of(data, filename)
    assert cut.data is not None
    part = minutes_of(cut.data, filename)
    chosen = [item for item in whole.items if item.number in numbers]
    assert [item.number for item in part.items] == [item.number for item in chosen]
    assert [texts(comparable(part, item)) for item in part.items] == [texts(comparable(whole, item)) for item in chosen]
    assert (part.title, part.body, part.date, part.place) == (whole.title, whole.body, whole.date, whole.place)
    assert [one.name for one in part.participants] == [one.name for one in whole.participants]
    assert [one.text for one in part.sign_off] == [one.text for one in whole.sign_off]
    assert adjusted_at_once(part) == numbers
    assert not adjusted_at_once(whole)


def numbered(script: Script) -> bool:
    return any(isinstance(block, Heading) and block.label for block in script.blocks)


@given(seed=st.integers(0, 5_000), chance=st.randoms(use_true_random=False))
def test_markdown_is_cut_to_the_items_alone(seed: int, chance: object) -> None:
    script = drawn(seed, pictures=False)
    data = as_markdown(script)
    numbers = [item.number for item in minutes_of(data, "a.md").items if item.number is not None]
    if not numbers:
        return
    assert hasattr(chance, "sample")
    wanted = frozenset(chance.sample(numbers, chance.randint(1, max(1, len(numbers) - 1))))  # pyright: ignore[reportAttributeAccessIssue]
    if len(wanted) == len(numbers):
        return
    held_against_whole(data, "a.md", wanted, cut_items(data, "a.md", wanted))


@pytest.mark.parametrize("path", sorted(LAYOUTS.glob("*.[mt][dx]*")), ids=lambda path: path.name)
def test_every_layout_is_cut_or_refused(path: Path) -> None:
    data = path.read_bytes()
    numbers = [item.number for item in minutes_of(data, path.name).items if item.number is not None]
    for wanted in {frozenset(numbers[:1]), frozenset(numbers[-1:]), frozenset(numbers[::2])} - {frozenset(numbers)}:
        cut = cut_items(data, path.name, wanted)
        if cut.data is None:
            assert cut.problem == "immediate-not-cuttable"
            assert path.name in NOT_TOLD_APART
        else:
            held_against_whole(data, path.name, wanted, cut)


def test_nothing_of_other_items_stays_and_notes_go_with_what_refers_to_them() -> None:
    secret = "Ansökan från Vera Vik"
    items = (
        f"## § 1 {secret}\n\nNämnden avslår.[^a]\n\n[^a]: Bara om {secret}.\n\n"
        "## § 2 Lekplats\n\nBeslut\n\nNämnden bygger.[^b] Paragrafen förklaras omedelbart justerad.\n\n"
        f"## § 3 Mer\n\n{secret} igen.[^c]\n\n[^b]: Enligt ritning.\n\n[^c]: Hemligt.\n\n"
    )
    cut = cut_items((KEPT + items + CLOSING).encode(), "a.md", frozenset({2}))
    assert cut.data is not None
    text = cut.data.decode()
    assert "Vera" not in text
    assert "Hemligt" not in text
    assert text.count("Enligt ritning") == 1
    assert text.startswith("# Protokoll från Parknämnden\n\nOmedelbar justering: § 2\n\nTid: 6 maj 2026")
    held_against_whole((KEPT + items + CLOSING).encode(), "a.md", frozenset({2}), cut)


def test_line_ends_stay_as_they_were() -> None:
    data = (KEPT + "## § 1 A\n\nText.\n\n## § 2 B\n\nText.\n\n" + CLOSING).replace("\n", "\r\n").encode()
    cut = cut_items(data, "a.md", frozenset({2}))
    assert cut.data is not None
    assert cut.data.count(b"\n") == cut.data.count(b"\r\n") > 10


def test_the_whole_s_proof_of_notice_stays_with_the_whole() -> None:
    notice = "\n## Anslagsbevis\n\nParagrafer: 1–2\nAnslaget sätts upp: 2026-05-20\n"
    data = (KEPT + "## § 1 A\n\nText.\n\n## § 2 B\n\nText.\n\n" + CLOSING + notice).encode()
    cut = cut_items(data, "a.md", frozenset({2}))
    assert cut.data is not None
    assert b"Anslag" not in cut.data
    assert b"Bo Lund" in cut.data


@pytest.mark.parametrize(
    ("items", "wanted"),
    [
        ("## § 1 A\n\nText.\n\n", {2}),
        ("## § 1 A\n\nText.\n\n## § 1 B\n\nText.\n\n", {1}),
        ("## A\n\nText.\n\n", {1}),
    ],
)
def test_items_that_are_not_there_once_are_refused(items: str, wanted: set[int]) -> None:
    cut = cut_items((KEPT + items + CLOSING).encode(), "a.md", frozenset(wanted))
    assert cut == Cut(None, "immediate-no-such-item")


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"%PDF-1.7", b"PK\x03\x04broken"])
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    assert cut_items(data, "a.md", frozenset({1})).data is None


@given(st.sets(st.integers(1, 60), min_size=1, max_size=20))
def test_numbers_are_written_as_they_are_read(numbers: set[int]) -> None:
    written = written_items(numbers)
    read = {n for span in read_ranges(written, signed=False) for n in range(span.first, span.last + 1)}
    assert read == numbers
    assert written.startswith("§§" if len(numbers) > 1 else "§ ")


def codes(text: str) -> set[str]:
    return {finding.code for finding in read_draft(text.encode(), "a.md").findings}


def test_numbers_left_out_are_no_fault_where_items_are_adjusted_at_once() -> None:
    items = "## § 12 A\n\nText. Paragrafen justeras omedelbart.\n\n## § 14 B\n\nText. Omedelbart justerad.\n\n"
    head = KEPT.replace("\n\nTid", "\n\nOmedelbar justering: §§ 12, 14\n\nTid", 1)
    assert "item-number-gap" in codes(KEPT + items + CLOSING)
    assert not codes(head + items + CLOSING) & {"item-number-gap", "immediate-not-said"}
    assert "immediate-not-said" in codes(head + items.replace("Omedelbart justerad.", "") + CLOSING)


def test_minutes_that_only_name_what_was_adjusted_at_once_are_of_the_whole_meeting() -> None:
    items = "## § 12 A\n\nText.\n\n## § 14 B\n\nText.\n\n"
    head = KEPT.replace("\n\nTid", "\n\nOmedelbar justering: § 12\n\nTid", 1)
    assert "item-number-gap" in codes(head + items + CLOSING)
    assert "immediate-not-said" not in codes(head + items + CLOSING)
