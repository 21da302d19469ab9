from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from archive_samples import LATER, NOW, dice_for, sample_files, sample_package
from ocfl_oracle import ocfl_remarks

from signflow.archive.archive import Archive
from signflow.archive.ocfl import STAGING_FOLDER
from signflow.crashpoints import CommitPoint

FIRST = sample_package(1)
SECOND = sample_package(1, files=sample_files(1, pdf=b"%PDF-1.7 second"))
_DISK_EVENTS = {"open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.chmod", "fcntl.flock"}
_ONE_INGEST = """
import sys
from pathlib import Path
from archive_samples import NOW, sample_package
from signflow.archive.archive import Archive
from signflow.crashpoints import arm
arm(sys.argv[3])
Archive(Path(sys.argv[1]), Path(sys.argv[2])).ingest(sample_package(1), now=NOW)
"""


def assert_recovers(root: Path, index: Path, *, versions: set[int]) -> None:
    """What was left behind is a valid archive with the old or the new version, and the work can be done again."""
    left = set(root.glob("???/*/*/*"))
    with Archive(root, index) as archive:
        assert not (root / STAGING_FOLDER).exists()
        assert ocfl_remarks(root) == []
        assert archive.check().ok
        assert (archive.copy("doc-1").version if left else 0) in versions
        package, now = (SECOND, LATER) if 1 in versions and 2 in versions else (FIRST, NOW)
        copy = archive.ingest(package, now=now)
        assert copy.version == max(versions)
        assert archive.ingest(package, now=LATER) == copy
        assert [hit.document_id for hit in archive.list()] == ["doc-1"]
        assert archive.retrieve("doc-1") == package.files[0].content
        assert archive.check().ok
    assert ocfl_remarks(root) == []


@pytest.mark.parametrize(("point", "left"), [(CommitPoint.AIP_STAGED, 0), (CommitPoint.AIP_STORED, 1)])
def test_killed_at_a_commit_point(root: Path, index: Path, point: CommitPoint, left: int) -> None:
    here = str(Path(__file__).parent)
    killed = subprocess.run(
        [sys.executable, "-c", _ONE_INGEST, str(root), str(index), point],
        env={**os.environ, "PYTHONPATH": here},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(list(root.glob("???/*/*/*"))) == left
    assert_recovers(root, index, versions={left, 1})


def killed_child(work: Callable[[], object], *, after_s: float | None = None) -> bool:
    """Do the work in a child process, killed after some time if given; whether it was killed."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    if after_s is not None:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def ingest_until(root: Path, index: Path, second: bool, event_number: int) -> Callable[[], None]:  # noqa: FBT001 — a case of the table
    def work() -> None:
        seen = iter(range(1, 10_000))

        def hook(event: str, _arguments: object) -> None:
            if event in _DISK_EVENTS and next(seen) == event_number:
                os.kill(os.getpid(), signal.SIGKILL)

        archive = Archive(root, index)
        sys.addaudithook(hook)
        archive.ingest(SECOND if second else FIRST, now=LATER if second else NOW)

    return work


@pytest.mark.kill
@pytest.mark.parametrize("second", [False, True], ids=["first version", "second version"])
def test_killed_before_any_system_call_that_touches_the_disk(tmp_path: Path, second: bool) -> None:  # noqa: FBT001 — a case of the table
    """Every seventeenth such call, from the first to the one after the last."""
    for event_number in range(1, 10_000, 17):
        root, index = tmp_path / str(event_number), tmp_path / f"{event_number}.db"
        if second:
            with Archive(root, index) as archive:
                archive.ingest(FIRST, now=NOW)
        killed = killed_child(ingest_until(root, index, second, event_number))
        assert_recovers(root, index, versions={1, 2} if second else {0, 1})
        if not killed:
            assert event_number > 100
            return


@pytest.mark.kill
def test_killed_at_any_time(tmp_path: Path) -> None:
    dice = dice_for(7)
    for number in range(12):
        root, index = tmp_path / str(number), tmp_path / f"{number}.db"

        def work(root: Path = root, index: Path = index) -> None:
            Archive(root, index).ingest(FIRST, now=NOW)

        killed_child(work, after_s=dice.uniform(0, 0.06))
        assert_recovers(root, index, versions={0, 1})
