"""The search as such: words and their inflections, passages and marks, and the order of what is found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from archive_minutes import made_up_minutes
from hypothesis import given, settings
from hypothesis import strategies as st

from signflow.archive.description import Description
from signflow.archive.index import ArchiveIndex
from signflow.archive.index_rows import DocumentEntry
from signflow.archive.package import ArchivedItem
from signflow.archive.passages import marked, passage_of
from signflow.archive.query import read_query
from signflow.archive.search import Search
from signflow.archive.words import fold, plain, stems_in, words_in

GROUPS = """skola skolan skolor skolorna skolans skolornas
fråga frågan frågor frågorna
förskola förskolan förskolor förskolornas
beslut beslutet besluten beslutets besluta beslutar beslutade
ärende ärendet ärenden ärendena ärendets
avtal avtalet avtalen avtalets
nämnd nämnden nämnder nämnderna nämndens
detaljplan detaljplanen detaljplaner detaljplanens detaljplanerna
kommun kommunen kommuner kommunernas
kommunal kommunala kommunalt
protokoll protokollet protokollen protokollets
ansökan ansökningar ansökningarna
område områden området områdena
ledamot ledamoten ledamöter ledamöterna
yrkande yrkandet yrkanden yrkandena
miljö miljön miljöer miljöns
taxa taxan taxor taxorna
kommitté kommittén kommittéer
ombudsman ombudsmannen
firma firman
budget budgeten budgetens""".splitlines()


@pytest.mark.parametrize("group", GROUPS)
def test_inflections_are_one_word(group: str) -> None:
    assert len(set(stems_in(group.upper()) + stems_in(group))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("ås", "as"), ("får", "för"), ("väg", "vag"), ("§ 12", "12"), ("2024/12", "2024/123")],
)
def test_other_words_are_others(one: str, other: str) -> None:
    assert stems_in(one) != stems_in(other)


def test_letters_and_numbers_in_all_their_spellings() -> None:
    assert stems_in("Édith Zoë Müller Sjøholm Kærsgård") == ["edith", "zoe", "mull", "sjöholm", "kärsgård"]
    assert stems_in("§ 45 §45 §§ 45, 45 §") == ["§45"] * 4
    assert stems_in("KS 2024/00123 KS 2024:123 KS-2024-123 24/7") == ["ks", "2024/123"] * 3 + ["24/7"]
    assert stems_in("2024-01-16 kl. 13:15") == ["2024-01-16", "kl", "13", "15"]


@given(st.text(max_size=80))
def test_words_lie_in_the_text_one_after_the_other(text: str) -> None:
    text = plain(text)
    at = 0
    for word in words_in(text):
        assert at <= word.begin < word.end <= len(text)
        assert word.stem
        assert not set(word.stem) & set(' ":*')
        at = word.end


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=120))
def test_any_query_is_read(typed: str) -> None:
    query = read_query(typed)
    for term in (*query.wanted, *query.unwanted):
        assert term.stems


@cache
def minutes() -> tuple[Description, ...]:
    return tuple(made_up_minutes(12, seed=5, items=4, words=30))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveIndex]:
    entries = [DocumentEntry(one, 1, one.document_id) for one in minutes()]
    made = ArchiveIndex(tmp_path_factory.mktemp("search") / "index.db", lambda: entries)
    yield made
    made.close()


@cache
def inflections() -> dict[str, list[str]]:
    """All words of all items, and those of the groups, by their stem."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    said = [f"{item.number} {item.title} {item.text}" for one in minutes() for item in one.items]
    for text in (*said, *GROUPS):
        for word in words_in(plain(text)):
            found[word.stem].add(plain(text)[word.begin : word.end])
    return {stem: sorted(spelled) for stem, spelled in found.items()}


@given(st.data())
@settings(max_examples=150)
def test_every_word_of_every_item_finds_it_in_any_inflection(index: ArchiveIndex, data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(minutes()))
    item = data.draw(st.sampled_from(one.items))
    text = plain(f"{item.number} {item.title} {item.text}")
    word = data.draw(st.sampled_from(list(words_in(text))))
    typed = data.draw(st.sampled_from(inflections()[word.stem]))
    typed = data.draw(st.sampled_from([typed, typed.upper(), typed.lower()]))
    result = index.find(Search(typed), 1000)
    assert not result.more
    assert one.document_id in {hit.document_id for hit in result.hits}, typed
    only = index.find(Search(typed, since=one.date, until=one.date, body=one.body), 1000)
    assert one.document_id in {hit.document_id for hit in only.hits}


@given(st.data())
@settings(max_examples=100)
def test_what_is_marked_is_what_was_looked_for_and_every_hit_shows_it(index: ArchiveIndex, data: st.DataObject) -> None:
    stems = data.draw(st.lists(st.sampled_from(sorted(inflections())), min_size=1, max_size=3))
    words = [data.draw(st.sampled_from(inflections()[stem])) for stem in stems]
    for hit in index.find(Search(" ".join(words))).hits:
        assert hit.item
        pieces = [*hit.passage, *hit.item.heading, *(piece for item in hit.also for piece in item.heading)]
        for piece in pieces:
            if piece.marked:
                assert set(stems_in(piece.text)) <= set(stems)
            else:
                # a word between two cuts is no other word than in the whole text; single digits of `§ 4` are
                assert not set(stems_in(piece.text)) & {stem for stem in stems if stem.isalpha()}


