"""Staff sign in at the running service with a code that a flow sends."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from people import wait_for

from running_service import PrefectForTests, Service

pytestmark = [pytest.mark.service, pytest.mark.timeout(600), pytest.mark.xdist_group("service-staff")]
SIV = "siv@example.org"


def test_a_code_that_the_service_sends_opens_the_desk(tmp_path: Path, prefect: PrefectForTests) -> None:
    with Service(tmp_path / "data", {}, prefect_api_url=prefect.api_url, staff_sign_in="mail-code") as service:
        register = tmp_path / "staff.csv"
        register.write_text(f"name,organisation,e-mail,roles\nSiv Ek,,{SIV},sekreterare\n", "utf-8")
        service.run("people", "import", str(register))
        service.start()
        headers = {"Origin": service.web}
        with httpx.Client(base_url=service.web, headers=headers, trust_env=False, timeout=30) as browser:
            assert browser.get("/").headers["location"] == "/staff/sign-in"
            browser.post("/staff/sign-in", data={"address": SIV})
            code = wait_for("the code", lambda: code_in(service.data / "mails"), 30)
            came = browser.post("/staff/sign-in/code", data={"code": code})
            assert (came.status_code, came.headers["location"]) == (303, "/")
            assert "Inloggad som Siv Ek" in browser.get("/").text
            assert "1" in service.run("people", "sign-out", SIV)
            assert browser.get("/").headers["location"] == "/staff/sign-in"
        log = (tmp_path / "service.log").read_text("utf-8")
        assert code not in log
        assert code.replace(" ", "") not in log


def code_in(mails: Path) -> str | None:
    texts = [file.read_text("utf-8") for file in mails.glob("*.eml")]
    found = [code for text in texts for code in re.findall(r"^ *(\d{4} \d{4})\s*$", text, re.MULTILINE)]
    return found[-1] if found else None
