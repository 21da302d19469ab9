"""How often one address may ask for what takes much work."""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable

_MOST_ADDRESSES = 20_000
_NETWORK_BITS = {4: 32, 6: 64}  # who has one address of version 6 has a network of them


class Allowance:
    """So many pieces of work at once for each address, and as many again, evenly, in each period.

    Kept in memory, for the addresses that asked last.

    Args:
        most: How many.
        period: In which time a used-up allowance is whole again.
        clock: The time.
    """

    def __init__(self, most: int, period: dt.timedelta, clock: Callable[[], dt.datetime]) -> None:
        self._most = most
        self._each = period / most
        self._clock = clock
        self._whole_at: OrderedDict[str, dt.datetime] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, address: str) -> bool:
        """Whether the address may now; if so, that is counted."""
        place, now = _network(address), self._clock()
        with self._lock:
            whole_at = max(self._whole_at.get(place, now), now) + self._each
            if whole_at > now + self._each * self._most:
                return False
            self._whole_at[place] = whole_at
            self._whole_at.move_to_end(place)
            while len(self._whole_at) > _MOST_ADDRESSES:
                self._whole_at.popitem(last=False)
            return True


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, _NETWORK_BITS[parsed.version]), strict=False))
