"""Whatever is done to the log or to its anchors is found and named, and how much is still proven is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update
from store_samples import at_once, decision, document, following

from life import Life
from signflow.errors import UnavailableError
from signflow.rounds.work import WorkKind, daily_work
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.report import Indication
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.timestamps.tsa import ReadyTsa
from signflow.signing.trust import Trust
from signflow.steps.anchor_audit import anchor_audit
from signflow.steps.verify_audit import AuditReport, verify_audit
from signflow.store import audit
from signflow.store.database import Database
from signflow.store.tables import audit as entries
from signflow.store.tables import audit_anchors, audit_head

FIRST = dt.date(2026, 11, 20)
DAYS = tuple(FIRST + dt.timedelta(days=number) for number in range(3))


@dataclass
class Log:
    """A house whose log is anchored on three days, at the entries 4, 8 and 12; two entries more follow."""

    life: Life
    database: Database
    folder: Path
    now: dt.datetime

    def commit(self, count: int) -> None:
        kept = self.life.ports.store.load("doc")
        for _ in range(count):
            kept = following(kept)
            self.life.ports.store.commit(decision(kept))

    def anchor(self, day: dt.date) -> None:
        self.now = dt.datetime.combine(day, dt.time(3), dt.UTC)
        anchor_audit(self.life.ports, day)

    def report(self, at: dt.datetime | None = None, trust: Trust | None = None) -> AuditReport:
        return verify_audit(self.life.ports.anchors, trust or self.life.ports.trust(), at=at or self.now)

    def change(self, *acts: Callable[[Connection], Any]) -> None:
        with self.database.writing() as connection:
            for act in acts:
                act(connection)

    def file(self, day: dt.date, kind: str) -> Path:
        return self.folder / f"{day}.{kind}"


@pytest.fixture
def empty(url: str, tmp_path: Path) -> Iterator[Log]:
    with Life(tmp_path / "data", database_url=url) as life:
        database = Database(url)
        log = Log(
            life, database, tmp_path / "data" / "audit" / "anchors", dt.datetime.combine(FIRST, dt.time(), dt.UTC)
        )
        authority = LocalAuthority.open(
            tmp_path / "authority", organisation="Ånge", passphrase=None, now=log.now, base_url="http://127.0.0.1"
        )
        tsa = LocalTsa(authority, lambda: log.now)
        life.with_ports(authority=authority, tsa=tsa, clock=lambda: log.now)
        yield log
        database.close()


@pytest.fixture
def log(empty: Log) -> Log:
    empty.life.ports.store.commit(decision(document("doc"), entries=4), [])
    for day in DAYS:
        empty.anchor(day)
        empty.commit(4 if day != DAYS[-1] else 2)
    return empty


def codes(report: AuditReport) -> list[tuple[str, int]]:
    return [(fault.code, fault.seq) for fault in report.faults]


def test_a_log_that_nobody_touched_is_whole(log: Log) -> None:
    report = log.report()
    assert (report.indication, report.faults) == (Indication.TOTAL_PASSED, ())
    assert (report.entries, report.anchors) == (14, 3)
    assert report.sound is not None
    assert (report.sound.seq, report.sound.day, report.sound.local) == (12, DAYS[-1], True)
    assert report.sound.at == dt.datetime.combine(DAYS[-1], dt.time(3), dt.UTC)


def test_an_empty_log_has_nothing_to_anchor(empty: Log) -> None:
    empty.anchor(FIRST)
    report = empty.report()
    assert (report.indication, report.entries, report.anchors, report.sound) == (Indication.TOTAL_PASSED, 0, 0, None)


def test_a_day_is_anchored_once_and_only_for_something_new(log: Log) -> None:
    for day in (DAYS[-1], DAYS[0], DAYS[-1]):
        log.anchor(day)
    assert log.report().anchors == 3
    for later in (1, 2, 3):  # two entries wait: the first day takes them, the others find nothing
        log.anchor(DAYS[-1] + dt.timedelta(days=later))
    assert log.report().anchors == 4
    assert sorted(path.name for path in log.folder.iterdir()) == sorted(
        f"{day}.{kind}" for day in (*DAYS, DAYS[-1] + dt.timedelta(days=1)) for kind in ("json", "tst")
    )


def test_eight_at_once_make_one_anchor(log: Log) -> None:
    day = DAYS[-1] + dt.timedelta(days=1)
    assert at_once(*[lambda: anchor_audit(log.life.ports, day)] * 8) == [None] * 8
    report = log.report()
    assert (report.anchors, report.faults) == (4, ())


def _edit(**values: object) -> Callable[[Connection], Any]:
    return lambda connection: connection.execute(update(entries).where(entries.c.seq == 6).values(values))


def _remove(*numbers: int) -> Callable[[Connection], Any]:
    return lambda connection: connection.execute(delete(entries).where(entries.c.seq.in_(numbers)))


def _swap(connection: Connection) -> None:
    for old, new in ((6, 999), (7, 6), (999, 7)):
        connection.execute(update(entries).where(entries.c.seq == old).values(seq=new))


def _head(seq: int) -> Callable[[Connection], Any]:
    def put(connection: Connection) -> None:
        digest = connection.execute(select(entries.c.digest).where(entries.c.seq == seq)).scalar_one()
        connection.execute(update(audit_head).values(seq=seq, digest=digest))

    return put


def _rewrite(change: Callable[[Connection], Any]) -> Callable[[Connection], Any]:
    """The change, and then all that whoever can write to the database can do about it: a whole new chain and head."""

    def rewrite(connection: Connection) -> None:
        change(connection)
        rows = connection.execute(select(entries).order_by(entries.c.seq)).all()
        connection.execute(delete(entries))
        previous = "0" * 64
        for seq, row in enumerate(rows, 1):
            fields = {**row._mapping, "seq": seq, "previous": previous}
            fields["digest"] = audit._digest(seq, row.document_id, row.at, row.kind, row.actor, row.data, previous)
            connection.execute(insert(entries).values(fields))
            previous = fields["digest"]
        connection.execute(update(audit_head).values(seq=len(rows), digest=previous))

    return rewrite


NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("tamper", "found", "sound"),
    [
        pytest.param(_edit(document_id="two"), [("entry-altered", 6)], 4, id="another document"),
        pytest.param(_edit(at=NOON), [("entry-altered", 6)], 4, id="another time"),
        pytest.param(_edit(kind="adjusted"), [("entry-altered", 6)], 4, id="another kind"),
        pytest.param(_edit(actor="Somebody Else"), [("entry-altered", 6)], 4, id="another actor"),
        pytest.param(_edit(data='{"n":1}'), [("entry-altered", 6)], 4, id="other data"),
        pytest.param(_edit(previous="0" * 64), [("entry-unlinked", 6)], 4, id="another predecessor"),
        pytest.param(_edit(digest="0" * 64), [("entry-altered", 6)], 4, id="another digest"),
        pytest.param(_remove(6), [("entry-missing", 6)], 4, id="one removed"),
        pytest.param(_remove(1), [("entry-missing", 1)], None, id="the first removed"),
        pytest.param(_remove(14), [("head-differs", 14)], 12, id="the last removed"),
        pytest.param(_swap, [("entry-unlinked", 6), ("entry-unlinked", 7), ("entry-unlinked", 8)], 4, id="two swapped"),
        pytest.param(_head(13), [("head-differs", 15)], 12, id="the head wound back"),
        pytest.param(
            lambda connection: connection.execute(delete(audit_head)), [("head-differs", 15)], 12, id="no head"
        ),
        pytest.param(
            _remove(*range(7, 15)),
            [("head-differs", 7), ("anchor-other-log", 8), ("anchor-other-log", 12)],
            4,
            id="the end removed",
        ),
        pytest.param(
            _rewrite(_remove(*range(7, 15))),
            [("anchor-other-log", 8), ("anchor-other-log", 12)],
            4,
            id="the end removed and the head mended",
        ),
        pytest.param(
            _rewrite(_edit(actor="Somebody Else")),
            [("anchor-other-log", 8), ("anchor-other-log", 12)],
            4,
            id="one edited and the chain made anew",
        ),
        pytest.param(
            _rewrite(_remove(2)),
            [("anchor-other-log", 4), ("anchor-other-log", 8), ("anchor-other-log", 12)],
            None,
            id="one removed and the chain made anew",
        ),
        pytest.param(
            _rewrite(_swap), [("anchor-other-log", 8), ("anchor-other-log", 12)], 4, id="two swapped, a new chain"
        ),
    ],
)
def test_what_is_done_to_the_log_is_found_and_named(
    log: Log, tamper: Callable[[Connection], Any], found: list[tuple[str, int]], sound: int | None
) -> None:
    log.change(tamper)
    report = log.report()
    assert report.indication is Indication.TOTAL_FAILED
    assert codes(report) == found
    assert (report.sound.seq if report.sound else None) == sound


def _of_day(number: int, **values: object) -> Callable[[Log], Any]:
    row = audit_anchors.c.day == DAYS[number]
    return lambda log: log.change(
        lambda connection: connection.execute(update(audit_anchors).where(row).values(values))
    )


def _forget(number: int) -> Callable[[Log], Any]:
    row = audit_anchors.c.day == DAYS[number]
    return lambda log: log.change(lambda connection: connection.execute(delete(audit_anchors).where(row)))


def _unlink(number: int, *kinds: str) -> Callable[[Log], Any]:
    return lambda log: [log.file(DAYS[number], kind).unlink() for kind in kinds]


def _both(*acts: Callable[[Log], Any]) -> Callable[[Log], Any]:
    return lambda log: [act(log) for act in acts]


def _swap_anchors(log: Log) -> None:
    for kind in ("json", "tst"):
        first, second = log.file(DAYS[0], kind), log.file(DAYS[1], kind)
        one, other = first.read_bytes(), second.read_bytes()
        first.write_bytes(other)
        second.write_bytes(one)


def _damage(number: int, kind: str, place: int) -> Callable[[Log], Any]:
    def damage(log: Log) -> None:
        path = log.file(DAYS[number], kind)
        data = bytearray(path.read_bytes())
        data[place] ^= 1
        path.write_bytes(data)

    return damage


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        pytest.param(_forget(1), {("anchor-not-in-database", 8)}, id="removed from the database"),
        pytest.param(_forget(2), {("anchor-not-in-database", 12)}, id="the last removed from the database"),
        pytest.param(_of_day(1, token=None), {("anchor-not-in-database", 8)}, id="its token removed from the database"),
        pytest.param(_unlink(1, "json", "tst"), {("anchor-not-in-folder", 8)}, id="removed from the folder"),
        pytest.param(_unlink(2, "json", "tst"), {("anchor-not-in-folder", 12)}, id="the last removed from the folder"),
        pytest.param(_unlink(1, "tst"), {("anchor-not-in-folder", 8)}, id="only its token removed from the folder"),
        pytest.param(
            _both(_forget(1), _unlink(1, "json", "tst")), {("anchor-unlinked", 12)}, id="removed from both places"
        ),
        pytest.param(
            _both(_forget(0), _unlink(0, "json", "tst")), {("anchor-unlinked", 8)}, id="the first removed from both"
        ),
        pytest.param(_of_day(1, statement="{}"), {("anchor-differs", 8)}, id="another statement in the database"),
        pytest.param(_of_day(1, token=b"0"), {("anchor-differs", 8)}, id="another token in the database"),
        pytest.param(
            _of_day(2, day=DAYS[2] + dt.timedelta(days=3)),
            {("anchor-not-in-database", 12), ("anchor-damaged", 12), ("anchor-not-in-folder", 12)},
            id="another day in the database",
        ),
        pytest.param(
            _damage(1, "tst", -5),
            {("anchor-differs", 8), ("anchor-broken", 8), ("anchor-unlinked", 12)},
            id="its token altered in the folder",
        ),
        pytest.param(
            _damage(1, "json", 0),
            {("anchor-differs", 0), ("anchor-damaged", 0), ("anchor-broken", 0), ("anchor-unlinked", 12)},
            id="its statement altered in the folder",
        ),
        pytest.param(
            _swap_anchors,
            {("anchor-differs", 8), ("anchor-differs", 4), ("anchor-damaged", 8), ("anchor-damaged", 4)},
            id="two swapped in the folder",
        ),
    ],
)
def test_what_is_done_to_the_anchors_is_found_and_named(
    log: Log, tamper: Callable[[Log], Any], found: set[tuple[str, int]]
) -> None:
    tamper(log)
    report = log.report()
    assert report.indication is Indication.TOTAL_FAILED
    assert found <= set(codes(report))


def test_an_anchor_of_another_authority_proves_nothing(log: Log, tmp_path: Path) -> None:
    stranger = LocalAuthority.open(
        tmp_path / "stranger", organisation="Ånge", passphrase=None, now=log.now, base_url="http://127.0.0.1"
    )
    report = log.report(trust=stranger.trust(log.now))
    assert report.indication is Indication.INDETERMINATE
    assert {code for code, _ in codes(report)} == {"anchor-not-proven"}
    assert report.sound is None


def test_later_anchors_carry_earlier_ones_when_their_certificates_are_over(log: Log, tmp_path: Path) -> None:
    """Twenty-five years on, under a new authority's anchor, the old ones still prove what they proved."""
    bare = replace(log.life.ports.trust(), crls=())
    later = log.now + dt.timedelta(days=365 * 19)
    after = log.now + dt.timedelta(days=365 * 25)
    assert log.report(at=after, trust=bare).indication is Indication.INDETERMINATE
    log.now = later
    successor = LocalAuthority.open(
        tmp_path / "successor", organisation="Ånge", passphrase=None, now=later, base_url="http://127.0.0.1"
    )
    log.life.with_ports(tsa=LocalTsa(successor, lambda: log.now))
    log.anchor(later.date())
    trust = replace(bare, tsa_roots=(*bare.tsa_roots, successor.tsa_root_pem))
    report = log.report(at=after, trust=trust)
    assert (report.indication, report.anchors) == (Indication.TOTAL_PASSED, 4)
    assert report.sound is not None
    assert report.sound.seq == 14


