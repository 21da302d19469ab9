"""The Prefect server as a supervised child: started with the service, started again if it dies, never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import structlog

_log = structlog.get_logger()
_READY_WITHIN_S = 90
_POLL_S = 0.05
_STOP_WITHIN_S = 10
_LONGEST_PAUSE_S = 30
_PR_SET_PDEATHSIG = 1


def prefect_environment(home: Path, api_url: str) -> dict[str, str]:
    """What Prefect reads from the environment, for this process and for the server.

    No telemetry; no results stored; the client gives up soon on a server that is away, because our outbox tries again.
    """
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api_url,
        "PREFECT_UI_API_URL": api_url,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",  # it is our own child, of the same version
        "DO_NOT_TRACK": "1",
        # without TLS there is nothing to verify, and reading the certificates would cost 30 ms a client, two a flow
        "PREFECT_API_TLS_INSECURE_SKIP_VERIFY": "true" if api_url.startswith("http://") else "false",
    }


class PrefectServer:
    """One Prefect server on loopback."""

    def __init__(self, home: Path, port: int) -> None:
        self._home = home
        self._port = port
        self._process: asyncio.subprocess.Process | None = None
        self.api_url = f"http://127.0.0.1:{port}/api"
        self.ui_url = f"http://127.0.0.1:{port}"

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def keep(self, on_ready: Callable[[], None]) -> None:
        """Keep a server running until cancelled; `on_ready` is called each time one has begun to answer."""
        pause_s = 1.0
        try:
            while True:
                await self._start()
                if await self._answers():
                    pause_s = 1.0
                    on_ready()
                    await self._wait()
                _log.warning("prefect server stopped; starting it again", pause_s=pause_s)
                await self._stop()
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
        finally:
            await self._stop()

    async def _start(self) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        log = os.open(self._home / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        command = [
            "--factory",
            "signflow.service.prefect_app:create_app",
            "--host",
            "127.0.0.1",
            "--port",
            str(self._port),
        ]
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "uvicorn",
                *command,
                "--no-access-log",
                "--log-level",
                "warning",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **prefect_environment(self._home, self.api_url)},
                start_new_session=True,  # Ctrl-C reaches us, and we stop it in order
                preexec_fn=_die_with_parent,
            )
        finally:
            os.close(log)

    async def _answers(self) -> bool:
        """Whether the server has begun to answer, database included, before it died or the time was up."""
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            for _ in range(round(_READY_WITHIN_S / _POLL_S)):
                if self.pid is None:
                    return False
                with contextlib.suppress(httpx.HTTPError):
                    reply = await client.post(f"{self.api_url}/flows/count", json={})
                    if reply.is_success:
                        return True
                await asyncio.sleep(_POLL_S)
        return False

    async def _wait(self) -> None:
        if self._process:
            await self._process.wait()

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()


def _die_with_parent() -> None:
    """Where the system can (Linux), the server dies with us, however we die."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
