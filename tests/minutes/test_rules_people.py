"""Names: listed twice, spelled in two ways, acting without being there, taking part though disqualified."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_drafts import MEMBERS, codes, findings, line_of, protocol

from signflow.minutes.rules.names import Roll, names_after, names_before

NAMES = st.from_regex(
    r"[A-ZÅÄÖŠŁ][a-zåäöéüšż]{2,9}( van)? [A-ZÅÄÖŽ][a-zåäöéüšż]{3,10}(-[A-Z][a-z]{2,5})?", fullmatch=True
)
AN_ITEM = "Yrkanden: Inga\n\n{}\n\nBeslut: Att bygga."


@pytest.mark.parametrize(
    ("before", "names"),
    [
        ("Anna Ek (S) ", ["Anna Ek"]),
        ("Ordföranden Anna Ek (S), Bo Alm och Carl-Otto von Dal (M) ", ["Anna Ek", "Bo Alm", "Carl-Otto von Dal"]),
        ("Mot beslutet att bifalla Anna Eks förslag ", []),
        ("Därefter ", []),
        ("Bo Alm tackar. Anna Ek (S), som ", []),
        ("Anna Ek ersätter Bo Alm (M) som ", ["Bo Alm"]),
        ("Jean d'Arcy and Zoë O'Brien ", ["Jean d'Arcy", "Zoë O'Brien"]),
    ],
)
def test_who_stands_before_a_verb(before: str, names: list[str]) -> None:
    assert [name.text for name in names_before(before, len(before))] == names


def test_who_stands_after_a_verb_and_what_follows() -> None:
    names, rest = names_after(" ledamoten", 0)
    assert (names, rest) == ((), " ledamoten")
    names, rest = names_after(" Anna Ek (S), Bo Alm (M) och Li Wei mot beslutet", 0)
    assert [(name.text, name.bracketed) for name in names] == [("Anna Ek", True), ("Bo Alm", True), ("Li Wei", False)]
    assert rest == " mot beslutet"


@settings(deadline=None, max_examples=60)
@given(NAMES, st.data())
def test_a_name_one_letter_off_is_nearly_the_name_and_never_means_it(name: str, data: st.DataObject) -> None:
    roll = Roll([name])
    at = data.draw(st.integers(0, len(name) - 1).filter(lambda at: name[at].isalpha()))
    letter = data.draw(st.sampled_from("abcdefghijklmnoqrtuvwxyzåäö").filter(lambda c: c != name[at].casefold()))
    other = name[:at] + (letter.upper() if name[at].isupper() else letter) + name[at + 1 :]
    assert roll.meant(name) == roll.meant(name + "s") == name
    if roll.meant(other) is None:  # a letter of a middle name or the genitive's
        assert roll.nearly(other) == name


def test_who_is_meant_without_doubt() -> None:
    roll = Roll(["Anna Maria Ek", "Per-Olof Lind", "Siân ap Rhys"])
    assert roll.meant("Anna Ek") == "Anna Maria Ek"
    assert roll.meant("PER-OLOF LIND") == "Per-Olof Lind"
    assert roll.meant("Per-Olof Linds") == "Per-Olof Lind"
    assert roll.meant("Per Olof Lind") is None
    assert roll.nearly("Per Olof Lind") == "Per-Olof Lind"
    assert roll.nearly("Sian ap Rhys") == "Siân ap Rhys"
    assert roll.nearly("Eva Berg") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Vera Dalin (S) yrkar bifall.", "Vera Dalin"),
        ("Ordföranden tackade Samira Nuori för rapporten.", "Samira Nuori"),
        ("Gosta Wikner berättade om träden.", "Gosta Wikner"),
        ("Enligt Tuva Hellbergs förslag; Olof Kranz hade ett eget.", "Olof Kranz"),
    ],
)
def test_a_name_spelled_in_two_ways(text: str, name: str) -> None:
    draft = protocol(AN_ITEM.format(text))
    found = findings(draft)
    assert [(one.code, one.line, one.params["name"]) for one in found] == [
        ("name-misspelled", line_of(draft, text), name)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Vera Dahlin (S) och Olof Krans (M) yrkar bifall.",
        "Därefter yrkar Tuva Hellberg (L) att ärendet återremitteras.",
        "Moderata Samlingspartiet (M) yrkar avslag.",
        "Vänsterpartiet reserverar sig mot beslutet.",
        "Ordföranden yrkar bifall.",
        "Konsulten Eva Berg visade ritningar, som Olof Krans' syster Karin Krans har gjort.",
        "Socialdemokraterna yrkar bifall genom Vera Dahlin.",
        "Kommunstyrelsen föreslår att Parken Södra Dammen byggs om.",
    ],
)
def test_good_sentences_are_not_remarked_on(text: str) -> None:
    assert codes(protocol(AN_ITEM.format(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Karin Strand (S) yrkar bifall.",
        "Mot beslutet reserverar sig Karin Strand (S) skriftligt.",
        "Därefter yrkar Karin Strand avslag.",
        "Vera Dahlin (S) och Karin Strand (S) reserverar sig.",
        "Karin Strand moved that the park be opened.",
        "Karin Strand (S) avstår från att rösta.",
    ],
)
def test_a_stranger_who_acts(text: str) -> None:
    draft = protocol(AN_ITEM.format(text))
    assert [(one.code, one.line, one.params) for one in findings(draft)] == [
        ("person-unknown", line_of(draft, text), {"name": "Karin Strand"})
    ]


JAV = [
    "Olof Krans (M) anmäler jäv.",
    "Olof Krans (M) anmälde jäv och deltog inte i handläggningen.",
    "På grund av jäv deltar inte Olof Krans (M) i ärendet.",
    "Olof Krans (M) deltar inte i handläggningen på grund av jäv.",
    "Jäv: Olof Krans (M)",
    "Jäv\n\nOlof Krans (M)",
    "Tuva Hellberg (L) leder sammanträdet i stället för Olof Krans (M) som är jävig.",
    "Olof Krans declared a conflict of interest.",
    "Conflict of interest: Olof Krans",
    "Olof Krans recused himself.",
]
ACTS = [
    ("Olof Krans (M) yrkar avslag.", "moved"),
    ("Yrkanden\n\nVera Dahlin (S) och Olof Krans (M)", "moved"),
    ("Olof Krans (M) reserverar sig mot beslutet.", "dissented"),
    ("Reservationer: Olof Krans (M), Tuva Hellberg (L)", "dissented"),
    ("Ja: Vera Dahlin (S), Olof Krans (M)\n\nNej: Tuva Hellberg (L)", "voted"),
    ("| Namn | Ja | Nej |\n|---|---|---|\n| Vera Dahlin (S) | X | |\n| Olof Krans (M) | | X |", "voted"),
]


@pytest.mark.parametrize("disqualification", JAV)
@pytest.mark.parametrize(("act", "kind"), ACTS)
def test_who_is_disqualified_takes_no_part(disqualification: str, act: str, kind: str) -> None:
    draft = protocol(f"{disqualification}\n\n{act}\n\nBeslut: Att bygga.")
    found = [one for one in findings(draft) if one.code == "disqualified-took-part"]
    assert [(one.params["name"], one.params["act"]) for one in found] == [("Olof Krans", kind)]
    assert "Olof Krans" in draft.splitlines()[(found[0].line or 0) - 1]


@pytest.mark.parametrize("disqualification", JAV)
def test_who_is_not_disqualified_may_take_part(disqualification: str) -> None:
    others = "Yrkanden\n\nVera Dahlin (S) yrkar bifall.\n\nReservationer\n\nTuva Hellberg (L) reserverar sig."
    assert codes(protocol(f"{disqualification}\n\n{others}\n\nBeslut: Att bygga.")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Nämnden beslutar att Olof Krans (M) inte är jävig.",
        "Nämnden prövar om Olof Krans (M) är jävig och finner att så inte är fallet.",
        "Ingen anmälde jäv.",
        "Jäv: Inga",
        "Jäv: –",
        "Jäv\n\nIngen",
    ],
)
def test_nobody_is_disqualified(text: str) -> None:
    assert codes(protocol(f"{text}\n\nOlof Krans (M) yrkar avslag.\n\nBeslut: Att bygga.")) == []


def test_a_disqualified_stranger_and_notes() -> None:
    text = "Karin Strand (S) anmäler jäv."
    draft = protocol(AN_ITEM.format(text))
    assert [(one.code, one.line) for one in findings(draft)] == [("disqualified-unknown", line_of(draft, text))]
    notes = protocol(AN_ITEM.format("Olof Krans anmäler jäv. Olof Krans yrkar avslag."))
    assert (
        codes(
            notes.replace("Protokoll för", "Minnesanteckningar från").replace("Vid protokollet", "Vid anteckningarna")
        )
        == []
    )


def test_lists_with_one_name_in_two_spellings() -> None:
    members = (f"{MEMBERS[0]}, ordförande", *MEMBERS[1:], "Gosta Wikner (C)", "Disa Bladh, sekreterare")
    draft = protocol(AN_ITEM.format(""), members=members)
    assert [(one.code, one.line) for one in findings(draft)] == [("name-misspelled", line_of(draft, "Gosta Wikner"))]


def test_nobody_present() -> None:
    draft = protocol(AN_ITEM.format("")).replace("Beslutande\n\n", "")
    for line in (*MEMBERS, "Disa Bladh, sekreterare"):
        draft = "\n".join(text for text in draft.split("\n") if not text.startswith(line[:10]) or "Bladh" in text)
    assert "deciding-members-missing" in codes(draft.replace("Disa Bladh, sekreterare\n", ""))