class _Dying(Exception):  # noqa: N818 -- not an error: the power goes
    """The process ends here."""


def _die_after(tsa: LocalTsa) -> object:
    """An authority whose answer arrives, and nothing happens after it."""

    class Dying:
        roots = tsa.roots

        def ready(self, now: dt.datetime) -> ReadyTsa:
            ready = tsa.ready(now)

            def ask(request: bytes) -> bytes:
                ready.ask(request)
                raise _Dying

            return replace(ready, ask=ask)

    return Dying()


def test_interrupted_when_the_token_has_come_the_same_head_is_stamped(log: Log) -> None:
    """What was to be stamped stays fixed, though entries are added before it is done."""
    day, tsa = DAYS[-1] + dt.timedelta(days=1), log.life.ports.tsa
    log.life.with_ports(tsa=_die_after(tsa))
    with pytest.raises(_Dying):
        log.anchor(day)
    assert log.report().faults == ()  # an anchor that is being made is no fault
    log.life.with_ports(tsa=tsa)
    log.commit(3)
    log.anchor(day + dt.timedelta(days=1))
    report = log.report()
    assert (report.faults, report.anchors) == ((), 5)
    assert log.file(day, "json").read_bytes().endswith(b'"seq":14}')


def test_interrupted_between_folder_and_database_the_folder_counts(log: Log) -> None:
    log.change(
        lambda connection: connection.execute(
            update(audit_anchors).where(audit_anchors.c.day == DAYS[-1]).values(token=None)
        )
    )
    token = log.file(DAYS[-1], "tst").read_bytes()
    assert log.report().faults == ()
    log.anchor(DAYS[-1])
    assert (log.report().faults, log.report().anchors) == ((), 3)
    assert log.file(DAYS[-1], "tst").read_bytes() == token
    with log.database.reading() as connection:
        kept = select(audit_anchors.c.token).where(audit_anchors.c.day == DAYS[-1])
        assert connection.execute(kept).scalar_one() == token


def test_a_folder_that_cannot_be_written_is_unavailable(log: Log) -> None:
    day = DAYS[-1] + dt.timedelta(days=1)
    log.file(day, "tst").mkdir()
    with pytest.raises(UnavailableError, match="disk-unavailable"):
        log.anchor(day)


def test_the_day_is_asked_for_once_by_however_many(log: Log) -> None:
    works = daily_work(FIRST)
    assert [work.key for work in works if work.kind is WorkKind.ANCHOR_AUDIT] == ["audit:anchor_audit:2026-11-20"]
    for work in works:
        assert sorted(at_once(*[lambda work=work: log.life.ports.store.ask_once(work)] * 6)) == [False] * 5 + [True]
        log.life.ports.store.close_work(work.key)
        assert not log.life.ports.store.ask_once(work)
        assert log.life.ports.store.open_work(work.subject) == ()
