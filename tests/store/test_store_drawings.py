"""What is drawn is kept, drawn once, and never missed."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signflow.blobs import digest_of
from signflow.errors import RefusedError
from signflow.store.drawings import Drawings

DIGEST, OTHER = digest_of(b"one"), digest_of(b"other")


class Pen:
    """Draws the same each time, and counts how often."""

    def __init__(self, drawn: bytes = b"drawn") -> None:
        self.drawn = drawn
        self.times = 0

    def __call__(self) -> bytes:
        self.times += 1
        return self.drawn


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "drawn"


@pytest.fixture
def drawings(folder: Path) -> Drawings:
    return Drawings(folder, "1")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=300))
def test_what_is_drawn_is_kept_and_drawn_once(folder: Path, drawn: bytes) -> None:
    pen, digest = Pen(drawn), digest_of(drawn)
    Drawings(folder, "1").drop(digest)
    for _ in range(2):
        assert Drawings(folder, "1").get(digest, "1.png", pen) == drawn
    assert pen.times == 1


def test_every_drawing_has_its_own_place(drawings: Drawings) -> None:
    places = [(digest, name) for digest in (DIGEST, OTHER) for name in ("text", "1.png", "11.png")]
    for digest, name in places:
        drawings.get(digest, name, Pen(f"{digest} {name}".encode()))
    assert [drawings.read(*place) for place in places] == [f"{digest} {name}".encode() for digest, name in places]


@pytest.mark.parametrize(
    ("kept", "then"), [(0, b""), (10, b""), (-1, b""), (None, b"x"), (-1, b"x"), (0, b"drawn"), (0, bytes(37))]
)
def test_what_is_not_whole_is_drawn_anew(drawings: Drawings, folder: Path, kept: int | None, then: bytes) -> None:
    pen = Pen()
    drawings.get(DIGEST, "1.png", pen)
    (file,) = _files(folder)
    file.write_bytes(file.read_bytes()[:kept] + then)
    assert drawings.read(DIGEST, "1.png") is None
    assert drawings.get(DIGEST, "1.png", pen) == drawings.read(DIGEST, "1.png") == b"drawn"
    assert pen.times == 2


def test_a_drawing_in_the_place_of_another_is_not_shown(drawings: Drawings, folder: Path) -> None:
    drawings.get(DIGEST, "1.png", Pen(b"first"))
    (first,) = _files(folder)
    first.rename(first.with_name(f"{DIGEST}.2.png"))
    assert drawings.get(DIGEST, "2.png", Pen(b"second")) == b"second"


def test_what_another_version_drew_is_not_shown(drawings: Drawings, folder: Path) -> None:
    drawings.get(DIGEST, "1.png", Pen(b"old"))
    assert Drawings(folder, "2").get(DIGEST, "1.png", Pen(b"new")) == b"new"


def test_who_asks_while_it_is_drawn_gets_that_one(drawings: Drawings) -> None:
    people, times, asking = 40, list[int](), threading.Barrier(40)

    def draw() -> bytes:
        times.append(1)
        return os.urandom(1_000_000)

    def ask(_: int) -> bytes:
        asking.wait()
        return drawings.get(DIGEST, "1.png", draw)

    with ThreadPoolExecutor(people) as pool:
        got = list(pool.map(ask, range(people)))
    assert len(times) == len(set(got)) == 1


def test_who_waits_for_what_cannot_be_drawn_is_told_so_and_the_next_tries_again(drawings: Drawings) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def fail() -> bytes:
        begun.set()
        go_on.wait()
        raise RefusedError("pdf-unreadable", reason="test")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(drawings.get, DIGEST, "1.png", fail)
        begun.wait()
        second = pool.submit(drawings.get, DIGEST, "1.png", fail)
        go_on.set()
        for asked in (first, second):
            with pytest.raises(RefusedError, match="pdf-unreadable"):
                asked.result()
    assert drawings.get(DIGEST, "1.png", Pen()) == b"drawn"


def test_where_the_disk_takes_nothing_it_is_drawn_each_time(drawings: Drawings, folder: Path) -> None:
    folder.write_bytes(b"no folder")
    pen = Pen()
    for times in (1, 2):
        assert drawings.get(DIGEST, "1.png", pen) == b"drawn"
        assert pen.times == times
    drawings.drop(DIGEST)


def test_no_more_is_kept_than_there_is_room_for_and_the_oldest_give_way(folder: Path) -> None:
    drawings, most = Drawings(folder, "1", most_bytes=10_000), 10_000
    leftover = folder / "0" / ".new-killed"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(bytes(500))
    os.utime(leftover, ns=(0, 0))
    for number in range(60):
        drawings.get(digest_of(b"%d" % number), "1.png", Pen(bytes(400)))
        for file in _files(folder):  # each older than what comes next, however coarse the clock
            os.utime(file, ns=(0, file.stat().st_mtime_ns - 10**9))
        assert sum(file.stat().st_size for file in _files(folder)) <= most
    kept = [number for number in range(60) if drawings.read(digest_of(b"%d" % number), "1.png")]
    assert kept == list(range(60 - len(kept), 60))
    assert len(kept) > 15
    assert not leftover.exists()


def test_what_is_dropped_goes_with_all_its_pages_and_nothing_else(drawings: Drawings, folder: Path) -> None:
    for digest, name in ((DIGEST, "text"), (DIGEST, "1.png"), (OTHER, "1.png")):
        drawings.get(digest, name, Pen())
    drawings.drop(DIGEST)
    assert [file.name for file in _files(folder)] == [f"{OTHER}.1.png"]
    drawings.drop(DIGEST)
