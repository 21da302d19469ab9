"""`signflow evidence …`, as people use it: on an archive, and on files alone far from any archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CommandLine

from archive.archive_samples import sample_package
from life import Life


@pytest.fixture
def roots(cli: CommandLine, tmp_path: Path) -> Path:
    """Three documents in the archive of the data folder; the roots, for whoever is elsewhere."""
    with Life(cli.data) as life:
        for seed in (1, 2, 3):
            life.ports.archive.ingest(sample_package(seed), now=life.ports.clock())
        roots = tmp_path / "roots.pem"
        roots.write_bytes(life.ports.authority.tsa_root_pem)
    return roots


def test_from_nothing_to_a_record_that_proves(cli: CommandLine, roots: Path, tmp_path: Path) -> None:
    before = cli("evidence", "status", "--language", "en")
    assert before.code == 0
    assert "No document is protected by evidence yet." in before.out
    assert cli("evidence", "status", "--json").json["waiting"] == 3

    assert cli("evidence", "renew", "--json").json == {"covered": 3, "renewed": [], "remade": [], "faults": []}
    assert "Nothing is called for now." in cli("evidence", "renew", "--language", "en").out
    status = cli("evidence", "status", "--json").json
    assert (status["protected"], status["waiting"], status["due"], status["lapsed"]) == (3, 0, 0, 0)
    assert [one["act"] for one in status["batches"]] == ["none"]
    assert cli("evidence", "check", "--json").json == {"batches": 1, "documents": 3, "faults": []}

    record, package = tmp_path / "minutes.ers", tmp_path / "package"
    exported = cli("evidence", "export", "doc-2", "-o", record)
    assert exported.code == 0
    assert "representations/signed/data/minutes.pdf" in exported.out
    cli("archive", "get", "doc-2", "-o", package, "--package")
    pdf = package / "representations/signed/data/minutes.pdf"
    said = cli("evidence", "verify", record, pdf, package / "METS.xml", "--trust", roots, "--json")
    assert (said.code, said.json["indication"], said.json["others"]) == (0, "TOTAL-PASSED", 1)
    assert said.json["objects"] == [{"name": "minutes.pdf", "found": True}, {"name": "METS.xml", "found": True}]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_speaks_in_words(cli: CommandLine, roots: Path, tmp_path: Path, language: str) -> None:
    assert roots.exists()
    cli("evidence", "renew")
    record, pdf = tmp_path / "minutes.ers", tmp_path / "minutes.pdf"
    cli("evidence", "export", "doc-1", "-o", record)
    cli("archive", "get", "doc-1", "-o", pdf)
    said = cli("evidence", "verify", record, pdf, "--language", language)
    status = cli("evidence", "status", "--language", language)
    pdf.write_bytes(pdf.read_bytes() + b"!")
    altered = cli("evidence", "verify", record, pdf, "--language", language)
    words = {
        "sv": ("Bevisat:", "Ingår i beviset: minutes.pdf", "ytterligare 2 filer", "skyddas av bevis", "Inte bevisat:"),
        "en": ("Proven:", "In the record: minutes.pdf", "names 2 more files", "protected by evidence", "Not proven:"),
    }[language]
    everything = said.out + status.out + altered.out
    assert [word for word in words if word not in everything] == []
    assert (said.code, status.code, altered.code) == (0, 0, 1)


def test_far_from_the_archive_the_roots_are_what_is_needed(
    cli: CommandLine, roots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("evidence", "renew")
    record, pdf = tmp_path / "minutes.ers", tmp_path / "minutes.pdf"
    cli("evidence", "export", "doc-3", "-o", record)
    cli("archive", "get", "doc-3", "-o", pdf)
    monkeypatch.setenv("SIGNFLOW_DATA", str(tmp_path / "elsewhere"))
    with_roots = cli("evidence", "verify", record, pdf, "--trust", roots, "--json")
    without = cli("evidence", "verify", record, pdf, "--language", "en")
    long_after = cli("evidence", "verify", record, pdf, "--trust", roots, "--at", "2060-01-01", "--language", "en")
    assert with_roots.json["indication"] == "TOTAL-PASSED"
    assert (without.code, long_after.code) == (1, 1)
    assert "does not lead up to a trusted root" in without.out
    assert "had ended before the record was renewed" in long_after.out
    assert not (tmp_path / "elsewhere").exists()


def test_what_cannot_be_done_is_said_in_a_sentence(cli: CommandLine, roots: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "not.ers"
    pdf.write_bytes(b"%PDF-1.7")
    unprotected = cli("evidence", "export", "doc-1", "-o", tmp_path / "x.ers", "--language", "en")
    assert (unprotected.code, "has no evidence yet" in unprotected.err) == (1, True)
    cases: dict[str, tuple[str | Path, ...]] = {
        "is not in the archive": ("evidence", "export", "no-such", "-o", tmp_path / "x.ers"),
        "This is no evidence record": ("evidence", "verify", pdf, roots),
    }
    cli("evidence", "renew")
    record = tmp_path / "minutes.ers"
    cli("evidence", "export", "doc-2", "-o", record)
    cases |= {
        f"{tmp_path / 'missing.pdf'}": ("evidence", "verify", record, tmp_path / "missing.pdf"),
        f"{cli.data}": ("evidence", "verify", record, cli.data),
    }
    for sentence, arguments in cases.items():
        said = cli(*arguments, "--language", "en")
        assert said.code in {1, 2}, arguments
        assert sentence in said.out + said.err, arguments
    assert not (tmp_path / "x.ers").exists()


def test_evidence_of_a_document_that_was_altered_is_told(cli: CommandLine, roots: Path) -> None:
    assert roots.exists()
    cli("evidence", "renew")
    pdf = next(path for path in (cli.data / "archive").rglob("minutes.pdf") if "doc-2" in str(path))
    pdf.chmod(0o644)
    pdf.write_bytes(pdf.read_bytes() + b"!")
    said = cli("evidence", "check", "--language", "en")
    assert said.code == 1
    assert "Batch 1, doc-2:" in said.out
    assert [one["code"] for one in cli("evidence", "check", "--json").json["faults"]] == ["archive-file-altered"]
