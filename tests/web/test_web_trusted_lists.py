"""The page for anybody's file believes whom the trusted lists name that are in the data folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from signing_lists import LOTL_URL, TSA, Lists, Published, State, Told, signer
from signing_paper import build_tagged_pdf
from signing_strangers import Stranger
from visitor import TestClient

from life import Life
from signflow import wiring
from signflow.errors import SignflowError
from signflow.rounds.work import WorkKind, daily_work
from signflow.signing.algorithms import policy
from signflow.signing.trusted_lists.update import Wanted, update_lists
from signflow.steps.update_lists import renew_lists
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
            answer = _answer(client, pdf)
            assert f"Kvalificerad tidsstämpel {sentence}" in answer
            assert "skulle ha förnyats" not in answer


@pytest.mark.parametrize(
    ("language", "words"), [("sv", "för SE skulle ha förnyats senast"), ("en", "of SE was due to be renewed by")]
)
def test_the_page_says_that_a_list_should_have_been_renewed(tmp_path: Path, language: str, words: str) -> None:
    with Life(tmp_path / "data", trusted_lists=("SE",)) as life:
        now = life.ports.clock().replace(microsecond=0)
        stranger = Stranger.open(now)
        ends_at = now + DAY
        source = Published.of(
            Lists(issued_at=now - DAY, next_update_at=ends_at),
            State((Told(stranger.tsa.der, kind=TSA),), issued_at=now - DAY, next_update_at=ends_at),
        )
        wanted = Wanted(LOTL_URL, (signer("Kommissionen").der,), ("SE",), policy())
        update_lists(wiring.open_list_folder(life.settings), source, wanted, now)
        pdf = stranger.sign(build_tagged_pdf("Främmande"))
        for later, late in ((DAY / 2, False), (DAY, True)):
            life.with_ports(clock=lambda later=later: now + later)
            with TestClient(build_app(life.ports), base_url=SITE, client=("127.0.0.1", 5)) as client:
                assert (words in _answer(client, pdf, language)) is late


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", ("Förnyelsen av betrodda förteckningar väntar.", "{said} EU", "gäller så länge", "Nytt försök")),
        ("en", ("The renewal of trusted lists waits.", "{said} EU", "count meanwhile", "Next try")),
    ],
)
@pytest.mark.parametrize(
    ("lists", "said"),
    [
        (None, {"sv": "inte gick att få:", "en": "could not be had:"}),
        (Lists(by="Bedragaren"), {"sv": "inte godtogs:", "en": "was not accepted:"}),
    ],
)
def test_the_board_says_which_lists_wait_and_that_the_old_ones_count(
    tmp_path: Path, lists: Lists | None, said: dict[str, str], language: str, words: tuple[str, ...]
) -> None:
    signers = tmp_path / "signers.pem"
    signers.write_bytes(signer("Kommissionen").certificate.public_bytes(Encoding.PEM))
    settings = {"trusted_lists_from": tmp_path, "trusted_lists_signers": signers}
    if lists:
        (tmp_path / "eu-lotl.xml").write_bytes(lists.xml())
    with Life(tmp_path / "data", trusted_lists=("SE",), **settings) as life:
        (work,) = (one for one in daily_work(dt.date(2026, 3, 2), lists=True) if one.kind is WorkKind.UPDATE_LISTS)
        life.ports.store.ask_once(work)
        with pytest.raises(SignflowError) as failed:
            renew_lists(life.ports)
        params = {name: str(value) for name, value in failed.value.params.items()}
        life.ports.store.postpone_work(work.key, dt.timedelta(minutes=5), failed.value.code, params)
        with TestClient(build_app(life.ports), base_url=SITE, client=("127.0.0.1", 5)) as client:
            board = client.get("/", headers={"Accept-Language": language}).text
            assert [one for one in words if one.format(said=said[language]) not in board] == []
            life.ports.store.close_work(work.key)
            assert words[0] not in client.get("/", headers={"Accept-Language": language}).text


def _answer(client: TestClient, pdf: bytes, language: str = "sv") -> str:
    files = {"file": ("främmande.pdf", pdf, "application/pdf")}
    answer = client.post("/verify", files=files, headers={"Origin": SITE, "Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text
