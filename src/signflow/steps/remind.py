"""Remind those who have waited long: each through an event of their document, which has the letter sent."""

from __future__ import annotations

from signflow.rounds.model import State
from signflow.rounds.outcome import Decision
from signflow.rounds.reminders import reminders_due
from signflow.steps.ports import Ports, record

_ALL = 1_000_000


def remind(ports: Ports) -> int:
    """Remind whoever is due; how many people that were.

    What is recorded is not due any more, so that a run that ends half-way is continued by the next, and run twice it is
    done once. Who signs meanwhile is not reminded: the decision is made on what is true then.

    Raises:
        StaleError: A document kept changing.
        UnavailableError: The database does not answer now.
    """
    reminded = 0
    day_of = ports.texts[ports.language].day
    for line in ports.store.documents((State.REVIEW,), limit=_ALL):
        for event in reminders_due(ports.store.load(line.id), ports.clock(), ports.policy, day_of):
            reminded += isinstance(record(ports, line.id, event), Decision)
    return reminded
