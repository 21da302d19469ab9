"""SQLite as the embedded house uses it: writers wait for one another, and what is committed survives the process."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from store_samples import Clock, decision, document, following, work

from signflow.errors import UnavailableError
from signflow.store import database as database_module
from signflow.store.database import Database
from signflow.store.store import Store


@pytest.fixture
def address(sqlite_template: Path, tmp_path: Path) -> str:
    copy = tmp_path / "signflow.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


def test_every_commit_is_synced_and_readers_do_not_stop_writers(address: str) -> None:
    database = Database(address)
    with database.reading() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    database.close()


def test_a_writer_waits_for_a_writer(address: str, clock: Clock) -> None:
    first, second = Database(address), Database(address)
    holds, release = threading.Event(), threading.Event()

    def hold() -> None:
        with first.writing() as connection:
            connection.execute(text("UPDATE audit_head SET seq = seq"))
            holds.set()
            release.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    holds.wait(10)
    timer = threading.Timer(0.3, release.set)
    timer.start()
    begun = time.monotonic()
    Store(second, clock).commit(decision(document()), [])
    assert time.monotonic() - begun >= 0.25
    holder.join()
    timer.join()
    assert Store(first, clock).load("doc") == document()
    first.close()
    second.close()


def test_a_writer_that_waited_too_long_is_told_so(address: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "_BUSY_S", 0.1)
    first, second = Database(address), Database(address)
    with first.writing(), pytest.raises(UnavailableError, match=r"database-unavailable.*locked"):
        Store(second, clock).commit(decision(document()), [])
    Store(second, clock).commit(decision(document()), [])
    first.close()
    second.close()


def test_a_reader_neither_waits_nor_sees_what_is_not_committed(address: str, clock: Clock) -> None:
    database = Database(address)
    store = Store(database, clock)
    first = store.commit(decision(document()), [])
    with database.writing() as connection:
        connection.execute(text("UPDATE documents SET title = 'half'"))
        assert store.load("doc") == first
    database.close()


_KILLED = """
import sys
sys.path.insert(0, sys.argv[2])
from store_samples import Clock, decision, document, following, work
from signflow.store.database import Database
from signflow.store.store import Store
store = Store(Database(sys.argv[1]), Clock())
kept = store.commit(decision(document()), [])
while True:
    kept = store.commit(decision(following(kept), work(str(kept.change)), entries=3))
    print(kept.change, flush=True)
"""


@pytest.mark.parametrize("after_s", [0.003, 0.017])
def test_what_was_committed_survives_a_kill_and_nothing_is_half_there(
    address: str, clock: Clock, after_s: float
) -> None:
    program = [sys.executable, "-c", _KILLED, address, str(Path(__file__).parent)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline()]
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        told += [line for line in process.stdout if line.endswith("\n")]
    database = Database(address)
    store = Store(database, clock)
    kept = store.load("doc")
    assert int(told[-1]) <= kept.change <= int(told[-1]) + 1
    assert store.verify_audit() == 1 + 3 * (kept.change - 1)
    assert [row.work.key for row in store.open_work()] == [str(change) for change in range(1, kept.change)]
    assert store.commit(decision(following(kept), work("after"))).change == kept.change + 1
    database.close()
