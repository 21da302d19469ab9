"""The service renews the trusted lists by itself, as a flow that Prefect shows, whatever happens meanwhile."""

from __future__ import annotations

import html
import json
import re
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest
from people import wait_for
from signing_lists import Told, signer

from list_server import ListServer
from running_service import PrefectForTests, Service

ONE, OTHER = Told(signer("Den ena").der, name="Den ena"), Told(signer("Den andra").der, name="Den andra")
DAY_ONE, DAY_TWO = "Pacific/Pago_Pago", "Pacific/Kiritimati"
"""Two zones that never have the same date stand for two days."""


@pytest.mark.service
@pytest.mark.timeout(600)
def test_the_service_renews_its_lists_every_day_and_says_why_it_cannot(
    tmp_path: Path, prefect: PrefectForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ListServer(tmp_path / "lists") as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.root))
        server.publish(ONE, number=7)
        settings = {**server.settings(), "trusted_lists": '["SE"]', "retry_longest_s": "1"}
        with Service(tmp_path / "data", {}, prefect_api_url=prefect.api_url, **settings) as service:
            service.start(timezone=DAY_ONE, kill_at="flow-started")
            wait_for("the service to die", lambda: service.dead or None, 60)
            assert service.process is not None
            assert service.process.returncode == -signal.SIGKILL
            service.start(timezone=DAY_ONE)
            wait_for("the first list", lambda: names(service) == ["Den ena"] or None, 60)
            service.stop()
            assert sum(path == "/SE.xml" for path in server.asked) == 1

            server.stop()
            service.start(timezone=DAY_TWO)
            wait_for("the board to say that it is away", lambda: says(service, "inte gick att få: EU"), 60)
            server.publish(OTHER, number=6)
            server.start()
            wait_for("the board to say that it is older", lambda: says(service, "inte godtogs: EU"), 60)
            assert "inte godtogs: EU" in " ".join(service.run("status").split())
            assert names(service) == ["Den ena"]
            server.publish(OTHER, number=8)
            wait_for("the next list", lambda: names(service) == ["Den andra"] or None, 60)
            wait_for("the board to be still", lambda: not says(service, "betrodda förteckningar väntar") or None, 60)
            service.stop()
        assert {"Completed", "Failed"} <= states(prefect)


def names(service: Service) -> list[str]:
    """The services that are believed now."""
    (listed,) = json.loads(service.run("trust", "show", "--json"))["territories"]
    return [one["name"] for one in listed.get("services", ())]


def says(service: Service, words: str) -> bool | None:
    page = httpx.get(f"{service.web}/", headers={"Accept-Language": "sv"}, trust_env=False, timeout=30).text
    return words in " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split()) or None


def states(prefect: PrefectForTests) -> set[str]:
    """How the runs of the flow ended, by Prefect's own account.

    A run gets its name once it is on its way: one that was killed right after it was made has none of ours.
    """
    only: dict[str, Any] = {"flows": {"name": {"any_": ["update_lists"]}}}
    runs = httpx.post(f"{prefect.api_url}/flow_runs/filter", json=only, trust_env=False, timeout=30).json()
    ended = [one for one in runs if one["end_time"] is not None]
    assert all(one["name"].startswith("trusted lists, ") for one in ended), ended
    return {one["state_name"] for one in ended}
