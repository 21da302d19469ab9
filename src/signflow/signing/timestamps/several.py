"""Several authorities in an order: the first that answers."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from asn1crypto import x509 as asn1_x509

from signflow.errors import UnavailableError
from signflow.signing.timestamps.http import HttpTsa
from signflow.signing.timestamps.tsa import ReadyTsa

_FIRST_REST = dt.timedelta(seconds=30)
_LONGEST_REST = dt.timedelta(minutes=15)


class SeveralTsas:
    """Authorities outside, in the order in which they are wanted.

    One that fails rests, longer each time, and meanwhile the others come before it. When all rest they are asked all the
    same, so that a signature waits no longer than it must. There is no authority behind them: if none answers there is
    no timestamp.
    """

    def __init__(self, tsas: Sequence[HttpTsa], clock: Callable[[], dt.datetime]) -> None:
        self._tsas = tuple(tsas)
        self._clock = clock
        self._failures: dict[str, tuple[int, dt.datetime]] = {}
        self._lock = threading.Lock()
        self.roots: tuple[asn1_x509.Certificate, ...] = tuple(
            {root.sha256: root for tsa in tsas for root in tsa.roots}.values()
        )

    def ready(self, now: dt.datetime) -> ReadyTsa:
        """The first that answers.

        Raises:
            UnavailableError: None does. Of a single authority it says why; of several, what each came to.
        """
        failures: list[UnavailableError] = []
        for tsa in self._in_turn():
            try:
                ready = tsa.ready(now)
            except UnavailableError as error:
                self._failed(tsa)
                failures.append(error)
            else:
                return replace(ready, ask=partial(self._ask, tsa, ready))
        if len(failures) == 1:
            raise failures[0]
        raise UnavailableError("tsa-none", answers="; ".join(map(_in_brief, failures)))

    def _ask(self, tsa: HttpTsa, ready: ReadyTsa, request: bytes) -> bytes:
        try:
            answer = ready.ask(request)
        except UnavailableError as error:
            if error.code != "tsa-changed":  # a new key is no fault: it is known now
                self._failed(tsa)
            raise
        with self._lock:
            self._failures.pop(tsa.address.url, None)
        return answer

    def _in_turn(self) -> list[HttpTsa]:
        now = self._clock()
        with self._lock:
            rests_until = {url: until for url, (_, until) in self._failures.items() if until > now}
        return sorted(self._tsas, key=lambda tsa: rests_until.get(tsa.address.url, now))

    def _failed(self, tsa: HttpTsa) -> None:
        with self._lock:
            count = self._failures.get(tsa.address.url, (0, None))[0]
            rest = min(_FIRST_REST * 2 ** min(count, 10), _LONGEST_REST)
            self._failures[tsa.address.url] = count + 1, self._clock() + rest


def _in_brief(error: UnavailableError) -> str:
    reason = error.params.get("reason") or error.params.get("status") or error.code
    return f"{error.params.get('url')} ({reason})"
