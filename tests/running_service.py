"""The real service as a process of its own, that tests start, kill and start again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import httpx
from people import NotYetError, Person, wait_for

from signflow.service.prefect_server import prefect_environment

SIGNFLOW = Path(sys.executable).parent / "signflow"
START_WITHIN_S = 120


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Service:
    """One `signflow up` on one data folder; its web keeps its port over restarts, as links in mails must."""

    def __init__(self, data: Path, people: dict[str, str], **settings: str) -> None:
        self.data = data
        self.port = free_port()
        self._settings = settings
        self.process: subprocess.Popen[bytes] | None = None
        data.mkdir(parents=True)
        register = data.parent / "people.csv"
        rows = "".join(f"{name},,{address},\n" for name, address in people.items())
        register.write_text(f"name,organisation,e-mail,roles\n{rows}", "utf-8")
        self.run("people", "import", str(register))
        self.people = {name: self.person(name, address) for name, address in people.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for person in self.people.values():
            person.close()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        named = {"data": str(self.data), "port": str(self.port), "prefect_port": "0", **self._settings, **more}
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("SIGNFLOW_", "PREFECT_"))}
        return {**outside, **{f"SIGNFLOW_{name.upper()}": value for name, value in named.items()}}

    def run(self, *arguments: str, expect: int = 0) -> str:
        done = subprocess.run(
            [SIGNFLOW, *arguments], capture_output=True, text=True, env=self.environment(), check=False
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout

    def start(self, **settings: str) -> None:
        """Start it and wait until it does work, or has died on the way."""
        (self.data / "running.json").unlink(missing_ok=True)
        environment = self.environment(**settings)
        with (self.data.parent / "service.log").open("a") as log:
            self.process = subprocess.Popen([SIGNFLOW, "up"], env=environment, stdout=log, stderr=log)
        wait_for(
            "signflow to start", lambda: self.dead or (self.data / "running.json").exists() or None, START_WITHIN_S
        )

    @property
    def dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def running(self) -> dict[str, str]:
        return dict(json.loads((self.data / "running.json").read_text("utf-8")))

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def drop(self, draft: bytes, filename: str = "utkast.md") -> None:
        """Drop a file in the inbox, whole at once."""
        inbox = self.data / "inbox"
        arriving = inbox / f".{filename}.part"
        arriving.write_bytes(draft)
        arriving.rename(inbox / filename)

    def person(self, name: str, address: str) -> Person:
        return Person(name, address, self.data / "mails", self.web)

    def status(self, document: str = "") -> object:
        return json.loads(self.run("status", *([document] if document else []), "--json"))

    def live_until_archived(self, within_s: float = 180) -> None:
        """Let everybody do what is theirs to do until the document is archived."""
        self._live(self._archived, within_s)
        assert not self.dead
        assert self._archived()

    def live_until_dead(self, within_s: float = 120) -> int:
        """Let everybody do what is theirs to do until the service dies; how it ended."""
        self._live(lambda: False, within_s)
        assert self.dead, "the service lives on"
        assert self.process is not None
        return self.process.wait()

    def _live(self, over: Callable[[], bool], within_s: float) -> None:
        end = time.monotonic() + within_s
        while time.monotonic() < end and not self.dead:
            try:
                if over():
                    return
                for person in self.people.values():
                    self._act(person)
            except (httpx.TransportError, NotYetError):
                time.sleep(0.02)  # it is dying, or the mail is still to come: look again

    def _act(self, person: Person) -> None:
        """One thing that the page asks of this person, if they have a link."""
        if not person.letters():
            return
        link = person.link(within_s=0.1)
        page = person.read(link)
        if 'name="code"' in page.text:
            code = person.code(within_s=0.5)
            person.press(link, code=code, shown=page.shown)
        elif f"{link.removeprefix(self.web)}/code" in page.text:
            person.press(f"{link}/code", read="yes")
        else:
            time.sleep(0.02)

    def _archived(self) -> bool:
        page = httpx.get(f"{self.web}/?state=archived", trust_env=False, timeout=30)
        return 'href="/documents/' in page.text


class PrefectForTests:
    """A Prefect server that several services share, so that killing them does not mean starting it anew."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self.api_url = f"http://127.0.0.1:{self.port}/api"
        home.mkdir(parents=True)
        outside = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        command = ["-m", "uvicorn", "--factory", "signflow.service.prefect_app:create_app"]
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-access-log", "--log-level", "warning"]
        environment = {**outside, **prefect_environment(home, self.api_url)}
        with (home / "server.log").open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, *command, *options], env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        wait_for("the Prefect server", self._answers, START_WITHIN_S)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def _answers(self) -> bool | None:
        try:
            reply = httpx.post(f"{self.api_url}/flows/count", json={}, trust_env=False, timeout=5)
        except httpx.HTTPError:
            return None
        return reply.is_success or None
