"""The daily run: what is new comes under evidence, what is due is renewed, once, whatever happens on the way."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from archive.archive_samples import pdf_bytes, sample_files, sample_package
from evidence_house import BEGIN, EvidenceHouse, OutsideTsa, years
from signflow.archive.evidence_leaves import Leaf
from signflow.archive.package import SIGNED_PDF
from signflow.crashpoints import CommitPoint, arm
from signflow.errors import NotFoundError, UnavailableError
from signflow.rounds.work import WorkKind, daily_work
from signflow.signing.evidence.planner import Act
from signflow.signing.evidence.records import read_record
from signflow.steps import renew_evidence as step
from signflow.steps.check_evidence import check_evidence
from signflow.steps.evidence_batches import Batch, export_record
from signflow.steps.evidence_status import read_plan, read_status
from signflow.steps.renew_evidence import keep_evidence

_DISK_EVENTS = {"open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.chmod", "fcntl.flock"}
DAY = dt.timedelta(days=1)
DUE = BEGIN + years(9.6)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[EvidenceHouse]:
    house = EvidenceHouse(tmp_path / "data")
    yield house
    house.close()


def strong(at: dt.datetime) -> OutsideTsa:
    return OutsideTsa(at, curve=ec.SECP384R1(), digest=hashes.SHA384())


def leaves(house: EvidenceHouse, number: int) -> list[Leaf]:
    batch = house.life.ports.archive.evidence.batch(number)
    return list(batch.leaves(batch.trees))


def stored_pdf(house: EvidenceHouse, document: str) -> Path:
    place = house.life.ports.archive.copy(document).object_path
    return house.life.settings.data / "archive" / place / "v1/content" / SIGNED_PDF


def test_new_documents_come_into_one_batch_with_one_timestamp(house: EvidenceHouse) -> None:
    assert house.run().covered == 0
    assert house.tsa.calls == 0
    house.archive(1, 2, 3)
    assert house.run().covered == 3
    assert house.tsa.calls == 1
    assert [leaf.document_id for leaf in leaves(house, 1)] == ["doc-1", "doc-2", "doc-3"]
    run = house.run()
    assert (run.covered, run.renewed, run.remade, house.tsa.calls) == (0, [], [], 1)

    house.archive(4)
    assert house.run().covered == 1
    assert [leaf.document_id for leaf in leaves(house, 2)] == ["doc-4"]
    assert house.life.ports.archive.check().ok
    assert check_evidence(house.life.ports).faults == ()


def test_a_new_version_of_a_document_comes_under_evidence_too(house: EvidenceHouse) -> None:
    house.archive(1)
    house.run()
    changed = sample_package(1, files=sample_files(1, pdf=pdf_bytes(99)))
    house.life.ports.archive.ingest(changed, now=BEGIN + DAY)
    assert house.run().covered == 1
    _, leaf = export_record(house.life.ports.archive, "doc-1")
    assert leaf.version == 2
    assert [one.version for one in leaves(house, 1)] == [1]
    assert check_evidence(house.life.ports).faults == ()


def test_a_large_archive_comes_into_several_batches(house: EvidenceHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "LARGEST_BATCH", 2)
    house.archive(1, 2, 3, 4, 5)
    assert house.run().covered == 5
    assert [len(leaves(house, number)) for number in (1, 2, 3)] == [2, 2, 1]


def test_all_batches_that_are_due_are_renewed_by_one_timestamp_and_no_document_is_read(house: EvidenceHouse) -> None:
    for seed in range(1, 6):
        house.archive(seed)
        house.run()
    for seed in range(1, 6):
        stored_pdf(house, f"doc-{seed}").rename(stored_pdf(house, f"doc-{seed}").with_name("away.pdf"))
    house.at(DUE)
    house.use(OutsideTsa(DUE))
    run = house.run()
    assert (run.renewed, run.remade, run.faults) == ([1, 2, 3, 4, 5], [], [])
    assert house.tsa.calls == 1
    record = read_record(house.life.ports.archive.evidence.batch(3).timestamps)
    assert [len(chain) for chain in record.chains] == [2]
    assert house.life.ports.archive.evidence.batch(3).stored.inventory.head == 2
    assert house.run().renewed == []


def test_a_tree_is_made_anew_from_the_documents(house: EvidenceHouse) -> None:
    house.archive(1, 2, 3)
    house.run()
    ends = BEGIN + years(5)
    house.rules(dt.timedelta(days=180), ("sha256", ends))
    house.at(ends - 30 * DAY)
    house.use(strong(house.now))
    assert house.run().remade == [1]
    record, leaf = export_record(house.life.ports.archive, "doc-2")
    assert record.digests == ("sha256", "sha384")
    assert {len(digest) for digest in leaf.files.values()} == {96}
    assert check_evidence(house.life.ports).faults == ()
    again = house.run()
    assert (again.remade, again.faults) == ([], [])


def test_a_document_that_was_altered_is_left_out_of_the_new_tree_and_said_to_be(house: EvidenceHouse) -> None:
    house.archive(1, 2, 3)
    house.run()
    pdf = stored_pdf(house, "doc-2")
    whole = pdf.read_bytes()
    pdf.chmod(0o644)
    pdf.write_bytes(whole[:-1] + b"!")
    assert [(one.document, one.error.code) for one in check_evidence(house.life.ports).faults] == [
        ("doc-2", "archive-file-altered")
    ]
    ends = BEGIN + years(5)
    house.rules(dt.timedelta(days=180), ("sha256", ends))
    house.at(ends - 30 * DAY)
    house.use(strong(house.now))
    run = house.run()
    assert run.remade == [1]
    assert {(what, error.code) for what, error in run.faults} == {("doc-2", "archive-file-altered")}
    assert [bool(leaf.files) for leaf in leaves(house, 1)] == [True, False, True]
    assert check_evidence(house.life.ports).faults == ()
    for document in ("doc-1", "doc-3"):
        assert export_record(house.life.ports.archive, document)[0].digests == ("sha256", "sha384")
    with pytest.raises(NotFoundError, match="evidence-none-yet"):
        export_record(house.life.ports.archive, "doc-2")

    pdf.write_bytes(whole)  # restored from a backup
    assert house.run().covered == 1
    assert export_record(house.life.ports.archive, "doc-2")[0].digests == ("sha384",)


def test_a_document_that_cannot_be_read_keeps_no_other_from_evidence(house: EvidenceHouse) -> None:
    house.archive(1, 2, 3)
    stored_pdf(house, "doc-1").unlink()
    run = house.run()
    assert run.covered == 2
    assert [(what, error.code) for what, error in run.faults] == [("doc-1", "archive-file-missing")]
    status = read_status(house.life.ports.archive, house.life.ports.renewal, house.now)
    assert (status.plan.protected, status.waiting) == (2, 1)


def test_a_batch_that_was_damaged_keeps_no_other_from_renewal(house: EvidenceHouse) -> None:
    for seed in (1, 2, 3):
        house.archive(seed)
        house.run()
    tree = house.life.ports.archive.evidence.batch(2).stored.verified_path("tree-1.bin")
    tree.chmod(0o644)
    tree.write_bytes(bytes(32))
    house.at(DUE)
    house.use(OutsideTsa(DUE))
    run = house.run()
    assert run.renewed == [1, 3]
    assert [error.code for _, error in run.faults] == ["archive-file-altered"]
    assert {one.batch for one in check_evidence(house.life.ports).faults} == {2}


def test_while_no_authority_answers_the_work_waits_and_then_it_is_done(house: EvidenceHouse) -> None:
    house.archive(1)
    house.tsa.down = True
    with pytest.raises(UnavailableError, match="tsa-unavailable"):
        keep_evidence(house.life.ports)
    assert house.life.ports.archive.evidence.summaries() == {}
    house.tsa.down = False
    keep_evidence(house.life.ports)
    assert len(leaves(house, 1)) == 1


def test_a_timestamp_that_would_hold_no_longer_is_not_stored_every_day(house: EvidenceHouse) -> None:
    house.archive(1)
    house.run()
    house.at(DUE)
    for _ in range(3):
        run = house.run()
        assert run.renewed == []
        assert [error.code for _, error in run.faults] == ["evidence-renewal-no-gain"]
    assert house.life.ports.archive.evidence.batch(1).stored.inventory.head == 1
    house.use(OutsideTsa(DUE))
    assert house.run().renewed == [1]


def test_a_batch_whose_authority_was_revoked_is_not_renewed_as_if_nothing_were(house: EvidenceHouse) -> None:
    house.archive(1)
    house.run()
    first = house.tsa
    first.revoked_at = BEGIN + years(1)
    house.at(DUE)
    house.use(OutsideTsa(DUE))
    outside = house.life.ports.outside
    house.life.with_ports(outside=type(outside)((), outside.tsa_roots, (first.crl(DUE).dump(),)))
    run = house.run()
    assert run.renewed == []
    assert [error.code for _, error in run.faults] == ["evidence-batch-not-valid"]


def test_what_has_lapsed_comes_under_new_evidence_from_now_on(house: EvidenceHouse) -> None:
    house.archive(1, 2)
    house.run()
    house.at(BEGIN + years(11))
    house.use(OutsideTsa(house.now))
    run = house.run()
    assert (run.covered, run.renewed) == (2, [])
    plan = read_plan(house.life.ports.archive, house.life.ports.renewal, house.now)
    assert [one.act for one in plan.outlooks] == [Act.LAPSED, Act.NONE]
    assert plan.protected == 2
    assert house.run().covered == 0


def test_every_day_asks_for_the_run_once() -> None:
    works = [work for work in daily_work(BEGIN.date()) if work.kind is WorkKind.RENEW_EVIDENCE]
    assert len(works) == 1
    assert str(BEGIN.date()) in works[0].key


def build(folder: Path, act: Act) -> EvidenceHouse:
    """A house in which just that is called for."""
    house = EvidenceHouse(folder)
    house.archive(1, 2, 3)
    if act is Act.NONE:
        return house
    house.run()
    house.archive(4)
    house.run()
    if act is Act.TIMESTAMP:
        house.at(DUE)
        house.use(OutsideTsa(DUE))
    else:
        house.rules(dt.timedelta(days=180), ("sha256", BEGIN + years(5)))
        house.at(BEGIN + years(4.9))
        house.use(strong(house.now))
    return house


def killed_child(work: Callable[[], object]) -> bool:
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def done_once(house: EvidenceHouse, act: Act) -> None:
    """After another run all is as one run that nobody killed leaves it."""
    run = house.run()
    assert not run.faults
    archive = house.life.ports.archive
    heads = {number: archive.evidence.batch(number).stored.inventory.head for number in archive.evidence.summaries()}
    assert heads == ({1: 1} if act is Act.NONE else {1: 2, 2: 2})
    chains = [[len(chain) for chain in Batch(archive.evidence.batch(number)).stem.chains] for number in heads]
    assert chains == {Act.NONE: [[1]], Act.TIMESTAMP: [[2], [2]], Act.HASH_TREE: [[1, 1], [1, 1]]}[act]
    assert archive.check().ok
    assert check_evidence(house.life.ports).faults == ()
    assert read_status(archive, house.life.ports.renewal, house.now).waiting == 0
    again = house.run()
    assert (again.covered, again.renewed, again.remade) == (0, [], [])


@pytest.mark.parametrize("act", [Act.NONE, Act.TIMESTAMP, Act.HASH_TREE])
@pytest.mark.parametrize("point", [CommitPoint.AIP_STAGED, CommitPoint.AIP_STORED])
def test_killed_at_a_commit_point_it_is_done_once(tmp_path: Path, act: Act, point: CommitPoint) -> None:
    house = build(tmp_path / "data", act)

    def work() -> None:
        arm(point)
        house.run()

    assert killed_child(work)
    done_once(house, act)
    house.close()


@pytest.mark.kill
@pytest.mark.parametrize("act", [Act.NONE, Act.TIMESTAMP, Act.HASH_TREE])
def test_killed_before_any_system_call_that_touches_the_disk_it_is_done_once(tmp_path: Path, act: Act) -> None:
    """Every forty-third such call, from the first to the one after the last."""
    for event_number in range(1, 10_000, 43):
        house = build(tmp_path / str(event_number), act)

        def work(house: EvidenceHouse = house, event_number: int = event_number) -> None:
            seen = iter(range(1, 10_000))

            def hook(event: str, _arguments: object) -> None:
                if event in _DISK_EVENTS and next(seen) == event_number:
                    os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(hook)
            house.run()

        killed = killed_child(work)
        done_once(house, act)
        house.close()
        if not killed:
            assert event_number > 60
            return
