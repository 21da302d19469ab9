"""`signflow trust …`: lists brought on a stick, shown, and believed by `signflow verify`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from command_line import CommandLine
from cryptography.hazmat.primitives.serialization import Encoding
from signing_lists import TSA, Lists, Published, State, Told, signer
from signing_paper import build_tagged_pdf
from signing_strangers import Stranger, answer, certify, make_key

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
DAY = dt.timedelta(days=1)


@pytest.fixture
def cli(cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    signers = tmp_path / "signers.pem"
    signers.write_bytes(signer("Kommissionen").certificate.public_bytes(Encoding.PEM))
    monkeypatch.setenv("SIGNFLOW_TRUSTED_LISTS", '["SE"]')
    monkeypatch.setenv("SIGNFLOW_TRUSTED_LISTS_SIGNERS", str(signers))
    return cli


def brought(folder: Path, *services: Told, number: int = 7, ends_at: dt.datetime = NOW + 90 * DAY) -> Path:
    lists = Lists(sequence=300 + number, issued_at=NOW - DAY, next_update_at=NOW + 90 * DAY)
    state = State(services, sequence=number, issued_at=NOW - DAY, next_update_at=ends_at)
    return Published.of(lists, state).save(folder)


def test_lists_are_taken_in_and_shown(cli: CommandLine, tmp_path: Path) -> None:
    before = cli("trust", "show", "--language", "en")
    assert (before.code, "data" in before.err) == (2, True)
    cli.data.mkdir()
    assert "There are no trusted lists here yet." in cli("trust", "show", "--language", "en").out
    told = Told(signer("Utfärdaren").der)
    done = cli("trust", "update", "--from", brought(tmp_path / "stick", told), "--language", "en")
    assert done.code == 0, done.err
    assert "Trusted list SE: number 7" in done.out
    shown = cli("trust", "show", "--language", "en")
    assert [word in shown.out for word in ("EU list of lists", "307", "SE", "current")] == [True] * 4
    (listed,) = cli("trust", "show", "--json").json["territories"]
    assert (listed["providers"], listed["believed"], listed["edition"]["stale"]) == (1, True, False)
    assert [one["kind"] for one in listed["services"]] == ["CA/QC"]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_is_stale_or_refused_is_said(cli: CommandLine, tmp_path: Path, language: str) -> None:
    late = cli("trust", "update", "--from", brought(tmp_path / "a", ends_at=NOW - DAY / 2), "--language", language)
    assert late.code == 0
    assert ("försenad" if language == "sv" else "overdue") in late.out
    assert cli("trust", "show", "--json").json["territories"][0]["edition"]["stale"] is True
    stick = brought(tmp_path / "b", number=6)
    (stick / "eu-lotl.xml").write_bytes((tmp_path / "a" / "eu-lotl.xml").read_bytes())
    refused = cli("trust", "update", "--from", stick, "--language", language)
    assert refused.code == 1
    assert ("äldre än nummer 7" if language == "sv" else "older than number 7") in refused.out
    (_, state) = cli("trust", "update", "--from", stick, "--json").json
    assert (state["outcome"], state["error"]["code"], state["edition"]["sequence"]) == (
        "failed",
        "trusted-list-older",
        7,
    )


def test_without_a_territory_there_is_nothing_to_do(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIGNFLOW_TRUSTED_LISTS")
    for command in ("update", "show"):
        cli.data.mkdir(exist_ok=True)
        assert cli("trust", command, "--json").json["error"]["code"] == "trusted-lists-unset"


def test_verify_believes_whom_the_list_names_and_says_so(cli: CommandLine, tmp_path: Path) -> None:
    stranger = Stranger.open(NOW)
    responder = certify("Svarande", make_key(), stranger.root, NOW, use="ocsp")
    pdf = tmp_path / "strange.pdf"
    pdf.write_bytes(stranger.sign(build_tagged_pdf("Främmande"), embed_validation_info=False))
    assert answer(stranger.signatory, stranger.root, responder, NOW)
    assert cli("verify", pdf, "--json").json["signatures"][0]["path"]["anchor"] is None
    services = (Told(stranger.root.der), Told(stranger.tsa.der, kind=TSA))
    assert cli("trust", "update", "--from", brought(tmp_path / "stick", *services)).code == 0
    signature = cli("verify", pdf, "--json").json["signatures"][0]
    stamp = signature["timestamp"]
    assert (stamp["indication"], stamp["path"]["listed"]["kind"]) == ("TOTAL-PASSED", "TSA/QTST")
    assert signature["path"]["anchor"] == "trusted-list"
    assert signature["path"]["listed"]["territory"] == "SE"
    said = cli("verify", pdf, "--language", "en").out
    assert "Qualified timestamp according to the trusted list of SE: Leverantören AB." in said


@pytest.mark.parametrize(
    ("language", "words"), [("sv", "för SE skulle ha förnyats senast"), ("en", "of SE was due to be renewed by")]
)
def test_verify_says_that_a_list_should_have_been_renewed(
    cli: CommandLine, tmp_path: Path, language: str, words: str
) -> None:
    stranger = Stranger.open(NOW)
    pdf = tmp_path / "strange.pdf"
    pdf.write_bytes(stranger.sign(build_tagged_pdf("Främmande")))
    due = NOW + DAY / 2
    lists = brought(tmp_path / "stick", Told(stranger.tsa.der, kind=TSA), ends_at=due)
    assert cli("trust", "update", "--from", lists).code == 0
    for at, late in ((due - DAY / 4, False), (due, True)):
        said = " ".join(
            cli("verify", pdf, "--at", at.strftime("%Y-%m-%d %H:%M:%S"), "--language", language).out.split()
        )
        assert (words in said) is late


def test_a_list_of_lists_that_fails_is_named_and_the_exit_code_says_whether_to_try_later(
    cli: CommandLine, tmp_path: Path
) -> None:
    assert cli("trust", "update", "--from", brought(tmp_path / "a")).code == 0
    older = cli("trust", "update", "--from", brought(tmp_path / "b", number=6), "--language", "en")
    assert older.code == 1
    assert "EU list of lists: It is number 306, older than number 307" in " ".join(older.out.split())
    assert "The issue from before remains" in older.out
    away = cli("trust", "update", "--from", tmp_path / "nowhere", "--json")
    assert (away.code, [one["error"]["code"] for one in away.json]) == (3, ["trusted-list-away"])
