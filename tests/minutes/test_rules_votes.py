"""Votes in the ways people write them: read right, and remarked on when they contradict themselves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_drafts import MEMBERS, codes, findings, line_of, protocol

from signflow.minutes import read_draft
from signflow.minutes.rules.votes import Choice, read_ballots, read_tallies

WORDS = ["noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"]


def tallies(item: str) -> list[tuple[int, int, int, int | None]]:
    minutes = read_draft(protocol(item).encode(), "a.md").minutes
    assert minutes
    return [
        (
            tally.counts[Choice.YES],
            tally.counts[Choice.NO],
            tally.counts.get(Choice.ABSTAIN, 0),
            tally.total,
        )
        for tally in read_tallies(minutes.items[0])
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Omröstningen gav 12 ja-röster och 9 nej-röster.", (12, 9, 0, None)),
        ("Med 12 ja-röster mot 9 nej-röster och 1 som avstår bifalls förslaget.", (12, 9, 1, None)),
        ("Ja: 12  Nej: 9  Avstår: 1", (12, 9, 1, None)),
        ("Ja 12, Nej 9, Avstår 1", (12, 9, 1, None)),
        ("Ja-röster: 12. Nej-röster: 9.", (12, 9, 0, None)),
        ("Tolv röstar ja, nio röstar nej och en avstår.", (12, 9, 1, None)),
        ("12 ledamöter röstade ja och 9 ledamöter röstade nej. Totalt 21 röster.", (12, 9, 0, 21)),
        ("Ja: 12\n\nNej: 9\n\nAvstår: 1", (12, 9, 1, None)),
        ("- Ja: 12\n- Nej: 9", (12, 9, 0, None)),
        ("Resultatet blir 12 ja, 9 nej och 2 nedlagda röster.", (12, 9, 2, None)),
        ("There were 12 ayes, 9 noes and 2 abstentions.", (12, 9, 2, None)),
        ("12 voted for, 9 voted against and 1 abstained.", (12, 9, 1, None)),
        ("For: 12. Against: 9. Abstentions: 1.", (12, 9, 1, None)),
        ("Beslutet fattas med 12 röster mot 9.", (12, 9, 0, None)),
        ("Med röstsiffrorna 12–9 bifalls förslaget.", (12, 9, 0, None)),
        ("The motion was carried by 12 votes to 9.", (12, 9, 0, None)),
        ("Av 22 röstande röstar 12 ja och 9 nej.", (12, 9, 0, 22)),
        ("Sammanlagt avgavs 21 röster: 12 ja och 9 nej.", (12, 9, 0, None)),
    ],
)
def test_figures_are_read_however_they_are_written(text: str, expected: tuple[int, int, int, int | None]) -> None:
    found = tallies(text)
    assert [one[:3] for one in found] == [expected[:3]]
    assert found[0][3] in {expected[3], 21}


@pytest.mark.parametrize(
    "text",
    [
        "Nämnden fick 12 ja till inbjudan.",
        "Parken har 12 bänkar för barn och 9 för vuxna.",
        "Nej, sade Olof. Ja, sade Vera.",
        "Enligt 4 kap. 12 § röstar nämnden öppet.",
        "Svaret är ja på § 12 och nej på § 9.",
    ],
)
def test_other_figures_are_no_votes(text: str) -> None:
    assert tallies(text) == []


@settings(deadline=None, max_examples=60)
@given(
    counts=st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 5)),
    total=st.integers(0, 30),
    form=st.integers(0, 2),
)
def test_a_total_is_remarked_on_just_when_it_is_wrong(counts: tuple[int, int, int], total: int, form: int) -> None:
    ayes, noes, abstaining = counts
    figures = [WORDS[count] if form == 1 else str(count) for count in counts]
    text = [
        "{} röstar ja, {} röstar nej och {} avstår; {total} röster avgavs.",
        "Utfallet: {} röstar ja, {} röstar nej och {} avstår; {total} röster avgavs.",
        "Ja: {}. Nej: {}. Avstår: {}. Summa: {total}.",
    ][form].format(*figures, total=total)
    right = total in {ayes + noes, ayes + noes + abstaining}
    draft = protocol(f"Yrkanden: Inga\n\n{text}\n\nBeslut: Att bygga.")
    wrong = [one for one in findings(draft) if one.code == "vote-total-mismatch"]
    assert [one.line for one in wrong] == ([] if right else [line_of(draft, text)])
    assert ("vote-more-than-present" in codes(draft)) == (ayes + noes + abstaining > len(MEMBERS))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["Ja", "Nej", "Avstår", ""]), min_size=5, max_size=5), st.integers(-1, 1))
def test_a_table_is_counted(choices: list[str], off: int) -> None:
    columns = ["Ja", "Nej", "Avstår"]
    rows = "\n".join(
        f"| {name} | " + " | ".join("X" if choice == column else " " for column in columns) + " |"
        for name, choice in zip(MEMBERS, choices, strict=True)
    )
    sums = [choices.count(column) for column in columns]
    sums[0] = max(sums[0] + off, 0)
    table = f"| Namn | Ja | Nej | Avstår |\n|---|---|---|---|\n{rows}\n| Summa | {' | '.join(map(str, sums))} |"
    draft = protocol(f"Yrkanden: Inga\n\nOmröstning\n\n{table}\n\nBeslut: Att bygga.")
    is_wrong = sums[0] != choices.count("Ja")
    wrong = [one for one in findings(draft) if one.code.startswith("vote")]
    assert [(one.code, one.line) for one in wrong] == (
        [("vote-total-mismatch", line_of(draft, "| Summa"))] if is_wrong else []
    )


@settings(deadline=None, max_examples=60)
@given(st.lists(st.booleans(), min_size=5, max_size=5), st.integers(0, 5))
def test_names_are_counted_against_figures(votes: list[bool], stated: int) -> None:
    for_it = [name for name, vote in zip(MEMBERS, votes, strict=True) if vote]
    against = [name for name, vote in zip(MEMBERS, votes, strict=True) if not vote]
    lists = "\n\n".join(f"{label}: {', '.join(names)}" for label, names in (("Ja", for_it), ("Nej", against)) if names)
    text = f"Utfallet blev {stated} ja-röster och {5 - stated} nej-röster."
    draft = protocol(f"Yrkanden: Inga\n\n{text}\n\n{lists}\n\nBeslut: Att bygga.")
    wrong = [one.line for one in findings(draft) if one.code == "vote-total-mismatch"]
    assert wrong == ([] if stated == len(for_it) else [line_of(draft, text)])


def test_a_table_may_show_figures_by_party_and_a_vote_may_stand_in_a_column() -> None:
    by_party = "| Parti | Ja | Nej |\n|---|---|---|\n| S | 2 | 0 |\n| M | 1 | 2 |\n| Totalt | 3 | 2 |"
    assert codes(protocol(f"Yrkanden: Inga\n\n{by_party}\n\nBeslut: Att bygga.")) == []
    in_column = "| Ledamot | Röst |\n|---|---|\n" + "\n".join(f"| {name} | Ja |" for name in MEMBERS)
    minutes = read_draft(protocol(in_column).encode(), "a.md").minutes
    assert minutes
    assert [ballot.counts[Choice.YES] for ballot in read_ballots(minutes.items[0])] == [5]


def test_two_votes_in_one_item_may_differ() -> None:
    text = """Yrkanden: Inga

