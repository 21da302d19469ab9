"""The dispatch beat, embedded: an outbox row becomes a flow run in this process.

Rows of one subject run in order, one at a time; different subjects side by side. A row that cannot be done now waits,
longer each time, for ever; why it waits is on the row, for people to see.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Coroutine, Mapping
from typing import Any

import httpx
import structlog
from prefect import tags
from prefect.context import AsyncClientContext
from prefect.exceptions import PrefectHTTPStatusError
from prefect.flows import Flow

from flows.anchor_audit import anchor_audit
from flows.apply_signature import apply_signature
from flows.archive_minutes import archive_minutes
from flows.open_review import open_review
from flows.reconcile import reconcile
from flows.register_draft import register_draft
from flows.remind import remind
from flows.renew_evidence import renew_evidence
from flows.running import document_tag
from flows.send_letters import send_letters
from flows.send_staff_code import send_staff_code
from flows.send_webhooks import send_webhooks
from flows.tidy import tidy
from flows.update_lists import update_lists
from signflow.errors import SignflowError
from signflow.rounds.work import WorkKind
from signflow.service.waking import Waker
from signflow.store.outbox import OpenWork
from signflow.store.store import Store

_log = structlog.get_logger()
_FIRST_WAIT_S = 1.0
_IDLE_S = 1.0

FLOWS: Mapping[WorkKind, Flow[..., Coroutine[Any, Any, None]]] = {  # pyright: ignore[reportAssignmentType] -- Flow is invariant
    WorkKind.REGISTER_DRAFT: register_draft,
    WorkKind.OPEN_REVIEW: open_review,
    WorkKind.SEND_LETTERS: send_letters,
    WorkKind.APPLY_SIGNATURE: apply_signature,
    WorkKind.ARCHIVE_MINUTES: archive_minutes,
    WorkKind.ANCHOR_AUDIT: anchor_audit,
    WorkKind.RENEW_EVIDENCE: renew_evidence,
    WorkKind.UPDATE_LISTS: update_lists,
    WorkKind.REMIND: remind,
    WorkKind.TIDY: tidy,
    WorkKind.SEND_STAFF_CODE: send_staff_code,
    WorkKind.SEND_WEBHOOKS: send_webhooks,
}


async def begin_day() -> None:
    """Look once, as a flow of its own, whether work is missing; the service starts whatever comes of it."""
    try:
        await reconcile()
    except (SignflowError, httpx.TransportError, PrefectHTTPStatusError) as error:
        _log.warning("could not look for missing work", error=str(error))


class Dispatcher:
    """Runs what is due, as long as it is asked to."""

    def __init__(self, store: Store, waker: Waker, at_once: int, longest_wait_s: float) -> None:
        self._store = store
        self._waker = waker
        self._at_once = at_once
        self._longest_wait_s = longest_wait_s
        self._running: dict[str, asyncio.Task[None]] = {}
        # systems elsewhere that are slow leave at least half of the places to documents; one place is shared
        self._most_hooks = max(1, at_once // 2)
        self._hooks_running = 0

    async def run(self) -> None:
        """Dispatch until cancelled; then wait for what is running."""
        # one client for all runs: each run would otherwise make, warm and close its own
        async with AsyncClientContext():
            try:
                while True:
                    await self._dispatch_due()
                    # another process (the command line) may commit work too: look now and then without being woken
                    await self._waker.wait(_IDLE_S)
            finally:
                # what is running ends before its client is closed
                await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _dispatch_due(self) -> None:
        free = self._at_once - len(self._running)
        if free < 1:
            return
        try:
            few = (WorkKind.SEND_WEBHOOKS, self._most_hooks - self._hooks_running)
            due = await asyncio.to_thread(self._store.due_work, list(self._running), free, few)
        except SignflowError as error:
            _log.warning("cannot look for work", error=str(error))
            return
        for row in due:
            self._hooks_running += row.work.kind is WorkKind.SEND_WEBHOOKS
            task = asyncio.create_task(self._carry_out(row))
            self._running[row.work.subject] = task

    async def _carry_out(self, row: OpenWork) -> None:
        work = row.work
        try:
            with tags(document_tag(work.subject)):
                await FLOWS[work.kind](key=work.key, subject=work.subject, **work.args)
        except SignflowError as error:
            await self._postpone(row, error.code, {name: str(value) for name, value in error.params.items()})
        except (httpx.TransportError, PrefectHTTPStatusError) as error:
            await self._postpone(row, "prefect-unavailable", {"reason": type(error).__name__})
        except Exception as error:  # noqa: BLE001 -- logged whole, and the work goes on waiting in sight
            # a defect of ours must neither stop the service nor lose the work: it waits where people see it
            _log.exception("work failed", key=work.key, kind=str(work.kind))
            await self._postpone(row, "unexpected", {"reason": type(error).__name__})
        finally:
            del self._running[work.subject]
            self._hooks_running -= work.kind is WorkKind.SEND_WEBHOOKS
            self._waker.wake()

    async def _postpone(self, row: OpenWork, code: str, params: Mapping[str, str]) -> None:
        wait_s = min(_FIRST_WAIT_S * 2 ** min(row.attempt - 1, 30), self._longest_wait_s)
        _log.warning(
            "work waits",
            key=row.work.key,
            code=code,
            reason=params.get("reason", ""),
            attempt=row.attempt,
            wait_s=wait_s,
        )
        try:
            wait = dt.timedelta(seconds=wait_s)
            await asyncio.to_thread(self._store.postpone_work, row.work.key, wait, code, params)
        except SignflowError as error:  # the row stays as it is: open and due
            _log.warning("cannot note why work waits", key=row.work.key, error=str(error))
            await asyncio.sleep(wait_s)
