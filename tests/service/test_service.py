"""The whole service as a process: its Prefect server dies, files of every kind arrive, people press buttons at once."""

from __future__ import annotations

import concurrent.futures
import os
import signal
from pathlib import Path

import httpx
import pytest
from people import wait_for

from real_minutes import SAMPLE
from running_service import PrefectForTests, Service

PEOPLE = {"Anna Söderström": "anna@example.org", "Helene Olofsson": "helene@example.org"}
pytestmark = [pytest.mark.service, pytest.mark.timeout(600)]


@pytest.mark.xdist_group("service-own-prefect")
def test_the_prefect_server_is_killed_and_nothing_is_lost_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with Service(tmp_path / "data", PEOPLE) as service:
        service.start()
        server = _children(service)[0]
        os.kill(server, signal.SIGKILL)
        service.drop(SAMPLE.read_bytes())
        service.live_until_archived()
        again = _children(service)
        assert again
        assert server not in again
        assert [line["state"] for line in service.status()] == ["archived"]  # type: ignore[attr-defined]
        runs = httpx.post(f"{service.running['prefect']}/api/flow_runs/count", json={}, timeout=30, trust_env=False)
        assert runs.json() >= 7
        service.kill()  # not even then does a server stay behind
        wait_for("the child to die", lambda: not _alive(again[0]) or None, 10)
        service.start()
        child = _children(service)[0]
        assert service.stop() == 0
        wait_for("the child to stop", lambda: not _alive(child) or None, 10)


@pytest.mark.xdist_group("service-stopped-at-work")
def test_stopped_while_flows_run_it_ends_in_order_and_goes_on_where_it_was(
    tmp_path: Path, prefect: PrefectForTests
) -> None:
    dropped = 4
    with Service(tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url) as service:
        (service.data / "inbox").mkdir(exist_ok=True)
        for number in range(dropped):
            text = SAMPLE.read_text("utf-8").replace("16 januari 2020", f"{2 + 7 * number} januari 2020")
            service.drop(text.encode(), f"utkast-{number}.md")
        for _ in range(3):
            service.start()
            wait_for("drafts to be taken", lambda: service.status() or None, 60)
            assert service.stop() == 0
        service.start()
        wait_for("all to be sent for signing", lambda: _states(service) == ["review"] * dropped or None, 120)
        assert service.stop() == 0
    assert "Traceback" not in (tmp_path / "service.log").read_text("utf-8")


@pytest.mark.xdist_group("service-bad-input")
def test_every_kind_of_bad_file_is_answered_and_the_service_stays_up(tmp_path: Path, prefect: PrefectForTests) -> None:
    sample = SAMPLE.read_text("utf-8")
    bad = {
        "tom.md": (b"", {"draft-empty"}),
        "slump.md": (os.urandom(4096), None),
        "en-rad.md": (b"ord " * 5_000_000, None),
        "utan-sekreterare.md": (
            sample.replace("Vid anteckningarna\n\nJusterat\n\nAnna Söderström\n", "Justerat\n").encode(),
            None,
        ),
        "omojligt-datum.md": (sample.replace("16 januari 2020", "31 februari 2020").encode(), None),
        "dubbelt.md": (sample.replace("Camilla Broo\tHuddinge", "Magnus Gyllestad\tHaninge").encode(), None),
        "tomt-beslut.md": (
            sample.replace("Att ställa in kommande möte den 24 januari.\n", "").split("Nästa möte är")[0].encode()
            + b"\n### 5. Slut\n\nInget mer.\n\nVid anteckningarna\n\nJusterat\n\nAnna S\xc3\xb6derstr\xc3\xb6m\n\nHelene Olofsson\n",
            None,
        ),
        "../../etc/passwd": (b"x", None),
    }
    with Service(tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url) as service:
        service.start()
        for name, (content, _) in bad.items():
            service.drop(content, Path(name).name)
        names = {Path(name).name for name in bad}
        wait_for("all to be taken", lambda: names == _received(service) or None, 60)
        service.drop(sample.encode(), "bra.md")
        anna = service.people["Anna Söderström"]
        anna.link(within_s=60)
        listed = service.status()
        states = [line["state"] for line in listed]  # type: ignore[attr-defined]
        assert states.count("review") == 1
        assert states.count("draft") == len(bad)
        for line in listed:  # type: ignore[attr-defined]
            account = service.status(line["id"])
            errors = [one for one in account["findings"] if one["severity"] == "error"]  # type: ignore[index]
            assert bool(errors) is (line["state"] == "draft")
            assert all(one["message"] and one["remedy"] for one in errors)
        assert len(anna.letters()) == 1
        assert httpx.get(f"{service.web}/health", trust_env=False).status_code == httpx.codes.OK


@pytest.mark.xdist_group("service-bad-input")
def test_two_browsers_press_sign_at_once(tmp_path: Path, prefect: PrefectForTests) -> None:
    with Service(tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url) as service:
        service.start()
        service.drop(SAMPLE.read_bytes())
        anna = service.people["Anna Söderström"]
        link = anna.link()
        anna.press(f"{link}/code", read="yes")
        code, shown = anna.code(), anna.read(link).shown
        browsers = [service.person("Anna Söderström", "anna@example.org") for _ in range(6)]
        with concurrent.futures.ThreadPoolExecutor(len(browsers)) as pool:
            answers = list(pool.map(lambda one: one.press(link, code=code, shown=shown), browsers))
        for one in browsers:
            one.close()
        assert all(answer.status in {200, 409, 422} for answer in answers), [answer.status for answer in answers]
        service.people["Helene Olofsson"].link()
        document = service.status()[0]["id"]  # type: ignore[index]
        kinds = [entry["kind"] for entry in service.status(document)["history"]]  # type: ignore[index]
        assert kinds.count("signing-approved") == 1
        assert kinds.count("signature-applied") == 1


@pytest.mark.xdist_group("service-bad-input")
def test_a_second_service_on_the_same_folder_is_refused(tmp_path: Path, prefect: PrefectForTests) -> None:
    with Service(tmp_path / "data", PEOPLE, prefect_api_url=prefect.api_url) as service:
        service.start()
        service.run("up", expect=2)


def _children(service: Service) -> list[int]:
    """The processes that the service has started, by Linux's own account."""
    assert service.process is not None
    pid = service.process.pid
    of_threads = Path(f"/proc/{pid}/task").glob("*/children")  # whichever thread started them
    return [int(one) for children in of_threads for one in children.read_text("ascii").split()]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0] != "Z"


def _received(service: Service) -> set[str]:
    folder = service.data / "inbox" / "received"
    return {file.name for file in folder.iterdir()} if folder.is_dir() else set()


def _states(service: Service) -> list[str]:
    return [line["state"] for line in service.status()]  # type: ignore[attr-defined]
