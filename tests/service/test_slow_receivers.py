"""Receivers of webhooks that hang take at most half of the places, and documents go on beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from people import wait_for

from real_minutes import SAMPLE
from running_service import PrefectForTests, Service
from webhook_receiver import Receiver

pytestmark = pytest.mark.service
PEOPLE = {"Anna Söderström": "anna@example.org", "Helene Olofsson": "helene@example.org"}


def test_documents_go_on_beside_receivers_that_hang(tmp_path: Path, prefect: PrefectForTests) -> None:
    with Receiver(tmp_path / "receiver", trickles=True) as receiver:
        hooks = [receiver.settings(name=f"nr-{number}") for number in range(6)]
        settings = {
            "webhooks": json.dumps(hooks),
            "webhooks_allow_private": json.dumps(["127.0.0.0/8"]),
            "work_at_once": "4",
            "prefect_api_url": prefect.api_url,
        }
        with Service(tmp_path / "data", PEOPLE, **settings) as service:
            service.start()
            service.drop(SAMPLE.read_bytes())
            wait_for("two that hang", lambda: receiver.at_once == 2 or None)
            service.live_until_archived()
        assert receiver.most_at_once == 2
