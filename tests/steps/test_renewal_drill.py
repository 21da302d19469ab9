"""The drill: decades go by, authorities and algorithms end; with renewals on time all stays proven, without it does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from evidence_house import BEGIN, EvidenceHouse, OutsideTsa, years
from signflow.signing.evidence.planner import Act
from signflow.signing.evidence.records import read_record
from signflow.signing.evidence.validate import RecordReport, read_data_object, validate_record
from signflow.signing.report import Indication
from signflow.signing.validation.validate import validate_pdf
from signflow.steps.check_evidence import check_evidence
from signflow.steps.evidence_batches import export_record
from signflow.steps.evidence_status import read_status

SHA256_ENDS = BEGIN + years(24)
SEEDS = (1, 2, 3, 4, 5)
MONTH = dt.timedelta(days=30)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[EvidenceHouse]:
    house = EvidenceHouse(tmp_path / "data")
    yield house
    house.close()


def judged(house: EvidenceHouse, document: str, at: dt.datetime, folder: Path) -> RecordReport:
    """What somebody finds who holds the exported record, the exported package and the roots, and nothing else."""
    record, leaf = export_record(house.life.ports.archive, document)
    record = read_record(record.to_der())
    package = folder / f"package-{document}-{at:%Y-%m-%d}"
    house.life.ports.archive.export(document, package)
    objects = [read_data_object(package / name, record.digests) for name in leaf.files]
    algorithms = house.life.ports.renewal.algorithms
    return validate_record(record, objects, house.life.ports.outside, at=at, algorithms=algorithms)


def replace_authority_in_time(house: EvidenceHouse) -> None:
    """Each authority is followed by another nine years on; the later ones sign with more than SHA-256."""
    if house.now > house.tsa.begins_at + years(9):
        strong = house.now > BEGIN + years(18)
        curve, digest = (ec.SECP384R1(), hashes.SHA384()) if strong else (ec.SECP256R1(), hashes.SHA256())
        house.use(OutsideTsa(house.now, curve=curve, digest=digest))


def test_with_renewals_on_time_everything_is_proven_for_thirty_years(house: EvidenceHouse, tmp_path: Path) -> None:
    house.rules(dt.timedelta(days=180), ("sha256", SHA256_ENDS))
    house.archive(*SEEDS)
    assert house.run().covered == len(SEEDS)

    renewed_at, remade_at = list[dt.datetime](), list[dt.datetime]()
    decades = [BEGIN + years(passed) for passed in (10, 20, 30)]
    while decades:
        house.at(house.now + MONTH)
        replace_authority_in_time(house)
        run = house.run()
        assert not run.faults
        renewed_at += [house.now] if run.renewed else []
        remade_at += [house.now] if run.remade else []
        if house.now >= decades[0]:
            decades.pop(0)
            report = judged(house, "doc-3", house.now, tmp_path)
            assert (report.indication, report.proven_at) == (Indication.TOTAL_PASSED, BEGIN)

    assert [round((at - BEGIN) / years(1)) for at in renewed_at] == [10, 19, 28]
    assert [SHA256_ENDS - dt.timedelta(days=180) <= at < SHA256_ENDS for at in remade_at] == [True]
    record, _ = export_record(house.life.ports.archive, "doc-3")
    assert record.digests == ("sha256", "sha384")
    assert check_evidence(house.life.ports).faults == ()
    status = read_status(house.life.ports.archive, house.life.ports.renewal, house.now)
    assert (status.plan.protected, status.waiting, status.due, status.lapsed) == (len(SEEDS), 0, 0, 0)


@pytest.mark.parametrize("passed", [10, 20, 30])
def test_without_renewals_nothing_is_proven_any_more_and_it_is_said(
    house: EvidenceHouse, tmp_path: Path, passed: int
) -> None:
    house.archive(*SEEDS)
    house.run()
    assert judged(house, "doc-1", BEGIN + years(9.5), tmp_path).indication is Indication.TOTAL_PASSED

    house.at(BEGIN + years(passed) + MONTH)
    report = judged(house, "doc-1", house.now, tmp_path)
    assert (report.indication, report.proven_at) == (Indication.INDETERMINATE, None)

    status = read_status(house.life.ports.archive, house.life.ports.renewal, house.now)
    assert (status.plan.protected, status.lapsed, status.waiting) == (0, 1, len(SEEDS))
    assert [one.act for one in status.plan.outlooks] == [Act.LAPSED]
    assert [one.error.code for one in check_evidence(house.life.ports).faults] == ["evidence-batch-not-valid"]


def test_signatures_are_judged_at_the_time_that_the_record_proves(
    house: EvidenceHouse, tmp_path: Path, sample: bytes
) -> None:
    """Thirty years on, the PDF alone is INDETERMINATE; with its evidence record its signatures are still TOTAL-PASSED."""
    document = house.life.drop(sample).id
    for address in ("anna@example.org", "helene@example.org"):
        house.life.sign(address)
    house.at(BEGIN + dt.timedelta(days=1))
    assert house.run().covered == 1
    trust = house.life.ports.trust()  # its lists are what an archive has kept; nobody issues newer ones in thirty years
    while house.now < BEGIN + years(30):
        house.at(house.now + MONTH)
        replace_authority_in_time(house)
        assert not house.run().faults
    pdf = house.life.ports.archive.retrieve(document)

    alone = validate_pdf(pdf, trust, at=house.now)
    assert alone.indication is Indication.INDETERMINATE

    report = judged(house, document, house.now, tmp_path)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.proven_at is not None
    proven = validate_pdf(pdf, trust, at=report.proven_at)
    assert proven.indication is Indication.TOTAL_PASSED
    assert [one.signatory for one in proven.signatures] == [
        "Anna Söderström",
        "Helene Olofsson",
        "Södertörnskommunerna",
    ]
