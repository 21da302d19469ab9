"""The EU's trusted lists are renewed: what holds is believed from now on, and whatever does not leaves the issue before.

Nothing is claimed first. Each list is put in its place whole, so that a run that was interrupted has renewed some lists and
not the others, and the next one renews them all.
"""

from __future__ import annotations

import structlog

from signflow.errors import RefusedError, SignflowError, UnavailableError
from signflow.signing.trusted_lists.update import Outcome
from signflow.steps.ports import Ports

_log = structlog.get_logger()


def renew_lists(ports: Ports) -> None:
    """Get what is published now, for work that waits until all of it is here. Nothing where no lists are wanted any more.

    Raises:
        RefusedError: `trusted-lists-refused`: what some addresses have does not hold, or is older than what is here.
        UnavailableError: `trusted-lists-away`: some lists cannot be had now. Or the data folder cannot be written.
    """
    if ports.lists is None:
        return
    faults: dict[str, SignflowError] = {}
    for one in ports.lists.update(ports.clock()):
        if one.error is not None:
            _log.warning("trusted list stays as it was", list=one.territory, error=str(one.error))
            faults[one.territory] = one.error
        elif one.outcome is Outcome.NEW and one.edition is not None:
            _log.info("trusted list renewed", list=one.territory, sequence=one.edition.sequence)
    away = {territory: error for territory, error in faults.items() if isinstance(error, UnavailableError)}
    refused = {territory: error for territory, error in faults.items() if territory not in away}
    if refused:  # before what is only away: somebody may be trying something
        reason = next(iter(refused.values())).code
        raise RefusedError("trusted-lists-refused", lists=", ".join(refused), reason=reason)
    if away:
        reason = next(iter(away.values())).params.get("reason", "")
        raise UnavailableError("trusted-lists-away", lists=", ".join(away), reason=reason)
