"""What the validation found is archived beside the document, in a token that anyone can check without signflow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from life import Life
from signflow import wiring
from signflow.errors import IntegrityError
from signflow.rounds.model import Document, State
from signflow.signing.evidence.svt_pdf import validate_parts
from signflow.signing.evidence.svt_validate import SvtReport, validate_svt
from signflow.signing.report import Indication
from signflow.signing.trust import Trust
from signflow.signing.validation.validate import validate_pdf
from signflow.steps.archive_minutes import seal_minutes
from signflow.steps.issue_svt import issue_tokens, issued_tokens

ANNA, HELENE = "anna@example.org", "helene@example.org"
EVIDENCE = "metadata/other/evidence"


def archived(life: Life, sample: bytes) -> Document:
    document = life.drop(sample)
    life.sign(ANNA)
    life.sign(HELENE)
    return life.load(document)


def package(life: Life, document: Document, folder: Path) -> Path:
    life.ports.archive.export(document.id, folder)
    return folder


def judge(life: Life, pdf: Path, token: Path) -> SvtReport:
    file = validate_parts(pdf.read_bytes(), wiring.open_trust(life.settings, []), at=life.ports.clock())
    return validate_svt(token.read_text("utf-8"), file)


def test_the_package_holds_a_token_about_its_pdf(life: Life, sample: bytes, tmp_path: Path) -> None:
    document = archived(life, sample)
    assert document.state is State.ARCHIVED
    folder = package(life, document, tmp_path / "aip")
    [token] = folder.rglob("*.jwt")
    assert token.relative_to(folder).as_posix().endswith(f"{EVIDENCE}/validation-token.jwt")
    [pdf] = folder.rglob("*.pdf")
    report = judge(life, pdf, token)
    assert report.indication is Indication.TOTAL_PASSED
    assert [one.signatory for one in report.signatures] == [
        "Anna Söderström",
        "Helene Olofsson",
        "Södertörnskommunerna",
    ]
    assert "validation-token.jwt" in next(folder.rglob("METS.xml")).read_text("utf-8")


def test_the_package_holds_the_roots_that_its_pdf_leads_to(life: Life, sample: bytes, tmp_path: Path) -> None:
    document = archived(life, sample)
    folder = package(life, document, tmp_path / "aip")
    roots, tsa_roots = (wiring.read_pem(next(folder.rglob(name))) for name in ("root.pem", "tsa-root.pem"))
    [pdf] = folder.rglob("*.pdf")
    at = life.ports.clock()
    assert validate_pdf(pdf.read_bytes(), Trust(roots, tsa_roots), at=at).indication is Indication.TOTAL_PASSED
    assert validate_pdf(pdf.read_bytes(), Trust(tsa_roots, roots), at=at).indication is Indication.INDETERMINATE


def test_with_the_experiment_on_there_is_a_second_token_beside_the_first(tmp_path: Path, sample: bytes) -> None:
    with Life(tmp_path / "data", experimental_post_quantum=True) as life:
        folder = package(life, archived(life, sample), tmp_path / "aip")
        tokens = sorted(folder.rglob("*.jwt"))
        assert [token.name for token in tokens] == ["validation-token-ml-dsa-65.jwt", "validation-token.jwt"]
        [pdf] = folder.rglob("*.pdf")
        assert [judge(life, pdf, token).indication for token in tokens] == [Indication.TOTAL_PASSED] * 2


def test_a_token_is_issued_once(life: Life, sample: bytes) -> None:
    document = archived(life, sample)
    first = issued_tokens(life.ports, document)
    issue_tokens(life.ports, document.id)
    assert issued_tokens(life.ports, document) == first
    assert json.loads(json.dumps(list(first))) == ["validation-token.jwt"]


def test_what_is_not_sealed_gets_no_token(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    issue_tokens(life.ports, document.id)
    with pytest.raises(IntegrityError, match="token-missing"):
        issued_tokens(life.ports, document)


def test_interrupted_between_token_and_record_the_recorded_one_counts(life: Life, sample: bytes) -> None:
    """Claimed, made, not marked: it is issued anew, and the package has the one that is on record."""
    document = life.drop(sample)
    life.sign(ANNA)
    seen = list[dict[str, bytes]]()

    class _Gone(Exception):  # noqa: N818 -- not an error: the power goes
        pass

    effects = life.ports.effects

    class Dying:
        claim, result = effects.claim, effects.result

        def done(self, key: str, result: object) -> object:
            if key.endswith(":validation-token") and not seen:
                seen.append({})
                raise _Gone
            return effects.done(key, result)  # pyright: ignore[reportArgumentType]

    life.with_ports(effects=Dying())
    with pytest.raises(_Gone):
        life.sign(HELENE)
    life.with_ports(effects=effects)
    seal_minutes(life.ports, document.id)
    life.work()
    assert life.load(document).state is State.ARCHIVED
    assert list(issued_tokens(life.ports, document)) == ["validation-token.jwt"]
