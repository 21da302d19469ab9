"""`signflow verify`, as people and programs use it: what it says in both languages, its reports, and what stands beside a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import CommandLine
from rich.cells import cell_len

from life import Life
from signflow.blobs import digest_of, fingerprint
from signflow.steps.evidence_batches import export_record
from signflow.steps.renew_evidence import renew_evidence

ANNA, HELENE = "anna@example.org", "helene@example.org"


@pytest.fixture
def signed(cli: CommandLine, sample: bytes, tmp_path: Path) -> Path:
    """Minutes from the archive; beside them their evidence record and validation token."""
    with Life(cli.data) as life:
        document = life.drop(sample)
        life.sign(ANNA)
        life.sign(HELENE)
        renew_evidence(life.ports)
        record, _ = export_record(life.ports.archive, document.id)
        (tmp_path / "minutes.ers").write_bytes(record.to_der())
        life.ports.archive.export(document.id, tmp_path / "package")
    token = next((tmp_path / "package").rglob("validation-token.jwt"))
    (tmp_path / "minutes.jwt").write_bytes(token.read_bytes())
    pdf = next((tmp_path / "package").rglob("minutes.pdf")).rename(tmp_path / "minutes.pdf")
    changed = bytearray(pdf.read_bytes())
    changed[2000] ^= 1
    (tmp_path / "changed.pdf").write_bytes(changed)
    return pdf


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "sv",
            (
                "Undertecknat av Anna Söderström och Helene Olofsson. Ingenting har ändrats sedan dess.",
                "med en engångskod som skickades till personens e-postadress.",
                "ingen utomstående intygar den.",
                "kommunens egen utfärdare.",
                "Hela filen, som den då var, fanns",
            ),
        ),
        (
            "en",
            (
                "Signed by Anna Söderström and Helene Olofsson. Nothing has been changed since.",
                "with a one-time code sent to the person's email address.",
                "nobody outside vouches for it.",
                "the municipality's own issuer.",
                "The whole file, as it then was, existed",
            ),
        ),
    ],
)
def test_it_speaks_in_sentences(cli: CommandLine, signed: Path, language: str, sentences: tuple[str, ...]) -> None:
    said = cli("verify", signed, "--language", language)
    assert said.code == 0
    assert [sentence for sentence in sentences if sentence not in said.out] == []
    assert fingerprint(digest_of(signed.read_bytes())) in said.out
    assert "sha256" not in said.out
    all_of_it = cli("verify", signed, "--language", language, "--details")
    assert "sha256_ecdsa" in all_of_it.out
    assert "5. " in all_of_it.out
    assert digest_of(signed.read_bytes()) in all_of_it.out
    assert "{" not in said.out + all_of_it.out


def test_of_a_broken_signature_nothing_is_said_as_if_it_were_known(cli: CommandLine, signed: Path) -> None:
    said = cli("verify", signed.with_name("changed.pdf"))
    assert said.code == 1
    assert "Lita inte på den." in said.out
    assert "Undertecknat" not in said.out
    assert "Legitimerade" not in said.out


def test_to_one_who_does_not_trust_us_the_names_are_claims(
    cli: CommandLine, signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNFLOW_DATA", str(tmp_path / "elsewhere"))
    said = cli("verify", signed)
    assert said.code == 1
    assert "kan inte avgöra om utfärdaren" in said.out
    assert "Namnet är vad certifikatet självt uppger." in said.out
    assert "Enligt certifikatet legitimerade sig" in said.out
    assert "Legitimerade sig" not in said.out


def test_reports_are_saved_and_the_same_each_time(cli: CommandLine, signed: Path, tmp_path: Path) -> None:
    at = ("--at", "2030-01-01T12:00:00")
    for name in ("report.xml", "again.xml", "report.json", "again.json"):
        assert cli("verify", signed, "--report", tmp_path / name, *at).code == 0
    assert (tmp_path / "report.xml").read_bytes() == (tmp_path / "again.xml").read_bytes()
    assert (tmp_path / "report.json").read_bytes() == (tmp_path / "again.json").read_bytes()
    assert b"mainindication:total-passed" in (tmp_path / "report.xml").read_bytes()
    kept = json.loads((tmp_path / "report.json").read_text("utf-8"))
    printed = cli("verify", signed, "--json", *at).json
    assert {name: printed[name] for name in kept} == kept
    assert cli("verify", signed.with_name("changed.pdf"), "--report", tmp_path / "changed.xml").code == 1
    assert b"mainindication:total-failed" in (tmp_path / "changed.xml").read_bytes()


def test_evidence_and_token_beside_the_file_are_shown_and_count(cli: CommandLine, signed: Path, tmp_path: Path) -> None:
    beside = ("--evidence", tmp_path / "minutes.ers", "--token", tmp_path / "minutes.jwt")
    said = cli("verify", signed, *beside)
    assert said.code == 0
    assert "Valideringsintyg bredvid filen" in said.out
    assert "Bevispost" in said.out
    account = cli("verify", signed, *beside, "--json").json
    assert account["evidence"]["indication"] == "TOTAL-PASSED"
    assert account["evidence"]["objects"] == [["minutes.pdf", True]]
    assert [(one["carried_in"], one["indication"]) for one in account["tokens"]] == [(None, "TOTAL-PASSED")]
    other = tmp_path / "other.pdf"
    other.write_bytes(signed.read_bytes() + b"\n")
    assert cli("verify", other).code == 0
    assert cli("verify", other, "--evidence", tmp_path / "minutes.ers").code == 1
    (tmp_path / "broken.jwt").write_text((tmp_path / "minutes.jwt").read_text()[:-9] + "AAAAAAAAA")
    assert cli("verify", signed, "--token", tmp_path / "broken.jwt").code == 1


def test_a_token_inside_the_file_is_shown(cli: CommandLine, signed: Path, tmp_path: Path) -> None:
    assert cli("svt", "issue", signed, "-o", tmp_path / "carrying.pdf", "--embed").code == 0
    said = cli("verify", tmp_path / "carrying.pdf")
    assert said.code == 0
    assert "Valideringsintyg i filen" in said.out


@pytest.mark.parametrize("option", ["--report", "--evidence", "--token"])
def test_what_is_for_one_file_is_refused_for_two(cli: CommandLine, tmp_path: Path, option: str) -> None:
    said = cli("verify", tmp_path / "a.pdf", tmp_path / "b.pdf", option, tmp_path / "x.xml")
    assert said.code == 2
    assert option in said.err


def test_a_report_of_another_kind_is_refused(cli: CommandLine, tmp_path: Path) -> None:
    said = cli("verify", tmp_path / "a.pdf", "--report", tmp_path / "x.doc", "--json")
    assert (said.code, said.json["error"]["code"]) == (2, "verify-report-kind")


def test_what_is_no_pdf_has_a_verdict_beside_the_others(cli: CommandLine, signed: Path, tmp_path: Path) -> None:
    (tmp_path / "no.pdf").write_bytes(b"hello")
    said = cli("verify", tmp_path / "no.pdf", signed)
    assert said.code == 1
    assert "no.pdf" in said.out
    assert "Undertecknat av Anna" in said.out
    assert max(map(cell_len, said.out.splitlines())) < 1000
