"""Who of the staff is signed in, and what browsers were asked before they were let in.

A session is known by the SHA-256 of its token: whoever reads the database can use none. A challenge is counted and answered
in one transaction, so that two answers at once are one after the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, or_, select, update

from signflow.rounds.admission import StaffChallenge, StaffRules, StaffSession, StaffSignIn, answered, is_open
from signflow.rounds.work import Work, WorkKind
from signflow.store import outbox
from signflow.store.database import Database, Turn, take_turn
from signflow.store.people import RegisteredPerson
from signflow.store.tables import outbox as work_rows
from signflow.store.tables import people, sessions, staff_challenges

_HOUR = dt.timedelta(hours=1)
_KEPT = dt.timedelta(days=1)  # longer than anything is counted
REMEMBERED = dt.timedelta(days=7)
"""How long it is known whose a session was that has ended, so that what they send then comes back to them. It opens nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """A session, and what the people register says now of the one whose it is; None if they are not in it."""

    session: StaffSession
    person: RegisteredPerson | None


class Sessions:
    """Sessions and challenges in one database."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def ask(self, challenge: StaffChallenge, work: Work | None, most_per_hour: int | None) -> bool:
        """Keep a challenge, and the work to send its code; whether there were not too many in the hour before, if that counts.

        Those of one address and one known browser count together, and those of one address and all other browsers. Whether
        anybody has that address makes no difference here. What is a day old is forgotten.
        """
        counted = and_(
            staff_challenges.c.address == challenge.address,
            staff_challenges.c.device == challenge.device,
            staff_challenges.c.asked_at > challenge.asked_at - _HOUR,
        )
        with self._database.writing() as connection:
            take_turn(connection, Turn.ASKING_FOR_CODES)
            old = challenge.asked_at - _KEPT
            connection.execute(delete(staff_challenges).where(staff_challenges.c.asked_at < old))
            done = and_(work_rows.c.kind == WorkKind.SEND_STAFF_CODE, work_rows.c.done_at < old)
            connection.execute(delete(work_rows).where(done))
            asked = connection.execute(select(func.count()).select_from(staff_challenges).where(counted)).scalar_one()
            if most_per_hour is not None and asked >= most_per_hour:
                return False
            connection.execute(insert(staff_challenges).values(asdict(challenge)))
            if work:
                outbox.add(connection, [work], challenge.asked_at)
        return True

    def challenge(self, challenge_id: str) -> StaffChallenge | None:
        """The challenge as it is now; None if there is none, or none any more."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(staff_challenges).where(staff_challenges.c.id == challenge_id)
            ).one_or_none()
        return _challenge(row) if row else None

    def answer(self, challenge_id: str, *, right: bool) -> StaffChallenge | None:
        """What an answer leaves of an open challenge; None if it is not open. A right answer is taken once."""
        mine = staff_challenges.c.id == challenge_id
        with self._database.writing() as connection:
            row = connection.execute(select(staff_challenges).where(mine).with_for_update()).one_or_none()
            if row is None or not is_open(_challenge(row), self._clock()):
                return None
            after = answered(_challenge(row), right=right)
            connection.execute(update(staff_challenges).where(mine).values(tries_left=after.tries_left))
            return after

    def note_sent(self, challenge_id: str) -> None:
        """The code is sent."""
        self._note(challenge_id, {"sent_at": self._clock()})

    def note_begun(self, challenge_id: str, begun: Mapping[str, str | int]) -> None:
        """What an identity provider gave to keep until the person comes back."""
        self._note(challenge_id, {"begun": dict(begun)})

    def begun(self, challenge_id: str) -> Mapping[str, str | int] | None:
        """What was kept; None if nothing was."""
        with self._database.reading() as connection:
            query = select(staff_challenges.c.begun).where(staff_challenges.c.id == challenge_id)
            return connection.execute(query).scalar_one_or_none()

    def begin(self, token_digest: str, session: StaffSession, rules: StaffRules) -> None:
        """Keep a session. Those that ended more than `REMEMBERED` ago, whosever they were, are forgotten."""
        then = self._clock() - REMEMBERED
        over = or_(sessions.c.seen_at < then - rules.idle, sessions.c.begun_at < then - rules.longest)
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(over))
            roles = None if session.roles is None else list(session.roles)
            values = {**asdict(session), "roles": roles, "token_digest": token_digest}
            connection.execute(insert(sessions).values(values))

    def find(self, token_digest: str) -> Found | None:
        """The session of that token, whether or not it still holds; None if there is none."""
        query = (
            select(sessions, people.c.name.label("registered"), people.c.organisation, people.c.roles.label("held"))
            .outerjoin(people, people.c.address == sessions.c.address)
            .where(sessions.c.token_digest == token_digest)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        person = None
        if row.registered is not None:
            person = RegisteredPerson(row.registered, row.organisation, row.address, tuple(row.held))
        return Found(_session(row), person)

    def person_at(self, address: str) -> RegisteredPerson | None:
        """Who has that address in the people register, in whatever case it is written."""
        return self._person(func.lower(people.c.address) == address.lower())

    def person_known_by(self, identifier_digest: str) -> RegisteredPerson | None:
        """Whom an identity provider knows by that identifier, if the people register says so of one person alone."""
        return self._person(people.c.identifier_digest == identifier_digest)

    def see(self, token_digest: str, at: dt.datetime) -> None:
        """The session is used."""
        with self._database.writing() as connection:
            connection.execute(update(sessions).where(sessions.c.token_digest == token_digest).values(seen_at=at))

    def end(self, token_digest: str) -> None:
        """The session is over."""
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_digest == token_digest))

    def end_all(self, address: str) -> int:
        """All sessions of whoever has that address are over; how many there were."""
        with self._database.writing() as connection:
            return connection.execute(
                delete(sessions).where(func.lower(sessions.c.address) == address.lower())
            ).rowcount

    def _person(self, condition: ColumnElement[bool]) -> RegisteredPerson | None:
        with self._database.reading() as connection:
            rows = connection.execute(select(people).where(condition)).all()
        if len(rows) != 1:
            return None
        (row,) = rows
        return RegisteredPerson(row.name, row.organisation, row.address, tuple(row.roles))

    def _note(self, challenge_id: str, values: Mapping[str, object]) -> None:
        with self._database.writing() as connection:
            mine = staff_challenges.c.id == challenge_id
            connection.execute(update(staff_challenges).where(mine).values(dict(values)))


def _challenge(row: Row[tuple[object, ...]]) -> StaffChallenge:
    return StaffChallenge(
        id=row.id,
        address=row.address,
        device=row.device,
        destination=row.destination,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        tries_left=row.tries_left,
        sent_at=row.sent_at,
    )


def _session(row: Row[tuple[object, ...]]) -> StaffSession:
    return StaffSession(
        name=row.name,
        address=row.address,
        method=StaffSignIn(row.method),
        begun_at=row.begun_at,
        seen_at=row.seen_at,
        roles=None if row.roles is None else tuple(row.roles),
    )
