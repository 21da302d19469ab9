"""Killed between any two things that a ceremony does to the disk, it leaves the old or the new, and can be done again."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from signing_house import NOW, ORGANISATION, authentication

from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.authority.ceremony import Ceremony, RootPlan
from signflow.signing.authority.folder import KeyFolder
from signflow.signing.authority.installation import Installation
from signflow.signing.authority.register import ISSUING, SEAL

HOUSE = Installation(ORGANISATION, "SE", "http://127.0.0.1:8000")
_DISK_EVENTS = {"open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.chmod", "shutil.rmtree"}
Work = Callable[[Ceremony], object]


def opened(folder: Path) -> LocalAuthority:
    return LocalAuthority.open_house(folder, HOUSE, None, NOW)


def killed(folder: Path, work: Work, before: int) -> bool:
    """Do the work in a child that kills itself before the disk is touched that many times; whether it was killed."""
    child = os.fork()
    if child == 0:
        ceremony = Ceremony(KeyFolder(folder, None), HOUSE, NOW + dt.timedelta(days=1))
        seen = iter(range(1, 10_000))

        def hook(event: str, _arguments: object) -> None:
            if event in _DISK_EVENTS and next(seen) == before:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        work(ceremony)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def state(folder: Path) -> tuple[str, ...]:
    """What is in use, and that all of it works."""
    authority = opened(folder)
    authority.issue_one_shot("Anna", "", authentication(), NOW + dt.timedelta(days=1))
    authority.evidence_signer(NOW + dt.timedelta(days=1))
    authority.crls(NOW + dt.timedelta(days=1))
    in_use = [one for one in authority.accounts(NOW) if one.in_use]
    assert not list((folder / "certificates").glob(".*"))
    return tuple(f"{one.label} {one.place} {one.revoked_at}" for one in in_use)


def put_away(ceremony: Ceremony) -> None:
    ceremony.put_away(["root", "tsa-root"])


WORKS: dict[str, Work] = {
    "seal": lambda ceremony: ceremony.issue(SEAL, new_key=True),
    "issuing": lambda ceremony: ceremony.issue(ISSUING, new_key=True),
    "certificate": lambda ceremony: ceremony.issue(SEAL, new_key=False),
    "roots": put_away,
    "revoked": lambda ceremony: ceremony.revoke("tsa", x509.ReasonFlags.superseded, NOW),
}


@pytest.mark.kill
@pytest.mark.parametrize(
    ("name", "step"), [("roots", 1), ("seal", 1), ("issuing", 3), ("certificate", 3), ("revoked", 3)]
)
def test_killed_before_any_touch_of_the_disk(tmp_path: Path, name: str, step: int) -> None:
    made = tmp_path / "made"
    opened(made)
    old = state(made)
    done = tmp_path / "done"
    shutil.copytree(made, done)
    assert not killed(done, WORKS[name], 10_000)
    new = state(done)
    assert old != new
    found: list[bool] = []
    for before in range(1, 10_000, step):
        folder = tmp_path / str(before)
        shutil.copytree(made, folder)
        was_killed = killed(folder, WORKS[name], before)
        now = state(folder)
        assert now in {old, new}
        found.append(now == new)
        if now == old:
            assert not killed(folder, WORKS[name], 10_000)
            assert state(folder) == new
        if name == "roots" and now == new:
            assert not list(folder.rglob("*root.key.pem"))
        shutil.rmtree(folder)
        if not was_killed:
            break
    assert found == sorted(found)  # there is one moment at which the old becomes the new
    assert set(found) == {False, True}
    assert len(found) * step > 10


@pytest.mark.kill
def test_killed_before_any_touch_of_the_disk_at_the_first_start(tmp_path: Path) -> None:
    for before in range(1, 10_000, 3):
        folder = tmp_path / str(before)
        was_killed = killed(folder, lambda ceremony: ceremony.make(RootPlan()), before)
        assert len(state(folder)) == 6
        shutil.rmtree(folder)
        if not was_killed:
            assert before > 30
            return
