"""The letters that a document's state calls for are sent."""

from __future__ import annotations

from prefect import flow, task

from flows.running import begin, finish, run
from signflow.steps.send_letters import send_letters as send


@task(name="send the letters that are due", persist_result=False)
async def send_due_letters(document_id: str) -> int:
    """How many letters went. A task of its own where a flow does something else as well."""
    return await run(send, document_id)


@flow(name="send_letters", flow_run_name="{subject}, round {round}", persist_result=False)
async def send_letters(key: str, subject: str, round: int) -> None:  # noqa: A002, ARG001 -- for the run's name
    """Send what is due for the document `subject`."""
    await begin(key)
    await run(send, subject)
    await finish(key)
