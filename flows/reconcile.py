"""At every start: documents on their way are held against the work that their state calls for."""

from __future__ import annotations

from prefect import flow, task

from flows.running import run
from signflow.steps.reconcile import ask_for_missing_work


@task(name="ask for work that is missing", persist_result=False)
async def ask_again() -> tuple[str, ...]:
    """The keys of what was missing; none in ordinary life."""
    return await run(ask_for_missing_work)


@flow(name="reconcile", persist_result=False)
async def reconcile() -> None:
    """Ask again for what is missing. Nothing waits for it; being the first, it also loads what every later run needs."""
    await ask_again()
