"""The processes that strangers' files are taken apart in: one that is there before the first, another only when it is needed."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from signing_lists import NOW

from signflow.errors import RefusedError
from signflow.signing.trust import Trust
from signflow.steps import verify


@pytest.fixture(autouse=True)
def _none_running() -> None:
    for server in list(verify._SERVERS.queue):
        server.end()


def running() -> set[int]:
    """The processes of ours that take files apart."""
    found: set[int] = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue  # it has ended meanwhile
        if int(parent) == os.getpid() and b"signflow.steps.verifier" in command:
            found.add(int(process.name))
    return found


def check() -> str:
    with pytest.raises(RefusedError) as refused:
        verify.verify_apart(b"no PDF", Trust(roots=(), tsa_roots=()), at=NOW)
    return refused.value.code


def test_it_is_started_before_the_first_file_and_serves_one_after_the_other() -> None:
    assert running() == set()
    verify.warm_up()
    (first,) = running()
    assert [check() for _ in range(3)] == ["pdf-unreadable"] * 3
    assert running() == {first}
    verify.warm_up()
    assert running() == {first}


def test_two_at_once_have_a_process_each() -> None:
    with verify._server(), ThreadPoolExecutor(1) as beside:
        assert beside.submit(check).result() == "pdf-unreadable"
    with verify._server() as one, verify._server() as other:
        one.start()
        other.start()
        verify.warm_up()
        assert len(running()) == 2
