"""Once a day the head of the audit log is stamped."""

from __future__ import annotations

import datetime as dt

from prefect import flow

from flows.running import begin, finish, run
from signflow.steps.anchor_audit import anchor_audit as anchor


@flow(name="anchor_audit", flow_run_name="audit log, {day}", persist_result=False)
async def anchor_audit(key: str, subject: str, day: str) -> None:  # noqa: ARG001 -- what Prefect's pages show of a run
    """Anchor the log as of that day."""
    await begin(key)
    await run(anchor, dt.date.fromisoformat(day))
    await finish(key)
