"""Who stamped, kept with the result of an effect: what the validation found in the token, not what was asked for."""

from __future__ import annotations

from signflow.errors import IntegrityError
from signflow.rounds.events import Stamped
from signflow.signing.report import TimestampReport
from signflow.store.effects import Result


def stamped_result(timestamp: TimestampReport | None) -> Result:
    """What of a timestamp is kept in the result.

    Raises:
        IntegrityError: There is none, which no gate lets through.
    """
    if timestamp is None:
        raise IntegrityError("timestamp-missing")
    return {"stamped_by": timestamp.authority, "stamped_locally": int(timestamp.local)}


def read_stamped(made: Result) -> Stamped:
    """The same, from the result."""
    return Stamped(str(made["stamped_by"]), bool(made["stamped_locally"]))