@given(st.text(max_size=400), st.data())
def test_pieces_are_the_text(text: str, data: st.DataObject) -> None:
    text = plain(text)
    stems = sorted({word.stem for word in words_in(text)})
    looked = [[(stem,)] for stem in data.draw(st.lists(st.sampled_from(stems), max_size=3))] if stems else []
    assert "".join(piece.text for piece in marked(text, looked)) == text
    passage = passage_of(text, looked)
    shown = "".join(piece.text for piece in passage).removeprefix("… ").removesuffix(" …")
    assert shown in text
    if looked:
        assert any(piece.marked for piece in passage) or len(text) > 200


def test_a_long_text_is_cut_at_the_passage_with_most_of_the_words() -> None:
    text = (
        f"Bygglov söktes. {'Ord och mer ord. ' * 60}Nämnden beviljar bygglovet för förskolan. {'Ännu fler ord. ' * 60}"
    )
    pieces = passage_of(text, [[("bygglov",)], [("förskol",)]])
    assert [piece.text for piece in pieces if piece.marked] == ["bygglovet", "förskolan"]
    assert (pieces[0].text, pieces[-1].text) == ("… ", " …")
    assert len("".join(piece.text for piece in pieces)) < 320


def test_an_item_is_found_through_its_document_and_never_by_the_document_alone(tmp_path: Path) -> None:
    items = tuple(ArchivedItem(f"§ {n}", f"Ärende {n}", f"§ {n} Ärende {n} Text om sak {n}.", ()) for n in range(1, 9))
    said = Description(
        "a", "Protokoll", "Kommunstyrelsen i Åsby", "protocol", "sv", "2024-03-05", ("Bo Ek",), items, ""
    )
    index = ArchiveIndex(tmp_path / "index.db", lambda: [DocumentEntry(said, 1, "a")])
    (hit,) = index.find(Search("kommunstyrelsen")).hits
    assert hit.item
    assert (hit.item.position, hit.also) == (0, ())
    (hit,) = index.find(Search("kommunstyrelsen 2024 § 7")).hits
    assert hit.item
    assert (hit.item.position, hit.item.label) == (7, "§ 7")
    (hit,) = index.find(Search("ärende")).hits
    assert len(hit.also) == 3
    index.close()


def test_what_is_very_common_is_said_to_be_more(tmp_path: Path) -> None:
    texts = [ArchivedItem(f"§ {n}", "Sak", "Vatten", ()) for n in range(1, 51)]
    entries = [
        DocumentEntry(
            Description(f"d{n}", "Möte", "Nämnden", "notes", "sv", f"2024-01-{n:02}", (), tuple(texts), ""), 1, f"d{n}"
        )
        for n in range(1, 13)
    ]
    titled = Description("old", "Vatten", "Nämnden", "notes", "sv", "1999-01-01", (), (), "")
    index = ArchiveIndex(tmp_path / "index.db", lambda: [*entries, DocumentEntry(titled, 1, "old")])
    result = index.find(Search("vatten"))
    assert result.more
    assert (result.bodies, result.years) == ((), ())
    assert result.hits[0].document_id == "old"  # its title says so, though it is the oldest
    assert not index.find(Search("vatten", since="2024-01-03", until="2024-01-05")).more
    index.close()


@pytest.mark.parametrize(
    ("text", "decisions", "shown"),
    [
        (
            "§ 1 Park Beslut Lekplatser i tätorten Bilaga 2",
            ("Lekplatser i tätorten",),
            "Beslut|Lekplatser i tätorten|Bilaga 2",
        ),
        ("§ 1 Park Vi såg. Beslut Ja Ja", ("Ja", "Ja"), "Vi såg. Beslut|Ja|Ja"),
        ("§ 1\nPark\nVi såg.\nBeslut\nVi", ("Vi",), "Vi såg.|Beslut|Vi"),
        ("§ 1 Park Vi såg.", ("Ja",), "Vi såg.|Ja"),
        ("§ 1 Park", (), ""),
    ],
)
def test_paragraphs_stay_apart(tmp_path: Path, text: str, decisions: tuple[str, ...], shown: str) -> None:
    items = (ArchivedItem("§ 1", "Park", text, decisions),)
    said = Description("a", "Protokoll", "Nämnden", "protocol", "sv", "2024-03-05", (), items, "")
    index = ArchiveIndex(tmp_path / "index.db", lambda: [DocumentEntry(said, 1, "a")])
    (hit,) = index.find(Search("park")).hits
    index.close()
    assert "".join(piece.text for piece in hit.passage).replace("\n", "|") == shown
