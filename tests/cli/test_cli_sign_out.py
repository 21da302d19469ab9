"""`signflow people sign-out` ends the sessions of one address, and of no other."""

from __future__ import annotations

import pytest
from command_line import CommandLine

from life import Life
from signflow.rounds.admission import StaffRules, StaffSession, StaffSignIn


def test_all_sessions_of_an_address_are_ended(cli: CommandLine) -> None:
    with Life(cli.data) as life:
        now, rules = life.ports.clock(), StaffRules(sign_in=StaffSignIn.MAIL_CODE)
        for token, address in (
            ("a" * 64, "siv@example.org"),
            ("b" * 64, "siv@example.org"),
            ("c" * 64, "bo@example.org"),
        ):
            life.ports.sessions.begin(token, StaffSession("-", address, rules.sign_in, now, now), rules)
        assert cli("people", "sign-out", "SIV@example.org", "--json").json == {"ended": 2}
        assert [life.ports.sessions.find(token * 64) is None for token in "abc"] == [True, True, False]
        assert cli("people", "sign-out", "siv@example.org", "--json").json == {"ended": 0}


@pytest.mark.parametrize(
    ("language", "words"), [("sv", "Avslutade inloggningar"), ("en", "Sessions of siv@example.org")]
)
def test_it_says_how_many(cli: CommandLine, language: str, words: str) -> None:
    Life(cli.data).close()
    said = cli("people", "sign-out", "siv@example.org", "--language", language)
    assert said.code == 0
    assert words in said.out
