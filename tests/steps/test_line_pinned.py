"""Requests whose destination somebody else has chosen: to allowed addresses alone, and to the one that was looked at."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signflow.addresses import AddressRule
from signflow.errors import SettingsError
from signflow.line import Line, LineError
from signflow.settings import load_settings
from webhook_receiver import NAME, Receiver

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
REFUSED = (
    "0.0.0.0",  # noqa: S104 -- refused, not bound
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "224.0.1.1",
    "239.255.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::8.8.8.8",
    "::ffff:8.8.8.8",
    "::ffff:127.0.0.1",
    "64:ff9b::8.8.8.8",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:808:808::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd00::1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with Receiver(tmp_path / "receiver", status=200) as receiver:
        yield receiver


def line(receiver: Receiver, *allowed: Any, within_s: float = 5) -> Line:
    return Line(within_s, tls=ssl.create_default_context(cafile=receiver.roots), rule=AddressRule(allowed))


def answering(monkeypatch: pytest.MonkeyPatch, *answers: list[str], name: str = NAME) -> list[object]:
    """The name is looked up with these answers, one after the other; who was asked for."""
    asked = list[object]()
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        if host != name:
            return real(host, port, *rest, **named)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not AddressRule().allows(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.10.0.1", "2a00:1450:400f::1", "2001:6b0:8::1"])
def test_what_is_public_is_allowed(address: str) -> None:
    assert AddressRule().allows(address)


def test_a_network_that_is_named_is_allowed_and_no_other_way_to_it() -> None:
    rule = AddressRule([ipaddress.ip_network("10.1.2.0/24")])
    assert rule.allows("10.1.2.3")
    for address in ("10.1.3.1", "::ffff:10.1.2.3", "2002:a01:203::1", "64:ff9b::10.1.2.3"):
        assert not rule.allows(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "[::ffff:7f00:1]"]
)
def test_this_machine_is_not_reached_whatever_it_is_called(receiver: Receiver, host: str) -> None:
    with pytest.raises(LineError, match="address refused"):
        line(receiver).tell(receiver.url(host), b"{}", headers={})
    assert receiver.taken == []


def test_the_name_is_looked_up_once_and_stands_in_tls_and_host(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    assert line(receiver, LOOPBACK).tell(receiver.url(NAME), b"{}", headers={}).status == 200
    assert asked == [NAME]
    (taken,) = receiver.taken
    assert taken.headers["host"] == f"{NAME}:{receiver.port}"


def test_another_name_than_the_certificates_is_refused(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["127.0.0.1"], name="annan.example")
    with pytest.raises(LineError, match=r"(?i)certificate"):
        line(receiver, LOOPBACK).tell(receiver.url("annan.example"), b"{}", headers={})
    assert receiver.taken == []


def test_a_name_that_turns_private_between_looks_does_not_get_there(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    # an allowed address at which nobody listens stands for the public one, so that no test leaves this machine
    allowed = ipaddress.ip_network("127.0.0.2/32")
    asked = answering(monkeypatch, ["127.0.0.2"], ["127.0.0.1"])
    with pytest.raises(LineError):
        line(receiver, allowed).tell(receiver.url(NAME), b"{}", headers={})
    assert asked == [NAME]
    with pytest.raises(LineError, match="address refused"):
        line(receiver, allowed).tell(receiver.url(NAME), b"{}", headers={})
    assert receiver.taken == []


def test_one_private_address_among_public_ones_is_enough(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["8.8.8.8", "127.0.0.1"])
    with pytest.raises(LineError, match="address refused"):
        line(receiver).tell(receiver.url(NAME), b"{}", headers={})


def test_the_next_address_is_tried_where_the_first_takes_no_connection(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, ["127.0.0.2", "127.0.0.2", "127.0.0.1"])
    assert line(receiver, LOOPBACK).tell(receiver.url(NAME), b"{}", headers={}).status == 200
    assert asked == [NAME]
    (taken,) = receiver.taken
    assert taken.headers["host"] == f"{NAME}:{receiver.port}"


def test_every_address_is_looked_at_before_any_is_tried(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["127.0.0.1", "127.0.0.2"])
    with pytest.raises(LineError, match="address refused"):
        line(receiver, ipaddress.ip_network("127.0.0.1/32")).tell(receiver.url(NAME), b"{}", headers={})
    assert receiver.taken == []


def test_no_more_than_four_addresses_are_tried(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.1"])
    with pytest.raises(LineError):
        line(receiver, LOOPBACK).tell(receiver.url(NAME), b"{}", headers={})
    assert receiver.taken == []


def test_what_was_sent_once_is_sent_to_no_other_address(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver.trickles = True
    answering(monkeypatch, ["127.0.0.1", "127.0.0.2"])
    with pytest.raises(LineError, match="timeout"):
        line(receiver, LOOPBACK, within_s=1).tell(receiver.url(NAME), b"{}", headers={})
    assert len(receiver.taken) == 1


def test_a_proxy_of_the_environment_is_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert line(receiver, LOOPBACK).tell(receiver.url(), b"{}", headers={}).status == 200


def test_a_head_that_trickles_ends(receiver: Receiver) -> None:
    receiver.trickles = True
    with pytest.raises(LineError, match="timeout"):
        line(receiver, LOOPBACK, within_s=1).tell(receiver.url(), b"{}", headers={})


@pytest.mark.parametrize(
    ("url", "allowed", "fits"),
    [
        ("https://mottagare.example/x", [], True),
        ("http://mottagare.example/x", ["127.0.0.0/8"], False),
        ("http://127.0.0.1:8000/x", ["127.0.0.0/8"], True),
        ("http://127.0.0.1:8000/x", ["10.0.0.0/8"], False),
        ("http://127.0.0.1:8000/x", [], False),
        ("https://user:pass@mottagare.example/x", [], False),
        ("ftp://mottagare.example/x", [], False),
    ],
)
def test_addresses_in_the_settings(tmp_path: Path, url: str, allowed: list[str], fits: bool) -> None:  # noqa: FBT001 -- a table
    hook = {"name": "en", "url": url, "secret_file": str(tmp_path / "secret")}
    given: dict[str, Any] = {"data": tmp_path, "webhooks": [hook], "webhooks_allow_private": allowed}
    if fits:
        assert load_settings(**given).webhooks[0].url == url
    else:
        with pytest.raises(SettingsError, match="setting-invalid"):
            load_settings(**given)
