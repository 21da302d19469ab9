"""Whoever stamps is recorded by name: in the history, on the document's page, in the package; the local one as local."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from life import SAMPLE_PEOPLE, Life
from outside_services import SEAL, Authorities, SigningService
from real_minutes import SAMPLE
from signflow.errors import SettingsError, UnavailableError
from signflow.rounds.model import Document, State
from signflow.settings import load_settings
from signflow.web.words import history_sentence

pytestmark = pytest.mark.xdist_group("outside-time")


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authorities]:
    with Authorities(tmp_path_factory.mktemp("utanfor")) as running:
        yield running


def live(life: Life) -> Document:
    """A whole round."""
    document = life.drop(SAMPLE.read_bytes())
    for address in SAMPLE_PEOPLE.values():
        life.sign(address)
    return life.load(document)


def told(life: Life, document: Document, kind: str, language: Any = "sv") -> list[str]:
    entries = [entry for entry in life.ports.store.history(document.id) if entry.kind == kind]
    return [history_sentence(life.ports.texts[language], entry) for entry in entries]


def premis_of(life: Life) -> str:
    """The PREMIS document of the whole package; those of its representations lie deeper."""
    found = (life.settings.data / "archive").glob("**/metadata/preservation/premis.xml")
    return min(found, key=lambda file: len(file.parts)).read_text("utf-8")


def test_the_authority_outside_is_named_wherever_its_time_counts(tmp_path: Path, authorities: Authorities) -> None:
    tsa = [{"url": authorities.tsa("tid")}, {"url": authorities.tsa("tid-svar")}]
    with Life(tmp_path / "data", tsa=tsa, tsa_roots=authorities.root_file) as life:
        document = live(life)
        assert document.state is State.ARCHIVED
        named = "Tidsstämpeln kommer från Utanför Tid."
        assert all(one.endswith(named) for one in told(life, document, "signature-applied"))
        assert [one.endswith(named) for one in told(life, document, "archived")] == [True]
        assert "The timestamp is from Utanför Tid." in told(life, document, "archived", "en")[0]
        premis = premis_of(life)
        assert premis.count('"stamped_by":"Utanför Tid"') == 3  # two signatures and the seal
        assert premis.count('"stamped_locally":0') == 3
        assert "Lokal" not in premis


def test_an_authority_with_a_responder_alone_carries_a_round(tmp_path: Path, authorities: Authorities) -> None:
    tsa = [{"url": authorities.tsa("tid-svar")}]
    with Life(tmp_path / "data", tsa=tsa, tsa_roots=authorities.root_file) as life:
        assert live(life).state is State.ARCHIVED


def test_the_local_authority_is_called_local(tmp_path: Path) -> None:
    with Life(tmp_path / "data") as life:
        document = live(life)
        for kind in ("signature-applied", "archived"):
            assert "Tidsstämpeln är lokal" in told(life, document, kind)[0]
        assert premis_of(life).count('"stamped_locally":1') == 3


def test_no_authority_outside_means_waiting_and_never_the_local_one(tmp_path: Path, authorities: Authorities) -> None:
    tsa = [{"url": authorities.tsa("ingen")}, {"url": "http://127.0.0.1:9/tsr"}]
    with Life(tmp_path / "data", tsa=tsa, tsa_roots=authorities.root_file) as life:
        document = life.drop(SAMPLE.read_bytes())
        with pytest.raises(UnavailableError, match="tsa-none"):
            life.sign("anna@example.org")
        current = life.load(document).round
        assert current is not None
        assert current.current == current.copy


def test_the_seal_is_made_in_a_signing_service(tmp_path: Path, authorities: Authorities) -> None:
    settings = {"seal_key": "csc", "csc_credential": SEAL, "csc_roots": authorities.root_file}
    with (
        SigningService(tmp_path, authorities) as service,
        Life(tmp_path / "data", csc_url=f"{service.url}/", **settings) as life,
    ):
        assert live(life).state is State.ARCHIVED


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"tsa": [{"url": "https://tsa.example"}]}, "tsa_roots"),
        ({"tsa": [{"url": "ftp://tsa.example"}], "tsa_roots": "x"}, "https"),
        ({"tsa": [{"url": "https://anna:hemligt@tsa.example"}], "tsa_roots": "x"}, "settings of their own"),
        ({"tsa": [{"url": "http://tsa.example", "user": "anna"}], "tsa_roots": "x"}, "https"),
        ({"tsa": [{"url": "https://tsa.example", "policy": "1.x"}], "tsa_roots": "x"}, "pattern"),
        ({"tsa": [{"url": "https://tsa.example", "adress": "x"}], "tsa_roots": "x"}, "Extra"),
        ({"seal_key": "csc"}, "csc_url"),
        ({"seal_key": "csc", "csc_credential": "x", "csc_roots": "x"}, "https"),
        ({"seal_key": "fil"}, "pattern"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(tmp_path: Path, given: dict[str, Any], reason: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(data=tmp_path, **given)
    assert reason in str(caught.value.params["reason"])
    assert "hemligt" not in str(caught.value)


def test_the_order_of_authorities_can_stand_in_file_and_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "signflow.toml"
    file.write_text('tsa_roots = "r.pem"\n[[tsa]]\nurl = "https://a.example"\n[[tsa]]\nurl = "https://b.example"\n')
    monkeypatch.setenv("SIGNFLOW_SETTINGS", str(file))
    assert [one.url for one in load_settings(data=tmp_path).tsa] == ["https://a.example", "https://b.example"]
    monkeypatch.setenv("SIGNFLOW_TSA", '[{"url": "https://c.example", "password_file": "~/hemligt"}]')
    (only,) = load_settings(data=tmp_path).tsa
    assert (only.url, only.password_file) == ("https://c.example", Path("~/hemligt").expanduser().resolve())
