"""Somebody of the staff is sent a code to sign in with."""

from __future__ import annotations

from prefect import flow

from flows.running import begin, finish, run
from signflow.steps.send_staff_code import send_staff_code as send


@flow(name="send_staff_code", flow_run_name="a code to sign in with", persist_result=False)
async def send_staff_code(key: str, subject: str, challenge: str) -> None:  # noqa: ARG001 -- what Prefect's pages show of a run
    """Send it, if the address that was typed is somebody's."""
    await begin(key)
    await run(send, challenge)
    await finish(key)
