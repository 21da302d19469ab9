"""How a flow runs its steps: in a thread, so that the event loop stays free, with the ports of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from prefect import get_client
from prefect.runtime import flow_run

from signflow import wiring
from signflow.crashpoints import CommitPoint, passing
from signflow.steps.ports import Ports

P = ParamSpec("P")
T = TypeVar("T")


async def run(step: Callable[Concatenate[Ports, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the step answers."""
    return await asyncio.to_thread(step, wiring.ports(), *args, **kwargs)


async def begin(key: str) -> None:
    """Note which flow run does that work, so that people find it in Prefect's pages."""
    await asyncio.to_thread(wiring.ports().store.note_run, key, str(flow_run.id))
    passing(CommitPoint.FLOW_STARTED)


def document_tag(document_id: str) -> str:
    """The tag under which Prefect lists the runs for a document."""
    return f"document:{document_id}"


async def label(document_id: str) -> None:
    """Tag the present run with the document, where that was not known when it began."""
    async with get_client() as client:
        await client.update_flow_run(UUID(str(flow_run.id)), tags=[document_tag(document_id)])


async def finish(key: str) -> None:
    """Close the work: its results are recorded. If it was asked for again meanwhile it stays open, and runs again."""
    await asyncio.to_thread(wiring.ports().store.close_work, key, str(flow_run.id))
    passing(CommitPoint.WORK_DONE)
