"""What the documentation says of offices and acts is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from signflow.rounds.access import Act, Grant, Office, Person, may, read_grants

TABLE = Path(__file__).parents[2] / "docs" / "access.md"


def test_the_table_of_offices_and_acts_is_that_of_the_code() -> None:
    text = TABLE.read_text("utf-8")
    head = re.search(r"^\| Act \| What it is \| (.*) \|$", text, re.MULTILINE)
    assert head
    offices = [Office(name) for name in head[1].split(" | ")]
    assert set(offices) == set(Office)
    told = {
        Act(act): [cell.strip() for cell in cells.split("|")]
        for act, cells in re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| (.*) \|$", text, re.MULTILINE)
        if act in set(Act)
    }
    assert list(told) == list(Act)
    for act, cells in told.items():
        allowed = [may(Person("", "", frozenset({Grant(office)})), act) for office in offices]
        assert cells == ["yes" if one else "–" for one in allowed], act


def test_every_name_of_an_office_that_is_told_is_one() -> None:
    section = TABLE.read_text("utf-8").partition("## Where offices come from")[2].partition("##")[0]
    names = set(re.findall(r"`([a-zåäö]+)`", section)) - {"roles"}
    assert len(names) > 8
    for name in names:
        person = Person("", "", read_grants((name,)))
        assert any(may(person, act) for act in Act), name
