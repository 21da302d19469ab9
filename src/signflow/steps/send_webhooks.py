"""Tell a webhook what is due, each thing at least once: what was sent but not recorded goes again under the same id."""

from __future__ import annotations

import datetime as dt

import structlog

from signflow.crashpoints import CommitPoint, passing
from signflow.errors import UnavailableError
from signflow.steps.ports import Ports
from signflow.store.deliveries import DeliveryRecord
from signflow.webhooks import Answer

_log = structlog.get_logger()
_SCHEDULE_S = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
"""The waits between tries. Source: Standard Webhooks, "Deliverability and reliability"."""
_TAKEN_KEPT = dt.timedelta(days=30)
_GIVEN_UP_KEPT = dt.timedelta(days=90)
_GONE = "HTTP 410"
_NOT_SET = "not in the settings"


def send_webhooks(ports: Ports, hook: str) -> int:
    """Send what is due to one webhook; how many deliveries it took.

    A receiver that does not answer is asked once in a run; one that refuses a single delivery is told the next. A webhook
    that answers 410, or that the settings do not name any more, is told nothing more.

    Raises:
        UnavailableError: Something is still to be sent to it (`webhook-waits`).
        SettingsError: Its secret cannot be read, or is none.
    """
    receiver = ports.webhooks.get(hook)
    if receiver is None:
        _stop(ports, hook, _NOT_SET)
        return 0
    taken = 0
    while delivery := ports.deliveries.next_due(hook):
        answer = receiver.post(delivery.id, delivery.payload, ports.clock())
        passing(CommitPoint.WEBHOOK_SENT)
        if answer.gone:
            _stop(ports, hook, _GONE)
            return taken
        if not answer.reason:
            ports.deliveries.taken(delivery)
            taken += 1
            continue
        _note_failure(ports, delivery, answer)
        if answer.is_down:
            break
    waiting = ports.deliveries.waiting(hook)
    if waiting:
        raise UnavailableError("webhook-waits", hook=hook, reason=waiting.reason)
    return taken


def forget_deliveries(ports: Ports) -> int:
    """Forget what was taken a month ago, and what was given up a quarter of a year ago; how many deliveries that were."""
    now = ports.clock()
    return ports.deliveries.forget(now - _TAKEN_KEPT, now - _GIVEN_UP_KEPT)


def _note_failure(ports: Ports, delivery: DeliveryRecord, answer: Answer) -> None:
    wait = None
    if delivery.tries < len(_SCHEDULE_S):
        planned_s = _SCHEDULE_S[delivery.tries]
        # the id is a digest: as good as chance for spreading tries, and a tenth is spread enough
        spread_s = planned_s * int(delivery.id[-2:], 16) / 2560
        wait = max(dt.timedelta(seconds=planned_s + spread_s), answer.wait)
    else:
        _log.warning("webhook delivery given up", hook=delivery.hook, id=delivery.id, reason=answer.reason)
    ports.deliveries.failed(delivery, answer.reason, wait)


def _stop(ports: Ports, hook: str, reason: str) -> None:
    _log.warning("webhook stopped", hook=hook, reason=reason)
    ports.deliveries.stop(hook, reason)
