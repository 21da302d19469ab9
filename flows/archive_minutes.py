"""An adjusted document is sealed by the organisation, timestamped, and filed in the archive."""

from __future__ import annotations

from prefect import flow, task

from flows.running import begin, finish, run
from signflow.steps.archive_minutes import file_minutes, seal_minutes
from signflow.steps.issue_svt import issue_tokens


@task(name="seal and timestamp", persist_result=False)
async def seal_and_timestamp(document_id: str) -> None:
    """Validate every signature anew, then seal."""
    await run(seal_minutes, document_id)


@task(name="state what the validation found", persist_result=False)
async def issue_validation_tokens(document_id: str) -> None:
    """Issue the validation token that is archived beside the document."""
    await run(issue_tokens, document_id)


@task(name="store, read back and verify", persist_result=False)
async def store_and_verify(document_id: str) -> None:
    """File the package; the document is archived when it was read back."""
    await run(file_minutes, document_id)


@flow(name="archive_minutes", flow_run_name="{subject}", persist_result=False)
async def archive_minutes(key: str, subject: str) -> None:
    """Archive the document `subject`."""
    await begin(key)
    await seal_and_timestamp(subject)
    await issue_validation_tokens(subject)
    await store_and_verify(subject)
    await finish(key)
