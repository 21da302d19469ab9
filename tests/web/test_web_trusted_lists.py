"""The page for anybody's file believes whom the trusted lists name that are in the data folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from signing_lists import LOTL_URL, TSA, Lists, Published, State, Told, signer
from signing_paper import build_tagged_pdf
from signing_strangers import Stranger
from visitor import TestClient

from life import Life
from signflow import wiring
from signflow.signing.algorithms import policy
from signflow.signing.trusted_lists.update import Wanted, update_lists
from signflow.web.app import build_app

SITE = "http://127.0.0.1:8080"
DAY = dt.timedelta(days=1)


def test_a_timestamp_of_a_listed_service_is_called_qualified(tmp_path: Path) -> None:
    with Life(tmp_path / "data", trusted_lists=("SE",)) as life:
        now = life.ports.clock().replace(microsecond=0)
        stranger = Stranger.open(now)
        pdf = stranger.sign(build_tagged_pdf("Främmande"))
        with TestClient(build_app(life.ports), base_url=SITE, client=("127.0.0.1", 5)) as client:
            sentence = "enligt den betrodda förteckningen för SE: Leverantören AB"
            assert sentence not in _answer(client, pdf)
            known = (Told(stranger.root.der), Told(stranger.tsa.der, kind=TSA))
            ends_at = now + 90 * DAY
            source = Published.of(
                Lists(issued_at=now - DAY, next_update_at=ends_at),
                State(known, issued_at=now - DAY, next_update_at=ends_at),
            )
            wanted = Wanted(LOTL_URL, (signer("Kommissionen").der,), ("SE",), policy())
            update_lists(wiring.open_list_folder(life.settings), source, wanted, now)
            # the service runs on: what was got is believed at once
            assert f"Kvalificerad tidsstämpel {sentence}" in _answer(client, pdf)


def _answer(client: TestClient, pdf: bytes) -> str:
    files = {"file": ("främmande.pdf", pdf, "application/pdf")}
    answer = client.post("/verify", files=files, headers={"Origin": SITE, "Accept-Language": "sv"})
    assert answer.status_code == 200, answer.text
    return answer.text
