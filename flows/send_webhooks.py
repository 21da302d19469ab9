"""A system elsewhere is told what has happened."""

from __future__ import annotations

from prefect import flow

from flows.running import begin, finish, run
from signflow.steps.send_webhooks import send_webhooks as send


@flow(name="send_webhooks", flow_run_name="webhook {hook}", persist_result=False)
async def send_webhooks(key: str, subject: str, hook: str) -> None:  # noqa: ARG001 -- what Prefect's pages show of a run
    """Send it what is due."""
    await begin(key)
    await run(send, hook)
    await finish(key)
