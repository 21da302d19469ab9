"""What somebody has written is there again for who has its key, for a while, and never holds up anything."""

from __future__ import annotations

import datetime as dt
import os
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_samples import START

from signflow.store.unsent import LIFETIME, MOST_KEPT, Unsent

SECOND = dt.timedelta(seconds=1)
KILLED_WHILE_WRITING = """
import datetime as dt, os, signal, sys
from pathlib import Path
from signflow.store.unsent import Unsent

def dying(*_arguments, **_named):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(os if sys.argv[2] != "replace" else Path, sys.argv[2], dying)
now = dt.datetime.fromisoformat(sys.argv[3])
Unsent(Path(sys.argv[1]), lambda: now).keep(b"half" * 10_000)
"""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "unsent"


@pytest.fixture
def unsent(folder: Path, clock: Clock) -> Unsent:
    return Unsent(folder, clock)


def kept_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=5000))
def test_what_is_kept_is_read_as_it_was(unsent: Unsent, words: bytes) -> None:
    key = unsent.keep(words)
    assert unsent.read(key) == words
    assert unsent.read(key) == words  # reading takes nothing away
    unsent.drop(key)
    assert unsent.read(key) is None


def test_every_keeping_has_a_key_and_a_file_of_its_own(unsent: Unsent, folder: Path) -> None:
    keys = [unsent.keep(b"the same words") for _ in range(20)]
    assert len(set(keys)) == len(kept_in(folder)) == 20
    for key in keys:
        assert len(key) == 43  # 256 bits


def test_a_key_reads_nothing_but_its_own(unsent: Unsent) -> None:
    anna, helene = unsent.keep(b"Annas ord"), unsent.keep(b"Helenes ord")
    assert (unsent.read(anna), unsent.read(helene)) == (b"Annas ord", b"Helenes ord")
    unsent.drop(anna)
    assert (unsent.read(anna), unsent.read(helene)) == (None, b"Helenes ord")


def test_the_folder_tells_no_key_and_opens_to_nobody_else(unsent: Unsent, folder: Path) -> None:
    key = unsent.keep(b"ord")
    (file,) = kept_in(folder)
    assert file.name == sha256(key.encode()).hexdigest()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert unsent.read(file.name) is None  # who sees the folder's names has no key


@pytest.mark.parametrize(
    "key", ["", "x", "../signflow.toml", "/etc/passwd", "a" * 42, "a" * 44, "å" * 43, "a" * 42 + "\n", "." * 43]
)
def test_what_is_no_key_reads_and_drops_nothing(unsent: Unsent, folder: Path, key: str) -> None:
    unsent.keep(b"ord")
    assert unsent.read(key) is None
    unsent.drop(key)
    assert len(kept_in(folder)) == 1


def test_they_are_gone_after_the_hour(unsent: Unsent, clock: Clock) -> None:
    key = unsent.keep(b"ord")
    clock.now += LIFETIME - SECOND
    assert unsent.read(key) == b"ord"
    clock.now += SECOND
    assert unsent.read(key) is None


def test_what_is_too_old_leaves_the_disk_with_the_next(unsent: Unsent, folder: Path, clock: Clock) -> None:
    unsent.keep(b"gammalt")
    clock.now += LIFETIME
    unsent.keep(b"nytt")
    assert [file.read_bytes() for file in kept_in(folder)] == [b"nytt"]


def test_no_more_than_the_most_are_kept_and_the_oldest_give_way(unsent: Unsent, folder: Path, clock: Clock) -> None:
    keys = []
    for number in range(MOST_KEPT + 3):
        clock.now += dt.timedelta(seconds=1)
        keys.append(unsent.keep(str(number).encode()))
        assert len(kept_in(folder)) == min(number + 1, MOST_KEPT)
    assert MOST_KEPT == 500
    assert [unsent.read(key) for key in keys[:3]] == [None] * 3
    assert [unsent.read(key) for key in keys[3:]] == [str(number).encode() for number in range(3, MOST_KEPT + 3)]


def test_those_who_write_at_once_do_not_lose_each_others_words(folder: Path, clock: Clock) -> None:
    now = dt.datetime.now(dt.UTC)  # files that are being written have the time of the machine
    clock.now = now - LIFETIME
    for _ in range(100):
        Unsent(folder, clock).keep(b"gammalt")
    clock.now = now
    together = threading.Barrier(8)

    def write(number: int) -> list[tuple[str, bytes]]:
        together.wait(10)
        words = [f"{number} {turn}".encode() for turn in range(10)]
        return [(Unsent(folder, clock).keep(one), one) for one in words]

    with ThreadPoolExecutor(8) as people:
        kept = [pair for pairs in people.map(write, range(8)) for pair in pairs]
    assert [Unsent(folder, clock).read(key) for key, _ in kept] == [words for _, words in kept]


def test_dropping_twice_is_dropping_once(unsent: Unsent, folder: Path) -> None:
    key = unsent.keep(b"ord")
    unsent.drop(key)
    unsent.drop(key)
    assert kept_in(folder) == []


def test_where_nothing_can_be_written_nobody_is_stopped(tmp_path: Path, clock: Clock) -> None:
    in_the_way = tmp_path / "unsent"
    in_the_way.write_bytes(b"a file where the folder is to be")
    unsent = Unsent(in_the_way, clock)
    key = unsent.keep(b"ord")
    assert unsent.read(key) is None
    assert in_the_way.read_bytes() == b"a file where the folder is to be"


@pytest.mark.parametrize("call", ["fsync", "fchmod", "replace", "utime"])
def test_a_kill_while_writing_leaves_nothing_that_is_read_and_is_cleared_away(
    folder: Path, unsent: Unsent, clock: Clock, call: str
) -> None:
    before = unsent.keep(b"andras ord")
    command = [sys.executable, "-c", KILLED_WHILE_WRITING, str(folder), call, clock.now.isoformat()]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    (left,) = [file for file in kept_in(folder) if file.name != sha256(before.encode()).hexdigest()]
    assert left.name.startswith(".new-") or left.read_bytes() == b"half" * 10_000
    assert unsent.read(before) == b"andras ord"
    os.utime(left, (clock.now.timestamp(), clock.now.timestamp()))
    clock.now += LIFETIME
    unsent.keep(b"nytt")
    assert [file.read_bytes() for file in kept_in(folder)] == [b"nytt"]
