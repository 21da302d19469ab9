"""Once a day what is newly archived comes under evidence, and evidence is renewed before it ends."""

from __future__ import annotations

from prefect import flow

from flows.running import begin, finish, run
from signflow.steps.renew_evidence import keep_evidence


@flow(name="renew_evidence", flow_run_name="evidence, {day}", persist_result=False)
async def renew_evidence(key: str, subject: str, day: str) -> None:  # noqa: ARG001 -- what Prefect's pages show of a run
    """Do what is called for as of that day."""
    await begin(key)
    await run(keep_evidence)
    await finish(key)
