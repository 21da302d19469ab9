"""At every start: documents on their way are held against the work that their state calls for."""

from __future__ import annotations

from prefect import flow

from flows.running import run
from signflow.steps.reconcile import ask_for_missing_work


@flow(name="reconcile", persist_result=False)
async def reconcile() -> None:
    """Ask again for what is missing. Nothing else waits for this flow."""
    await run(ask_for_missing_work)
