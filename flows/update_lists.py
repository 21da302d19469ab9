"""Once a day the EU's trusted lists are renewed, where some are wanted."""

from __future__ import annotations

from prefect import flow

from flows.running import begin, finish, run
from signflow.steps.update_lists import renew_lists


@flow(name="update_lists", flow_run_name="trusted lists, {day}", persist_result=False)
async def update_lists(key: str, subject: str, day: str) -> None:  # noqa: ARG001 -- what Prefect's pages show of a run
    """Get what is published now."""
    await begin(key)
    await run(renew_lists)
    await finish(key)
