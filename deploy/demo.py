"""`make demo`: the sample from draft to archive, as its people would take it there, through the real doors.

Starts signflow in a fresh data folder, drops the draft in the inbox, lets secretary and adjuster read their mails and
sign on the web, fetches the document from the archive and verifies it. Ends with 0 only if all of it was verified.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from people import NotYetError, Page, Person, wait_for
from rich.console import Console

from signflow import wiring
from signflow.settings import load_settings

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "tests" / "samples" / "minnesanteckningar-2020-01-16.md"
DEMO = ROOT / "demo"
DATA = DEMO / "data"
SIGNFLOW = Path(sys.executable).parent / "signflow"
ORGANISATION = "Södertörnskommunerna"
REGISTER = """namn;organisation;e-post;roller
Anna Söderström;Södertörnskommunerna;anna.soderstrom@example.org;sekreterare
Helene Olofsson;Södertörnskommunerna;helene.olofsson@example.org;justerare
"""
EXPECTED = [("Anna Söderström", "Sekreterare"), ("Helene Olofsson", "Justerare"), (ORGANISATION, "")]
_START_WITHIN_S = 120

say = Console(highlight=False, soft_wrap=True)


class FailedError(Exception):
    """The demo did not show what it is to show."""


def main() -> int:
    """Run the demo; the exit code."""
    shutil.rmtree(DEMO, ignore_errors=True)
    DATA.mkdir(parents=True)
    os.environ.update(
        SIGNFLOW_DATA=str(DATA), SIGNFLOW_ORGANISATION=ORGANISATION, SIGNFLOW_PORT="0", SIGNFLOW_PREFECT_PORT="0"
    )
    began = time.monotonic()
    register = DEMO / "people.csv"
    register.write_text(REGISTER, "utf-8")
    _run("people", "import", str(register))
    with (DEMO / "signflow.log").open("w") as log:
        service = subprocess.Popen([SIGNFLOW, "up"], stdout=log, stderr=subprocess.STDOUT)
    try:
        running = wait_for("signflow to start", lambda: _running(service), _START_WITHIN_S)
        _heading(f"signflow är igång efter {time.monotonic() - began:.1f} s", "signflow runs")
        document, runs = _take_through(running)
        _fetch_and_verify(document)
    except (FailedError, NotYetError) as error:
        say.print(f"[bold red]✗[/] {error}  (demo/signflow.log)")
        return 1
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(30)
    _say_where(document, runs)
    return 0


def _take_through(running: dict[str, str]) -> tuple[str, list[dict[str, Any]]]:
    """Drop the draft and let everybody do their part; the document's name, and its flow runs."""
    web, mails = running["web"], Path(running["mails"])
    anna = Person("Anna Söderström", "anna.soderstrom@example.org", mails, web)
    helene = Person("Helene Olofsson", "helene.olofsson@example.org", mails, web)
    clock = _Clock()

    _heading("1. Utkastet släpps i inkorgsmappen", "the draft is dropped")
    arriving = Path(running["inbox"]) / f".{SAMPLE.name}.part"
    shutil.copyfile(SAMPLE, arriving)
    clock.start()
    arriving.rename(Path(running["inbox"]) / SAMPLE.name)

    first = anna.link()
    document = wait_for("the document", lambda: _on_the_desk(web))
    clock.lap("registrerat, satt, inbjudan skickad")
    _heading("2. Sekreteraren läser och skriver under", "the secretary signs")
    _show(anna, anna.read(first))
    _check(anna.sign(), anna)
    helene.link()
    clock.lap("underskrift gjord och kontrollerad, justeraren inbjuden")
    _heading("3. Justeraren läser och justerar", "the adjuster signs")
    _show(helene, helene.read(helene.link()))
    _check(helene.sign(), helene)
    wait_for("the archive", lambda: _archived(web, document), 60)
    clock.lap("justerat, stämplat, arkiverat och läst tillbaka")
    anna.close()
    helene.close()

    state = json.loads(_run("status", document, "--json"))
    clock.total(state["archived_at"])
    for entry in state["history"]:
        digest = f"  [dim]{entry['digest'][:16]}…[/]" if "digest" in entry else ""
        say.print(f"  [dim]{entry['at'][11:23]}[/] {entry['kind']:18} {entry['actor']}{digest}")
    if state["state"] != "archived" or state["findings"]:
        raise FailedError(f"state {state['state']}, findings {state['findings']}")
    runs = _flow_runs(running["prefect"], document)
    for run in runs:
        say.print(f"  [dim]Prefect[/] {run['flow']:16} {run['state']:10} [dim]{run['id']}[/]")
    if len(runs) < 7 or any(run["state"] != "COMPLETED" for run in runs):
        raise FailedError(f"flow runs: {runs}")
    copy = httpx.get(f"{web}/documents/{document}/copy.pdf", trust_env=False, timeout=30)
    (DEMO / "unsigned.pdf").write_bytes(copy.raise_for_status().content)
    return document, runs


