"""A dropped file becomes a document, or a new version of one, with its findings."""

from __future__ import annotations

from prefect import flow

from flows.running import begin, finish, label, run
from signflow.blobs import BlobRef
from signflow.steps.register_draft import register_draft as register


@flow(name="register_draft", flow_run_name="{filename}", persist_result=False)
async def register_draft(  # noqa: PLR0913, PLR0917 -- what Prefect's pages show of a run
    key: str,
    subject: str,  # noqa: ARG001 -- likewise
    digest: str,
    size: int,
    media_type: str,
    filename: str,
    by: str,
    document: str,
    bodies: str = "",
) -> None:
    """Register the bytes of that digest. `subject` is what work on this draft is lined up under."""
    await begin(key)
    document_id = await run(register, BlobRef(digest, size, media_type), filename, by, document, bodies)
    await label(document_id)
    await finish(key)
