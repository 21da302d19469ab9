"""kill -9 while items are made a document of their own: between the choice and the registration, and again, and again."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import httpx
import pytest
from people import wait_for

from running_service import PrefectForTests, Service
from signflow import wiring
from signflow.crashpoints import CommitPoint
from signflow.rounds.model import State
from signflow.rounds.parts import PartOf
from signflow.settings import load_settings

PEOPLE = {"Anna Söderström": "anna@example.org", "Helene Olofsson": "helene@example.org"}
DRAFT = """# Protokoll från Miljönämnden

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

## Beslutande

Anna Söderström, ordförande
Helene Olofsson, sekreterare

## § 11 Taxa

Nämnden antar taxan.

## § 12 Bygglov

Nämnden beviljar bygglov. Paragrafen förklaras omedelbart justerad.

## § 13 Rapporter

Nämnden tackar.
"""


def registered(service: Service) -> list[str]:
    """The documents that are registered."""
    ports = wiring.build_ports(load_settings(data=service.data, port=service.port))
    try:
        return [line.id for line in ports.store.documents()]
    finally:
        wiring.close_ports(ports)


@pytest.mark.service
@pytest.mark.kill
@pytest.mark.timeout(600)
def test_killed_while_a_part_is_made_there_is_exactly_one(tmp_path: Path, prefect: PrefectForTests) -> None:
    data = tmp_path / "data"
    with Service(data, PEOPLE, prefect_api_url=prefect.api_url, open_review_when_clean="false") as service:
        (data / "inbox").mkdir(exist_ok=True)
        service.drop(DRAFT.encode(), "protokoll.md")
        service.start()
        (main,) = wait_for("the minutes", lambda: registered(service) or None, 60)
        assert service.stop() == 0

        service.start(kill_at=CommitPoint.DRAFT_TAKEN)
        with pytest.raises(httpx.TransportError):
            _choose(service, main)
        assert service.live_until_dead() == -signal.SIGKILL
        assert registered(service) == [main]

        for point in (CommitPoint.FLOW_STARTED, CommitPoint.DRAFT_REGISTERED, CommitPoint.WORK_DONE):
            service.start(kill_at=point)
            assert service.live_until_dead() == -signal.SIGKILL, point
        service.start()
        assert _choose(service, main).status_code == 303  # pressed once more, it is not done twice
        assert service.stop() == 0
    _one_part(service, main)


def _choose(service: Service, main: str) -> httpx.Response:
    address, headers = f"{service.web}/documents/{main}/immediate", {"Origin": service.web}
    return httpx.post(address, data={"item-12": "1"}, headers=headers, trust_env=False, timeout=30)


def _one_part(service: Service, main: str) -> None:
    ports = wiring.build_ports(load_settings(data=service.data, port=service.port))
    try:
        (part,) = ports.store.load(main).parts
        assert (part.items, part.state) == ((12,), State.DRAFT)
        assert sorted(line.id for line in ports.store.documents()) == sorted([main, part.id])
        document = ports.store.load(part.id)
        assert (document.part_of, document.draft.number) == (PartOf(main, (12,)), 1)
        told = [Counter(entry.kind for entry in ports.store.history(name)) for name in (main, part.id)]
        assert (told[0]["part-cut"], told[1]["part-of"], told[1]["draft-registered"]) == (1, 1, 1)
        assert ports.store.open_work() == ()
        assert ports.store.verify_audit() > 0
    finally:
        wiring.close_ports(ports)
