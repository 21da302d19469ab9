"""The trusted lists are renewed from a real server; whatever does not come or does not hold changes nothing, and is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from signing_lists import NOW, Told, signer

from life import Life
from list_server import ListServer
from signflow.errors import RefusedError, SettingsError, SignflowError, UnavailableError
from signflow.rounds.work import WorkKind, daily_work
from signflow.steps.update_lists import renew_lists

ONE, OTHER = Told(signer("Den ena").der), Told(signer("Den andra").der)
ATTACKS = {
    "rolled-back": ({"sequence": 6}, "trusted-list-older"),
    "another-signer": ({"by": "Bedragaren"}, "trusted-list-signer"),
    "another-state": ({"territory": "FI"}, "trusted-list-swapped"),
}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ListServer]:
    with ListServer(tmp_path / "lists") as one:
        monkeypatch.setenv("SSL_CERT_FILE", str(one.root))
        one.publish(ONE, number=7)
        yield one


@pytest.fixture
def house(tmp_path: Path, server: ListServer) -> Iterator[Life]:
    with Life(tmp_path / "data", trusted_lists=("SE",), **server.settings()) as one:
        yield one


def believed(life: Life) -> list[bytes]:
    return [der for one in life.ports.trust_for_strangers().listed for der in one.service.certificates]


def fault_of(life: Life) -> SignflowError:
    with pytest.raises(SignflowError) as raised:
        renew_lists(life.ports)
    return raised.value


def test_what_is_published_is_had_over_tls_and_believed_at_once(house: Life, server: ListServer) -> None:
    assert believed(house) == []
    renew_lists(house.ports)
    assert believed(house) == [ONE.certificate]
    assert server.asked == ["/eu-lotl.xml", "/SE.xml"]
    renew_lists(house.ports)
    assert believed(house) == [ONE.certificate]
    server.publish(OTHER, number=8)
    renew_lists(house.ports)
    assert believed(house) == [OTHER.certificate]


def test_without_the_servers_root_nothing_is_fetched(
    house: Life, server: ListServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    error = fault_of(house)
    assert isinstance(error, UnavailableError)
    assert "CERTIFICATE_VERIFY_FAILED" in str(error)
    assert server.asked == []


def test_a_server_that_is_away_leaves_what_is_here_in_force(house: Life, server: ListServer) -> None:
    renew_lists(house.ports)
    server.stop()
    error = fault_of(house)
    assert isinstance(error, UnavailableError)
    assert (error.code, error.params["lists"]) == ("trusted-lists-away", "EU")
    assert believed(house) == [ONE.certificate]
    server.start()
    del server.files["/SE.xml"]
    assert fault_of(house).params == {"lists": "SE", "reason": "HTTP 404"}
    assert believed(house) == [ONE.certificate]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_does_not_hold_leaves_what_is_here_in_force(house: Life, server: ListServer, attack: str) -> None:
    renew_lists(house.ports)
    changes, code = ATTACKS[attack]
    server.publish(OTHER, number=8, **changes)
    error = fault_of(house)
    assert isinstance(error, RefusedError)
    assert (error.code, error.params) == ("trusted-lists-refused", {"lists": "SE", "reason": code})
    assert believed(house) == [ONE.certificate]


def test_a_list_of_lists_that_is_rolled_back_is_refused(house: Life, server: ListServer) -> None:
    renew_lists(house.ports)
    server.publish(OTHER, number=6)
    assert fault_of(house).params == {"lists": "EU", "reason": "trusted-list-older"}
    assert believed(house) == [ONE.certificate]


def test_what_does_not_hold_is_told_of_before_what_is_away(tmp_path: Path, server: ListServer) -> None:
    with Life(tmp_path / "two", trusted_lists=("DK", "SE"), **server.settings()) as life:
        assert fault_of(life).params == {"lists": "DK", "reason": "trusted-list-territory"}
        assert believed(life) == [ONE.certificate], "the other one is here all the same"
        del server.files["/SE.xml"]
        assert fault_of(life).code == "trusted-lists-refused"


def test_lists_that_are_wanted_no_more_are_no_work(life: Life) -> None:
    (work,) = (one for one in daily_work(NOW.date(), lists=True) if one.kind is WorkKind.UPDATE_LISTS)
    life.ports.store.ask_once(work)
    assert life.work() == 1
    assert not (life.settings.data / "trusted-lists").exists()


def test_a_folder_that_is_set_takes_the_place_of_the_network(tmp_path: Path, server: ListServer) -> None:
    folder = tmp_path / "brought"
    folder.mkdir()
    settings = {**server.settings(), "trusted_lists_from": folder}
    with Life(tmp_path / "data", trusted_lists=("SE",), **settings) as life:
        assert fault_of(life).code == "trusted-lists-away"
        for path, data in server.files.items():
            (folder / path[1:]).write_bytes(data)
        renew_lists(life.ports)
        assert believed(life) == [ONE.certificate]
    assert server.asked == []


def test_a_file_of_signers_that_cannot_be_read_is_said_at_the_start(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.pem"
    with pytest.raises(SettingsError, match="file-unreadable"):
        Life(tmp_path / "data", trusted_lists=("SE",), trusted_lists_signers=missing)
