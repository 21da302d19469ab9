"""kill -9 at every commit point of a document's life: it ends archived, with nothing lost and nothing doubled."""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path

import pytest

from running_service import PrefectForTests, Service
from signflow import wiring
from signflow.crashpoints import CommitPoint
from signflow.rounds.model import State
from signflow.settings import load_settings
from signflow.signing.report import Indication
from signflow.signing.validation.validate import validate_pdf

BY_SIGN_IN = {CommitPoint.SIGN_IN_BEGUN, CommitPoint.SIGNED_IN}
"""Passed where people sign in; tests of the steps are killed there. Here they get codes."""
BY_WEBHOOKS = {CommitPoint.WEBHOOK_SENT}
"""Passed where a webhook is set; a test of the step is killed there."""
BY_EXTRACTS = {CommitPoint.EXTRACTS_SENT}
"""Passed where extracts are sent; a test of the steps is killed there."""
POINTS = tuple(point for point in CommitPoint if point not in BY_SIGN_IN | BY_WEBHOOKS | BY_EXTRACTS)
PEOPLE = {"Karin Öst": "karin@example.org", "Jussi Mäki": "jussi@example.org"}
DRAFT = """# Minnesanteckningar från Samverkansgruppen i Ånge, {number}

*Tid* Måndagen den 3 mars 2025 kl 9.00-10.30

*Plats* Kommunhuset, Ånge

*Deltagare*

Karin Öst\tÅnge, sekreterare
Jussi Mäki\tBräcke
Lena Berg\tÅnge, ordförande

## 1. Uppföljning nr {number}

Gruppen gick igenom läget.

*Beslut*

Att fortsätta enligt plan {number}.

Vid anteckningarna

Justerat

Karin Öst

Jussi Mäki
"""


@pytest.mark.service
@pytest.mark.kill
@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", [pytest.param(n, marks=pytest.mark.xdist_group(f"kill-{n}")) for n in (1, 2, 3)])
def test_killed_at_every_commit_point_a_document_still_ends_archived_once(
    number: int, tmp_path: Path, prefect: PrefectForTests
) -> None:
    killed_at = list[CommitPoint]()
    with Service(tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url) as service:
        (service.data / "inbox").mkdir(exist_ok=True)
        service.drop(DRAFT.format(number=number).encode(), f"utkast-{number}.md")
        for point in POINTS:
            service.start(kill_at=point)
            assert service.live_until_dead() == -signal.SIGKILL, point
            killed_at.append(point)
        service.start()
        service.live_until_archived()
        assert service.stop() == 0
    assert killed_at == list(POINTS)
    _nothing_lost_or_doubled(service)


def _nothing_lost_or_doubled(service: Service) -> None:
    ports = wiring.build_ports(load_settings(data=service.data, port=service.port))
    try:
        listed = ports.store.documents()
        assert [line.state for line in listed] == [State.ARCHIVED]
        document = ports.store.load(listed[0].id)
        assert document.round is not None
        assert document.round.number == 1
        assert document.draft.number == 1
        assert ports.store.open_work() == ()
        assert ports.store.verify_audit() > 0
        kinds = Counter(entry.kind for entry in ports.store.history(document.id))
        once = {"draft-registered": 1, "review-opened": 1, "adjusted": 1, "archived": 1}
        assert {kind: kinds[kind] for kind in once} == once
        assert kinds["signature-applied"] == kinds["signing-approved"] == kinds["invited"] == len(PEOPLE)
        report = validate_pdf(ports.archive.retrieve(document.id), ports.trust(), at=ports.clock())
        assert report.indication is Indication.TOTAL_PASSED
        assert [one.signatory for one in report.signatures] == [*PEOPLE, "Kommunen"]
        assert len(report.document_timestamps) == 1
        copy = ports.archive.copy(document.id)
        assert copy.version == 1
        assert len(ports.archive.list()) == 1
        assert ports.archive.check().ok
        inventory = next((service.data / "archive").rglob("inventory.json"))
        assert list(json.loads(inventory.read_text("utf-8"))["versions"]) == ["v1"]
        for person in service.people.values():
            assert len({person.link()}) == 1
    finally:
        wiring.close_ports(ports)
    for person in service.people.values():
        invitations = [mail for mail in person.letters() if "/sign/" in mail.as_string()]
        assert len({mail["Message-ID"] for mail in invitations}) == 1
