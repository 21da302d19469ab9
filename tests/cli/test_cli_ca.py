"""`signflow ca …` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import CommandLine
from cryptography import x509

WORDS = "fem slumpade ord på papper"


@pytest.fixture
def words(tmp_path: Path) -> Path:
    file = tmp_path / "words"
    file.write_text(WORDS + "\n")
    file.chmod(0o600)
    return file


def rows(cli: CommandLine) -> dict[str, dict[str, object]]:
    return {one["label"]: one for one in json.loads(cli("ca", "show", "--json").out)}


def test_a_ceremony_from_beginning_to_end(cli: CommandLine, tmp_path: Path, words: Path) -> None:
    stick, brought = tmp_path / "stick", ("--root-key", tmp_path / "stick", "--passphrase-file", words)
    made = cli("ca", "init", "--name", "Kommunens rot", "--export-root", stick, "--passphrase-file", words)
    assert (made.code, made.err) == (0, "")
    assert "Lås in dem" in made.out
    shown = rows(cli)
    assert shown["root"]["subject"] == "Kommunens rot"
    assert shown["root"]["place"] == shown["tsa-root"]["place"] == "away"
    assert cli("ca", "init").code == 1

    refused = cli("ca", "rotate", "issuing")
    assert refused.code == 2
    assert "--root-key" in refused.err
    assert cli("ca", "rotate", *brought).code == 0
    assert set(rows(cli)) >= {"issuing-2", "tsa-2", "seal-2", "evidence-2"}
    assert cli("ca", "issue", "seal").code == 0
    assert cli("ca", "crl", *brought, "--output", tmp_path / "lists").code == 0
    assert {file.name for file in (tmp_path / "lists").iterdir()} == {
        "root.crl",
        "issuing.crl",
        "issuing-2.crl",
        "tsa-root.crl",
    }

    revoked = cli("ca", "revoke", "seal-3", "--reason", "keyCompromise")
    assert revoked.code == 0
    attention = cli("ca", "show")
    assert attention.code == 1
    assert "signflow ca rotate seal" in attention.out
    assert cli("ca", "rotate", "seal").code == 0
    assert cli("ca", "show").code == 0


def test_what_only_looks_makes_nothing(cli: CommandLine) -> None:
    assert cli("ca", "show").code == 2
    assert not cli.data.exists()
    cli.data.mkdir()
    said = cli("ca", "show")
    assert said.code == 1
    assert "signflow ca init" in said.err
    assert not (cli.data / "keys" / "authority" / "certificates").exists()


def test_the_passphrase_is_asked_for_and_not_repeated(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typer.prompt", lambda *_args, **_options: WORDS)
    made = cli("ca", "init", "--export-root", tmp_path / "stick")
    assert made.code == 0
    assert WORDS not in made.out + made.err
    assert (tmp_path / "stick" / "root.key.pem").read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_a_root_is_exported_and_then_removed(cli: CommandLine, tmp_path: Path, words: Path) -> None:
    stick = tmp_path / "stick"
    cli("ca", "init")
    assert cli("ca", "remove-root", stick, "--passphrase-file", words).code == 2
    assert cli("ca", "export-root", stick, "--passphrase-file", words).code == 0
    assert rows(cli)["root"]["place"] == "file"
    assert cli("ca", "remove-root", stick, "--passphrase-file", words).code == 0
    assert rows(cli)["root"]["place"] == "away"


def test_a_request_and_an_answer_that_is_none(cli: CommandLine, tmp_path: Path) -> None:
    cli("ca", "init")
    assert cli("ca", "request", "seal", "--output", tmp_path / "seal.csr").code == 0
    request = x509.load_pem_x509_csr((tmp_path / "seal.csr").read_bytes())
    assert request.is_signature_valid
    (tmp_path / "answer.pem").write_text("no certificate")
    answer = cli("ca", "import", "seal", tmp_path / "answer.pem", "--language", "en")
    assert answer.code == 2
    assert "root last" in answer.err


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_table_is_in_the_persons_language(cli: CommandLine, language: str) -> None:
    cli("ca", "init")
    shown = cli("ca", "show", "--language", language)
    assert ("Nyckeln finns" if language == "sv" else "The key is") in shown.out
    assert "Södertörnskommunerna Utfärdande CA" in shown.out