def _fetch_and_verify(document: str) -> None:
    _heading("4. Arkivarien söker, hämtar och kontrollerar", "the archivist finds, fetches and verifies")
    hits = json.loads(_run("archive", "find", "varudistribution", "--json"))
    if [hit["document_id"] for hit in hits] != [document]:
        raise FailedError(f"the search found {hits}")
    say.print(f"  …{hits[0]['snippet'].strip('…')}…", markup=False)
    pdf = DEMO / "minutes.pdf"
    _run("archive", "get", document, "-o", str(pdf))
    _export_trust(DEMO / "trust")
    shutil.copytree(DATA / "mails", DEMO / "mails")
    report = json.loads(_run("verify", str(pdf), "--json"))
    signed = [(one["signatory"], one["role"]) for one in report["signatures"]]
    intact = all(one["indication"] == "TOTAL-PASSED" for one in report["signatures"])
    if report["indication"] != "TOTAL-PASSED" or not intact or signed != EXPECTED:
        raise FailedError(f"verify says {report['indication']}: {signed}")
    say.print(_run("verify", str(pdf)).rstrip(), markup=False)
    fixity = json.loads(_run("archive", "check", "--json"))
    if not fixity["ok"] or fixity["checked"] != 1:
        raise FailedError(f"archive check says {fixity}")
    found = json.loads(_run("reconcile", "--json"))
    if found["faults"] or found["asked_again"]:
        raise FailedError(f"reconcile says {found}")
    say.print(f"  {found['audit_entries']} loggposter, obruten kedja", markup=False)


def _export_trust(folder: Path) -> None:
    """The roots that anybody needs to check the document without signflow."""
    authority = wiring.open_authority(load_settings())
    folder.mkdir()
    (folder / "root.pem").write_bytes(authority.root_pem)
    (folder / "tsa-root.pem").write_bytes(authority.tsa_root_pem)


def _say_where(document: str, runs: list[dict[str, Any]]) -> None:
    archive = next((DATA / "archive").glob("*/*/*/*"), DATA / "archive")
    say.print()
    say.print("[bold green]✓ Allt är kontrollerat. All of it was verified.[/]")
    for name, place in (
        ("Underskriven PDF/A · signed PDF/A", DEMO / "minutes.pdf"),
        ("Osignerad · unsigned", DEMO / "unsigned.pdf"),
        ("Arkivpaket (AIP, OCFL)", archive),
        ("Rotcertifikat · trust", DEMO / "trust"),
        ("Brev · mails", DEMO / "mails"),
    ):
        say.print(f"  {name:36} {place.relative_to(ROOT)}", markup=False)
    say.print(f"  {'Prefect':36} {len(runs)} flow runs for {document}")
    say.print(
        "  [dim]SIGNFLOW_DATA=demo/data .venv/bin/signflow up[/]  starts it again: web and Prefect's pages show it all"
    )


class _Clock:
    """Says how long each stage took."""

    def start(self) -> None:
        self._last = time.monotonic()
        self._dropped_at = dt.datetime.now(dt.UTC)

    def lap(self, what: str) -> None:
        now = time.monotonic()
        say.print(f"  [green]✓[/] {what} [dim]{now - self._last:.2f} s[/]")
        self._last = now

    def total(self, archived_at: str) -> None:
        seconds = (dt.datetime.fromisoformat(archived_at) - self._dropped_at).total_seconds()
        say.print(f"  [bold]Från släppt utkast till arkiverat: {seconds:.2f} s[/]")


def _heading(swedish: str, english: str) -> None:
    say.print(f"\n[bold]{swedish}[/] [dim]· {english}[/]")


def _show(person: Person, page: Page) -> None:
    if page.status != httpx.codes.OK or not page.fingerprint:
        raise FailedError(f"{person.name} sees a page with status {page.status}")
    say.print(f"  {person.name} läser. Fingeravtryck {page.fingerprint}", markup=False)


def _check(page: Page, person: Person) -> None:
    if page.status != httpx.codes.OK:
        raise FailedError(f"{person.name} could not sign: status {page.status}")


def _archived(web: str, document: str) -> bool | None:
    return f"/d/{document}" in httpx.get(f"{web}/archive", trust_env=False, timeout=30).text or None


def _on_the_desk(web: str) -> str | None:
    found = re.search(r"/documents/([0-9a-z]+)", httpx.get(f"{web}/", trust_env=False, timeout=30).text)
    return found[1] if found else None


def _flow_runs(prefect: str, document: str) -> list[dict[str, Any]]:
    """What Prefect's API says of the document's flow runs, in order."""
    wanted = {"flow_runs": {"tags": {"all_": [f"document:{document}"]}}, "sort": "START_TIME_ASC"}
    with httpx.Client(base_url=f"{prefect}/api", trust_env=False, timeout=30) as api:

        def look() -> list[dict[str, Any]] | None:
            runs = api.post("/flow_runs/filter", json=wanted).raise_for_status().json()
            return runs if all(run["state_type"] == "COMPLETED" for run in runs) else None

        runs = wait_for("the last flow run to end", look)
        names = {run["flow_id"]: api.get(f"/flows/{run['flow_id']}").json()["name"] for run in runs}
    return [{"id": run["id"], "flow": names[run["flow_id"]], "state": run["state_type"]} for run in runs]


def _running(service: subprocess.Popen[bytes]) -> dict[str, str] | None:
    if service.poll() is not None:
        raise FailedError("signflow did not start")
    file = DATA / "running.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else None


def _run(*arguments: str) -> str:
    """What our own command line prints."""
    done = subprocess.run([SIGNFLOW, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FailedError(f"signflow {arguments[0]}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
