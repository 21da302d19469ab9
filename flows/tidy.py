"""Once a day notices come down whose time has passed, and deliveries to webhooks are forgotten that are long done."""

from __future__ import annotations

from prefect import flow

from flows.running import begin, finish, run
from signflow.steps.notices import take_down_notices
from signflow.steps.send_webhooks import forget_deliveries


@flow(name="tidy", flow_run_name="tidying, {day}", persist_result=False)
async def tidy(key: str, subject: str, day: str) -> None:  # noqa: ARG001 -- what Prefect's pages show of a run
    """Tidy what is due now, which may be a later day than the one that asked."""
    await begin(key)
    await run(take_down_notices)
    await run(forget_deliveries)
    await finish(key)
