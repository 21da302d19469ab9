"""`signflow token …`: shown once, kept as a digest, listed without it, void when revoked."""

from __future__ import annotations

import re

import pytest
from command_line import CommandLine

from life import Life
from signflow.rounds.access import Act, Grant, Office, may
from signflow.rounds.tokens import Scope
from signflow.steps.tokens import bearer

MAKE = ("token", "create", "--name", "Diariet", "--scope", "documents:read", "--scope", "archive:read")


def test_a_token_is_shown_once_and_kept_as_its_digest(cli: CommandLine) -> None:
    with Life(cli.data) as life:
        made = cli(*MAKE, "--body", "Miljönämnden", "--days", "7", "--json").json
        token = made["token"]
        assert re.fullmatch(r"sf_[\w-]{43}", token)
        person = bearer(life.ports, token)
        assert person is not None
        assert person.name == "API: Diariet"
        assert person.grants == {Grant(Office.SECRETARY, "Miljönämnden")}
        assert may(person, Act.SEE_DESK)
        assert not may(person, Act.CHANGE)
        (kept,) = life.ports.tokens.all()
        assert (kept.expires_at - kept.created_at).days == 7
        assert kept.scopes == {Scope.READ_DOCUMENTS, Scope.READ_ARCHIVE}
        files = [file for file in cli.data.rglob("*") if file.is_file()]
        assert not [file for file in files if token[3:].encode() in file.read_bytes()]
        listed = cli("token", "list", "--json")
        assert listed.json[0]["name"] == "Diariet"
        assert listed.json[0]["last_used_at"]
        assert token[3:] not in listed.out


def test_a_revoked_token_is_void_and_its_name_is_used_up(cli: CommandLine) -> None:
    with Life(cli.data) as life:
        token = cli(*MAKE, "--json").json["token"]
        assert cli("token", "revoke", "Diariet").code == 0
        assert bearer(life.ports, token) is None
        assert cli("token", "revoke", "Diariet", "--json").json["error"]["code"] == "token-unknown"
        assert cli(*MAKE, "--json").json["error"]["code"] == "token-name-taken"
        assert cli("token", "list", "--json").json[0]["state"] == "revoked"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 61])
def test_what_is_no_name_is_refused(cli: CommandLine, name: str) -> None:
    Life(cli.data).close()
    said = cli("token", "create", "--name", name, "--scope", "documents:read", "--json")
    assert said.json["error"]["code"] == "token-name-invalid"


def test_people_read_it_in_their_language(cli: CommandLine) -> None:
    Life(cli.data).close()
    assert "Nyckeln åt Diariet är gjord" in cli(*MAKE, "--language", "sv").out
    assert "Diariet" in cli("token", "list", "--language", "en").out
    assert cli("token", "create", "--name", "x", "--scope", "all").code == 2
