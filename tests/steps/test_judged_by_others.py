"""What the main job makes, judged by others: every revision of the PDF, and the storage root."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from judges import PROFILES, judged_by_verapdf, output_of
from life import SAMPLE_PEOPLE, Life
from real_minutes import SAMPLE

ENGLISH = """# Minutes of the Harbour Committee, 7

*Time* Tuesday 4 March 2025, 9.00-10.30

*Place* The Old Town Hall, Kirkwall

*Present*

Ingrid Moe	Orkney, chair
Đặng Thùy Linh	Kirkwall, secretary
Áilu Čáppa	Stromness

*Absent*

Łukasz Żak	Hoy

## 1. Dredging

The committee heard the harbour master & asked for <b>figures</b>.

| Year | Tonnes |
| --- | --- |
| 2023 | 1200 |
| 2024 | 1350 |

*Decision*

That the dredging be put out to tender.

That the figures be published.

## 2. Next meeting

Discussion.

*Decision*

That the committee meet on 1 April.

Notes taken by

Adjusted by

Đặng Thùy Linh

Áilu Čáppa
"""
DRAFTS = {
    "sample": (SAMPLE.read_text("utf-8"), SAMPLE_PEOPLE),
    "english": (
        ENGLISH,
        {"Đặng Thùy Linh": "linh@example.org", "Ingrid Moe": "moe@example.org", "Áilu Čáppa": "ailu@example.org"},
    ),
}


@pytest.fixture(scope="module", params=DRAFTS)
def finished(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Life, dict[str, Path]]]:
    """A house with one archived document, and its revisions as files."""
    draft, people = DRAFTS[request.param]
    folder = tmp_path_factory.mktemp("judged")
    with Life(folder / "data", people) as life:
        document = life.drop(draft)
        for address in people.values():
            life.sign(address)
        document = life.load(document)
        assert document.archived is not None, life.ports.store.versions(document.id)[-1].findings
        assert document.round is not None
        revisions = {"unsigned": document.round.copy}
        revisions |= {seat.field: seat.signature.revision for seat in document.round.seats if seat.signature}
        revisions["sealed"] = document.archived.pdf
        files = {}
        for name, blob in revisions.items():
            files[name] = folder / f"{name}.pdf"
            files[name].write_bytes(life.ports.blobs.get(blob))
        (folder / "root.pem").write_bytes(life.ports.authority.root_pem)
        yield life, files


@pytest.mark.oracle("verapdf")
def test_every_revision_is_pdf_a_2a_and_pdf_ua_1(finished: tuple[Life, dict[str, Path]]) -> None:
    _, files = finished
    judged = judged_by_verapdf(list(files.values()))
    assert {profile for _, profile in judged} == PROFILES
    assert len(judged) == 2 * len(files) > 6
    assert {key: rules for key, rules in judged.items() if rules} == {}


@pytest.mark.oracle("qpdf")
def test_every_revision_is_well_formed_and_pdf_1_7(finished: tuple[Life, dict[str, Path]]) -> None:
    _, files = finished
    for file in files.values():
        assert "No syntax or stream encoding errors found" in output_of("qpdf", "--check", str(file))
        assert PdfReader(file).root_object.get("/Version") is None
        assert file.read_bytes().startswith(b"%PDF-1.7")


@pytest.mark.oracle("poppler")
def test_pdfsig_finds_every_signature_valid(finished: tuple[Life, dict[str, Path]]) -> None:
    _, files = finished
    told = output_of("pdfsig", "-nocert", str(files["sealed"]))
    people = len(files) - 2
    assert told.count("Signature Validation: Signature is Valid.") == people + 1
    assert "invalid" not in told.lower()


@pytest.mark.oracle("poppler")
def test_pdftotext_gives_every_word_of_the_draft_in_order(
    finished: tuple[Life, dict[str, Path]], request: pytest.FixtureRequest
) -> None:
    _, files = finished
    draft = DRAFTS[request.node.callspec.params["finished"]][0]
    told = iter(output_of("pdftotext", "-raw", str(files["sealed"]), "-").split())
    plain = re.sub(r"^\|[ |-]+\|$", "", draft, flags=re.MULTILINE)
    words = re.sub(r"[*#|]", " ", plain).split()
    assert [word for word in words if word not in told] == []


@pytest.mark.oracle("ocfl-py")
def test_the_storage_root_is_valid_ocfl(finished: tuple[Life, dict[str, Path]]) -> None:
    life, _ = finished
    ocfl = pytest.importorskip("ocfl")
    logging.getLogger("ocfl").setLevel(logging.CRITICAL)
    root = ocfl.StorageRoot(str(life.settings.data / "archive"))
    assert root.validate(log_warnings=True)
    assert root.good_objects == root.num_objects == 1
    assert root.errors == []


@pytest.mark.oracle("openssl")
def test_openssl_finds_the_root_to_be_what_it_says(finished: tuple[Life, dict[str, Path]]) -> None:
    _, files = finished
    root = files["sealed"].with_name("root.pem")
    assert "OK" in output_of("openssl", "verify", "-CAfile", str(root), str(root))