Vid den första voteringen avges 3 ja-röster och 2 nej-röster.

Vid huvudvoteringen avges 4 ja-röster och 1 nej-röst.

Beslut: Nämnden beslutar med 4 röster mot 1 att bygga."""
    assert codes(protocol(text)) == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Votering begärs och genomförs.", True),
        ("Omröstning verkställdes.", True),
        ("Olof Krans (M) begär votering.", True),
        ("Ingen votering begärdes.", False),
        ("Votering begärs. Begäran återtas.", False),
        ("Votering begärs. Utfallet framgår av bilaga 2.", False),
        ("Votering begärs. Samtliga röstar för förslaget enhälligt.", False),
        ("Votering begärs. Med 3 röster mot 2 bifalls förslaget.", False),
        ("Folkomröstningen hölls 2003.", False),
    ],
)
def test_a_vote_has_an_outcome(text: str, *, is_found: bool) -> None:
    draft = protocol(f"Yrkanden: Inga\n\n{text}\n\nBeslut: Att bygga.")
    lines = [one.line for one in findings(draft) if one.code == "vote-without-result"]
    assert lines == ([line_of(draft, text)] if is_found else [])


@pytest.mark.parametrize(
    ("meaning", "decision", "is_found"),
    [
        ("Ja-röst innebär bifall till motionen, nej-röst innebär avslag på motionen.", "att avslå motionen.", True),
        ("Ja-röst innebär bifall till motionen, nej-röst innebär avslag på motionen.", "att bifalla motionen.", False),
        ("Ja-röst innebär avslag på motionen, nej-röst bifall till motionen.", "att avslå motionen.", False),
        ("Ja-röst innebär bifall till utskottets förslag, nej-röst avslag.", "att avslå motionen.", False),
        ("An aye is to approve the plan, a no is to reject the plan.", "To reject the plan.", True),
    ],
)
def test_the_majority_wins(meaning: str, decision: str, *, is_found: bool) -> None:
    draft = protocol(f"Yrkanden: Inga\n\n{meaning}\n\nDet blir 3 ja-röster och 2 nej-röster.\n\nBeslut: {decision}")
    assert ("vote-result-contradicts" in codes(draft)) == is_found


def test_notes_may_weigh_votes_and_leave_outcomes_out() -> None:
    draft = protocol("Votering begärs.\n\nBeslut: Att bygga.").replace("Protokoll för", "Minnesanteckningar från")
    assert codes(draft.replace("Vid protokollet", "Vid anteckningarna")) == []
