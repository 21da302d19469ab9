"""kill -9 at every point between a signatory's key and the recorded signature: it is made once, and no key is left."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from life import Life
from signflow.crashpoints import CommitPoint
from signflow.rounds.model import Standing, State
from signflow.rounds.outcome import Decision
from signflow.signing.report import Indication
from signflow.signing.validation.validate import validate_pdf
from signflow.steps import acts

ANNA, HELENE = "anna@example.org", "helene@example.org"
POINTS = (
    CommitPoint.KEY_MADE,
    CommitPoint.TIMESTAMP_GIVEN,
    CommitPoint.SIGNATURE_PASSED,
    CommitPoint.REVISION_KEPT,
    CommitPoint.SIGNATURE_MADE,
    CommitPoint.SIGNATURE_CLAIMED,
    CommitPoint.SIGNATURE_RECORDED,
)
_WORK = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from life import Life
with Life(Path(sys.argv[2]), kill_at=sys.argv[3]) as life:
    life.work()
"""


def _killed_while_working(data: Path, point: CommitPoint) -> bool:
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", _WORK, str(tests), str(data), point], capture_output=True, check=False, timeout=120
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    return done.returncode != 0


def _approve(life: Life, address: str) -> None:
    token, code = life.token(address), life.ask_code(address)
    outcome = acts.sign(life.ports, token, code, acts.view_link(life.ports, token).shown.digest)
    assert isinstance(outcome, Decision)


def _clear_keys(data: Path) -> list[Path]:
    files = [file for file in data.rglob("*") if file.is_file()]
    return [file for file in files if b"-----BEGIN PRIVATE KEY" in file.read_bytes()]


def test_killed_at_every_point_of_a_signature_it_is_made_once(tmp_path: Path, sample: bytes) -> None:
    data = tmp_path / "data"
    with Life(data) as life:
        document = life.drop(sample)
        _approve(life, ANNA)
    killed_at = [point for point in POINTS if _killed_while_working(data, point)]
    assert killed_at == list(POINTS)
    with Life(data) as life:
        life.work()
        current = life.load(document).round
        assert current is not None
        assert [seat.standing for seat in current.seats].count(Standing.SIGNED) == 1
        report = validate_pdf(life.ports.blobs.get(current.current), life.ports.trust(), at=life.ports.clock())
        assert [one.signatory for one in report.signatures] == ["Anna Söderström"]
        life.sign(HELENE)
        assert life.load(document).state is State.ARCHIVED
        pdf = life.ports.archive.retrieve(document.id)
        archived = validate_pdf(pdf, life.ports.trust(), at=life.ports.clock())
        assert archived.indication is Indication.TOTAL_PASSED
        assert len(archived.signatures) == 3
        assert life.ports.store.verify_audit() > 0
        kinds = [entry.kind for entry in life.ports.store.history(document.id)]
        assert kinds.count("signature-applied") == 2
    assert _clear_keys(data) == []


@pytest.mark.parametrize("point", [CommitPoint.TIMESTAMP_GIVEN, CommitPoint.SEAL_MADE, CommitPoint.SEAL_CLAIMED])
def test_killed_while_the_last_signs_or_the_seal_is_made_it_is_sealed_once(
    tmp_path: Path, sample: bytes, point: CommitPoint
) -> None:
    data = tmp_path / "data"
    with Life(data) as life:
        document = life.drop(sample)
        life.sign(ANNA)
        _approve(life, HELENE)
    assert _killed_while_working(data, point)
    with Life(data) as life:
        life.work()
        assert life.load(document).state is State.ARCHIVED
        pdf = life.ports.archive.retrieve(document.id)
        report = validate_pdf(pdf, life.ports.trust(), at=life.ports.clock())
        assert report.indication is Indication.TOTAL_PASSED
        assert len(report.document_timestamps) == 1
