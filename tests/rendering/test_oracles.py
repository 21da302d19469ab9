from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from drawn_minutes import NAMES, drawn, in_order, paragraph, whole, words_of

from judges import PROFILES, judged_by_verapdf, tool
from signflow.minutes.model import Attendance, Decision, Fact, Item, Minutes, MinutesClass, Person, SignOffEntry
from signflow.texts import LANGUAGES

Render = Callable[..., bytes]


@pytest.fixture(scope="session")
def files(render: Render, tmp_path_factory: pytest.TempPathFactory) -> Mapping[Path, Minutes]:
    """Documents that differ: both classes, both languages, one page to many."""
    folder = tmp_path_factory.mktemp("copies")
    found: dict[Path, Minutes] = {}
    for seed in range(14):
        minutes = drawn(seed, items=(seed * 3) % 11, language=LANGUAGES[seed % 2])
        file = folder / f"{seed}.pdf"
        file.write_bytes(render(minutes))
        found[file] = minutes
    assert {minutes.minutes_class for minutes in found.values()} == set(MinutesClass)
    return found


@pytest.mark.oracle("verapdf")
def test_every_copy_is_what_it_claims(files: Mapping[Path, Minutes]) -> None:
    judged = judged_by_verapdf(list(files))
    assert len(judged) == 2 * len(files)
    assert {profile for _, profile in judged} == PROFILES
    assert {key: rules for key, rules in judged.items() if rules} == {}


@pytest.mark.oracle("qpdf")
def test_every_copy_is_well_formed(files: Mapping[Path, Minutes]) -> None:
    qpdf = tool("qpdf")
    for file in files:
        done = subprocess.run([qpdf, "--check", str(file)], capture_output=True, text=True, check=False)
        assert (done.returncode, "WARNING" in done.stdout + done.stderr) == (0, False), done.stdout + done.stderr


@pytest.mark.oracle("pdftotext")
def test_every_word_stands_in_the_file_in_order(files: Mapping[Path, Minutes]) -> None:
    pdftotext = tool("pdftotext")
    for file, minutes in files.items():
        done = subprocess.run([pdftotext, "-raw", str(file), "-"], capture_output=True, text=True, check=True)
        assert in_order(words_of(minutes), whole(done.stdout).split()) is None, file.name


@pytest.mark.oracle("pdftotext")
@pytest.mark.parametrize("mode", [[], ["-layout"], ["-raw"]])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 1, 3)])
def test_plain_minutes_are_in_order_however_the_page_is_read(
    render: Render, tmp_path: Path, mode: list[str], order: tuple[int, ...]
) -> None:
    pdftotext = tool("pdftotext")
    minutes = plain(order)
    file = tmp_path / "plain.pdf"
    file.write_bytes(render(minutes))
    done = subprocess.run([pdftotext, *mode, str(file), "-"], capture_output=True, text=True, check=True)
    assert in_order(words_of(minutes), whole(done.stdout).split()) is None


def plain(order: tuple[int, ...]) -> Minutes:
    """Minutes as most are: a few facts, lists of people, items with a decision."""
    people = tuple(Person(name, "Södertälje, ordförande", "Södertälje", "ordförande", 1) for name in NAMES[:9])
    text = "De olika förslagen diskuterades samt nyttan av verktyget för olika verksamheter inom våra kommuner. " * 4
    decision = Decision("Beslut", (paragraph("Att uppdra till Magnus att boka ett uppföljningsmöte. " * 3),), 1)
    items = tuple(
        Item(number, f"{number}.", "Samordnad varudistribution", 3, (paragraph(text), decision), 1)
        for number in range(1, 6)
    )
    closing = [("Vid anteckningarna", True), ("Justerat", True), (NAMES[0], False), (NAMES[1], False)]
    base = drawn(2)
    return Minutes(
        minutes_class=MinutesClass.NOTES,
        language="sv",
        title="Minnesanteckningar från Södertörnskommunernas ledningsgrupp, 1",
        title_line=1,
        body="Södertörnskommunernas ledningsgrupp",
        date=base.date,
        start=None,
        end=None,
        place="",
        front=(
            Fact("Tid", paragraph("Torsdagen den 16 januari 2020 kl 15.15-16.00"), 1),
            Fact("Plats", paragraph("Balingsholm, Huddinge, i den stora salen på andra våningen " * 3), 1),
            Attendance("Deltagare", people, absent=False, line=1),
            Attendance("Frånvarande", people[:2], absent=True, line=1),
        ),
        items=items,
        sign_off=tuple(SignOffEntry(*closing[index], None, 1) for index in order),
        signatories=(),
        chair="",
    )
