"""Once a day those are reminded who have waited long, and readers are told of new versions."""

from __future__ import annotations

from prefect import flow

from flows.running import begin, finish, run
from signflow.steps.reading import tell_readers
from signflow.steps.remind import remind as remind_all


@flow(name="remind", flow_run_name="reminders, {day}", persist_result=False)
async def remind(key: str, subject: str, day: str) -> None:  # noqa: ARG001 -- what Prefect's pages show of a run
    """Remind whoever is due now, which may be a later day than the one that asked."""
    await begin(key)
    await run(remind_all)
    await run(tell_readers)
    await finish(key)
