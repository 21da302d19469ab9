"""The watch over the authority's certificates: renewed in time where that can be done here, told of where it cannot."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

import structlog

from signflow.errors import SignflowError
from signflow.signing.authority.authority import LocalAuthority

_log = structlog.get_logger()
# often enough that a clock that was set, or a night asleep, does not matter beside the sixty days of warning
_EVERY_S = 6 * 3600


class CertificateWatch:
    """Looks at every certificate at the start and several times a day. Nothing it finds stops the service."""

    def __init__(self, authority: LocalAuthority, clock: Callable[[], dt.datetime]) -> None:
        self._authority = authority
        self._clock = clock

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(_EVERY_S)

    def look(self) -> None:
        """Renew what ends soon; log a warning for each certificate that somebody must see to."""
        now = self._clock()
        try:
            for label in self._authority.renew(now):
                _log.info("certificate renewed", certificate=label)
            accounts = self._authority.accounts(now)
        except SignflowError as error:
            _log.warning("cannot look after the certificates", error=str(error))
            return
        for one in accounts:
            if one.needs_attention:
                until = one.list_until if one.standing.startswith("list") else one.holds_until
                _log.warning(
                    "certificate needs attention", certificate=one.label, standing=str(one.standing), until=str(until)
                )
