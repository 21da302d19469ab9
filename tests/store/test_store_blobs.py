"""Bytes are kept whole under the name of their digest, or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_samples import at_once

from signflow.blobs import PDF, BlobRef, digest_of
from signflow.errors import IntegrityError, UnavailableError
from signflow.store.blobs import FolderBlobs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def blobs(folder: Path) -> FolderBlobs:
    return FolderBlobs(folder)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _path(folder: Path, ref: BlobRef) -> Path:
    return folder / ref.digest[:2] / ref.digest


def test_bytes_that_are_missing_are_a_fault(blobs: FolderBlobs) -> None:
    with pytest.raises(IntegrityError, match="blob-missing"):
        blobs.get(BlobRef("0" * 64, 1, PDF))


@pytest.mark.parametrize("altered", [b"", b"%PDF-1.6", b"%PDF-1.7 ", b"%PDF-1."])
def test_altered_bytes_are_a_fault_until_they_are_put_again(blobs: FolderBlobs, folder: Path, altered: bytes) -> None:
    ref = blobs.put(b"%PDF-1.7", PDF)
    _path(folder, ref).write_bytes(altered)
    with pytest.raises(IntegrityError, match="blob-altered"):
        blobs.get(ref)
    assert blobs.put(b"%PDF-1.7", PDF) == ref
    assert blobs.get(ref) == b"%PDF-1.7"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.binary(max_size=300))
def test_what_is_put_can_be_got_under_its_digest(blobs: FolderBlobs, folder: Path, data: bytes) -> None:
    ref = blobs.put(data, PDF)
    assert ref == BlobRef(digest_of(data), len(data), PDF)
    assert blobs.put(data, PDF) == ref
    assert blobs.get(ref) == data
    assert _path(folder, ref).read_bytes() == data
    assert _path(folder, ref).stat().st_mode & 0o077 == 0
    assert all(path.name == digest_of(path.read_bytes()) for path in _files(folder))


def test_the_same_bytes_put_by_many_at_once_are_one_blob(blobs: FolderBlobs, folder: Path) -> None:
    data = os.urandom(200_000)
    (ref,) = set(at_once(*[partial(blobs.put, data, PDF)] * 6))
    assert blobs.get(ref) == data
    assert _files(folder) == [_path(folder, ref)]


def test_a_folder_that_cannot_be_used_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file, not a folder")
    blobs = FolderBlobs(tmp_path / "blobs")
    with pytest.raises(UnavailableError, match="disk-unavailable"):
        blobs.put(b"x", PDF)
    with pytest.raises(UnavailableError, match="disk-unavailable"):
        blobs.get(BlobRef(digest_of(b"x"), 1, PDF))


_FULL = """
import resource, signal, sys
from pathlib import Path
from signflow.errors import UnavailableError
from signflow.store.blobs import FolderBlobs
blobs = FolderBlobs(Path(sys.argv[1]))
small = blobs.put(b"small", "application/pdf")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    blobs.put(b"x" * 300_000, "application/pdf")
except UnavailableError as error:
    print(error.code, blobs.get(small).decode())
"""


def test_a_disk_that_takes_no_more_is_unavailable_and_nothing_is_left(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(folder)], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.split() == ["disk-unavailable", "small"]
    assert [path.name for path in _files(folder)] == [digest_of(b"small")]
    FolderBlobs(folder).put(b"x" * 300_000, PDF)


_KILLED = """
import itertools, os, sys
from pathlib import Path
from signflow.store.blobs import FolderBlobs
blobs = FolderBlobs(Path(sys.argv[1]))
for number in itertools.count():
    ref = blobs.put(number.to_bytes(4) + os.urandom(400_000), "application/pdf")
    print(ref.digest, flush=True)
"""


@pytest.mark.parametrize("after_s", [0.004, 0.011, 0.023])
def test_killed_while_putting_leaves_no_half_blob_and_loses_none(folder: Path, after_s: float) -> None:
    with subprocess.Popen([sys.executable, "-c", _KILLED, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip()]
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        told += [line.strip() for line in process.stdout if line.endswith("\n")]
    named = [path for path in _files(folder) if not path.name.startswith(".new-")]
    assert all(path.name == digest_of(path.read_bytes()) for path in named)
    assert set(told) <= {path.name for path in named}
