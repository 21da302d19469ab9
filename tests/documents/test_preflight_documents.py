"""Every document that the product makes has no findings, at every stage: unsigned, signed, sealed, timestamped again."""

from __future__ import annotations

from pathlib import Path

import pytest
from document_set import AT, Document, Signing

from signflow.rendering.preflight.preflight import check_pdf, check_update
from signflow.signing.pades.sign import renew_timestamp

pytestmark = pytest.mark.xdist_group("documents")  # the set is made once, in one process


def test_no_document_has_findings_unsigned_or_signed(documents: tuple[Document, ...]) -> None:
    files = [file for document in documents for file in (document.unsigned, document.signed)]
    assert len(files) > 120
    assert {file.name: found for file in files if (found := check_pdf(file.read_bytes()))} == {}


def test_what_signing_changed_has_no_findings(documents: tuple[Document, ...]) -> None:
    pairs = [(document.unsigned.read_bytes(), document.signed.read_bytes()) for document in documents]
    assert [found for before, after in pairs if (found := check_update(before, after))] == []


def test_a_timestamp_more_leaves_no_findings(documents: tuple[Document, ...], tmp_path: Path) -> None:
    signing = Signing(tmp_path / "authority")
    for document in documents[::16]:
        signed = document.signed.read_bytes()
        renewed = renew_timestamp(signed, signing._tsa, now=AT)
        assert (check_pdf(renewed), check_update(signed, renewed)) == ([], []), document.draft.name
