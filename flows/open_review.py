"""A clean draft is rendered as the signing copy, and those whose turn it is are invited."""

from __future__ import annotations

from prefect import flow, task

from flows.running import begin, finish, run
from flows.send_letters import send_due_letters
from signflow.steps.draw_pages import draw_pages
from signflow.steps.open_review import open_review as open_round


@task(name="render the signing copy", persist_result=False)
async def render_signing_copy(document_id: str, number: int, draft: int) -> None:
    """Render, fix the digest, record the round."""
    await run(open_round, document_id, number, draft)


@flow(name="open_review", flow_run_name="{subject}, round {round}", persist_result=False)
async def open_review(key: str, subject: str, round: int, draft: int) -> None:  # noqa: A002 -- the word of the field
    """Open that round on that draft of the document `subject`."""
    await begin(key)
    await render_signing_copy(subject, round, draft)
    await send_due_letters(subject)
    await run(draw_pages, subject)
    await finish(key)
