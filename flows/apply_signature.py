"""An approved signature is made, validated and recorded; whoever is next is invited."""

from __future__ import annotations

from prefect import flow, task

from flows.running import begin, finish, run
from flows.send_letters import send_due_letters
from signflow.steps.apply_signature import apply_signature as apply
from signflow.steps.draw_pages import draw_pages


@task(name="sign and validate", persist_result=False)
async def sign_and_validate(document_id: str, number: int, field: str) -> None:
    """Make the signature; the document moves only if it is valid."""
    await run(apply, document_id, number, field)


@flow(name="apply_signature", flow_run_name="{subject}, {field}", persist_result=False)
async def apply_signature(key: str, subject: str, round: int, field: str) -> None:  # noqa: A002 -- the word of the field
    """Sign at that field of the document `subject`."""
    await begin(key)
    await sign_and_validate(subject, round, field)
    await send_due_letters(subject)
    await run(draw_pages, subject)
    await finish(key)
