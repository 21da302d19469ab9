"""`submit`, `status`, `people`, `archive`, `verify`, `reconcile`, beside a house in which documents live."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from command_line import CommandLine

from life import Life
from signflow.cli import service

ANNA, HELENE = "anna@example.org", "helene@example.org"
SIGNATURE_FIELDS = {"signatory", "role", "signed_at", "level", "covers_whole_revision", "changes_since"}


@pytest.fixture
def house(cli: CommandLine) -> Life:
    """A house in the data folder that the command line uses; closed at once where only its files matter."""
    return Life(cli.data)


def test_submit_and_status_before_the_service_runs(cli: CommandLine, sample: bytes, tmp_path: Path) -> None:
    draft = tmp_path / "möte [1].md"
    draft.write_bytes(sample)
    said = cli("submit", draft, "--json")
    assert (said.code, said.json["accepted"]) == (0, True)
    assert len(said.json["digest"]) == 64
    board = cli("status", "--language", "en")
    assert board.code == 0
    assert "möte [1].md has been received" in board.out
    assert cli("status", "--json").json == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_status_speaks_in_words(cli: CommandLine, house: Life, sample: bytes, language: str) -> None:
    with house as life:
        waiting = life.drop(sample.decode().replace("Helene Olofsson", "Ylva Ny"), "annat.md")
        document = life.drop(sample)
        life.sign(ANNA)
        board = cli("status", "--language", language)
        one = cli("status", document.id, "--language", language)
        draft = cli("status", waiting.id, "--language", language)
    words = {
        "sv": ("Underskrift pågår", "Väntar på Helene Olofsson", "Ska skriva under", "Sekreterare", "Utkast"),
        "en": ("Being signed", "Waits for Helene Olofsson", "Is to sign", "Secretary", "Draft"),
    }[language]
    said = board.out + one.out + draft.out
    assert [word for word in words if word not in said] == []
    codes = ("draft-registered", "signature-applied", "send_letters", "invited", "mail-code", "no-such", "open_review")
    assert [code for code in codes if code in board.out + one.out] == []
    assert "signatory-without-address" in draft.out  # the one code that is shown, beside its sentence: docs list it


def test_status_as_json_has_everything(cli: CommandLine, house: Life, sample: bytes) -> None:
    with house as life:
        document = life.drop(sample)
        life.sign(ANNA)
    account = cli("status", document.id, "--json").json
    assert (account["state"], account["round"], account["findings"]) == ("review", 1, [])
    assert [(seat["person"], seat["standing"]) for seat in account["signatories"]] == [
        ("Anna Söderström", "signed"),
        ("Helene Olofsson", "invited"),
    ]
    assert account["history"][0]["kind"] == "draft-registered"
    [line] = cli("status", "--json").json
    assert (line["id"], line["date"]) == (document.id, "2020-01-16")


def test_a_document_that_is_not_there_is_a_fault(cli: CommandLine, house: Life) -> None:
    house.close()
    for arguments in (
        ["status", "nosuch"],
        ["archive", "get", "nosuch", "-o", "x.pdf"],
        ["archive", "check", "nosuch"],
    ):
        said = cli(*arguments)
        assert (said.code, said.out) == (1, ""), arguments
        assert "nosuch" in said.err
    assert cli("status", "nosuch", "--json").json["error"]["code"] == "no-such-document"


def test_archive_and_verify(cli: CommandLine, house: Life, sample: bytes, tmp_path: Path) -> None:
    with house as life:
        document = life.drop(sample)
        life.sign(ANNA)
        life.sign(HELENE)
    assert [hit["document_id"] for hit in cli("archive", "list", "--json").json] == [document.id]
    assert [hit["document_id"] for hit in cli("archive", "find", "varudistribution", "--json").json] == [document.id]
    assert cli("archive", "find", "ord-som-inte-finns", "--json").json == []
    pdf, package = tmp_path / "minutes.pdf", tmp_path / "package"
    assert cli("archive", "get", document.id, "-o", pdf).code == 0
    assert cli("archive", "get", document.id, "-o", package, "--package").code == 0
    assert (package / "METS.xml").exists()
    assert cli("archive", "get", document.id, "-o", package, "--package").code == 1
    assert cli("archive", "check", "--json").json["ok"]
    assert cli("archive", "check").out.startswith("✓")

    report = cli("verify", pdf, "--json")
    assert (report.code, report.json["indication"]) == (0, "TOTAL-PASSED")
    assert [one["signatory"] for one in report.json["signatures"]][:2] == ["Anna Söderström", "Helene Olofsson"]
    assert all(set(one) >= SIGNATURE_FIELDS for one in report.json["signatures"])
    for language, words in {"sv": ("Giltig", "Arkivtidsstämpel"), "en": ("Valid", "Archive timestamp")}.items():
        said = cli("verify", pdf, "--language", language)
        assert [word for word in (*words, "Anna Söderström", "Helene Olofsson") if word not in said.out] == []

    altered = tmp_path / "altered.pdf"
    altered.write_bytes(pdf.read_bytes().replace(b"/Lang", b"/Lang ", 1))
    no_pdf = tmp_path / "no.pdf"
    no_pdf.write_bytes(b"hello")
    several = cli("verify", pdf, altered, no_pdf, "--json")
    assert several.code == 1
    assert several.json[0]["indication"] == "TOTAL-PASSED"
    assert several.json[1]["indication"] != "TOTAL-PASSED"
    assert several.json[2]["indication"] is None
    assert several.json[2]["error"]["code"] == "pdf-unreadable"

    stored = next(cli.data.glob("archive/**/*.pdf"))
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes() + b" ")
    found = cli("archive", "check")
    assert found.code == 1
    assert "Ändrad" in found.out
    assert cli("archive", "check", "--json").json["faults"][0]["kind"] == "altered"


def test_verify_without_our_authority_tells_nothing_of_trust(
    cli: CommandLine, house: Life, sample: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house as life:
        document = life.drop(sample)
        life.sign(ANNA)
        current = life.load(document).round
        assert current is not None
        (tmp_path / "signed.pdf").write_bytes(life.ports.blobs.get(current.current))
        roots = life.ports.trust().roots
    (tmp_path / "root.pem").write_bytes(b"".join(roots))
    monkeypatch.setenv("SIGNFLOW_DATA", str(tmp_path / "elsewhere"))
    alone = cli("verify", tmp_path / "signed.pdf", "--json")
    assert (alone.code, alone.json["indication"]) == (1, "INDETERMINATE")
    assert cli("verify", tmp_path / "signed.pdf", "--trust", tmp_path / "root.pem").code in {0, 1}
    assert cli("verify", tmp_path / "signed.pdf", "--trust", tmp_path / "none.pem").code == 2


def test_people_in_and_out(cli: CommandLine, tmp_path: Path) -> None:
    register = tmp_path / "people.csv"
    register.write_text("name;organisation;e-mail;roles\nÅsa [Ek];Nacka;asa@example.org;adjuster\n", "utf-8")
    assert cli("people", "import", register, "--json").json == {"imported": 1}
    assert cli("people", "list", "--json").json[0]["e-mail"] == "asa@example.org"
    assert "Åsa [Ek]" in cli("people", "list").out
    register.write_text("name;e-mail\nÅsa;not an address\n", "utf-8")
    said = cli("people", "import", register)
    assert (said.code, said.out) == (1, "")


def test_the_register_tells_whose_identity_is_known_and_nothing_of_it(
    cli: CommandLine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    register = tmp_path / "people.csv"
    rows = "Majlis;majlis@example.org;19520730-6886\nÅsa;asa@example.org;\n"
    register.write_text(f"name;e-mail;personnummer\n{rows}", "utf-8")
    told = [cli("people", "import", register)]
    listed = cli("people", "list", "--json")
    assert [(one["name"], one["identifier"]) for one in listed.json] == [("Majlis", True), ("Åsa", False)]
    told += [listed, cli("people", "list")]
    assert "finns" in told[-1].out
    register.write_text("name;e-mail;personnummer\nMajlis;majlis@example.org;520730-6886\n", "utf-8")
    told.append(cli("people", "import", register))
    assert [one.code for one in told] == [0, 0, 0, 1]
    register.unlink()
    assert not any("6886" in one.out + one.err for one in told)
    assert "6886" not in caplog.text
    kept = [file.read_bytes().replace(b"-", b"") for file in cli.data.rglob("*") if file.is_file()]
    assert kept
    assert not any(b"5207306886" in data for data in kept)


def test_reconcile_counts_and_agrees(cli: CommandLine, house: Life, sample: bytes) -> None:
    with house as life:
        life.drop(sample)
    found = cli("reconcile", "--json")
    assert (found.code, found.json["documents"], found.json["faults"]) == (0, 1, [])
    assert "Allt stämmer" in cli("reconcile").out


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("SIGNFLOW_NO_SUCH", "1", "setting-unknown"), ("SIGNFLOW_PORT", "many", "setting-invalid")],
)
def test_settings_that_cannot_be_used(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: str
) -> None:
    monkeypatch.setenv(name, value)
    said = cli("status", "--json", "--language", "en")
    assert (said.code, said.json["error"]["code"]) == (2, code)
    assert "setting" in said.err


def test_a_defect_is_one_sentence_and_shows_itself_when_asked(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(service.Session, "require_data", broken)
    said = cli("status", "--language", "en")
    assert (said.code, said.out) == (3, "")
    assert "ZeroDivisionError" in said.err
    assert "planted" not in said.err
    assert json.loads(cli("status", "--json").out)["error"]["code"] == "defect"
    with pytest.raises(ZeroDivisionError):
        cli("--debug", "status")
