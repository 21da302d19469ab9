"""BankID does what every identity provider does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from bankid_acts import NAME, NUMBER, provider
from bankid_server import BankIdServer, Order
from identity_contract import IdentityContract

from signflow.identity.provider import Begun, IdentityProvider, SignIn


class AtBankId:
    """The server, and a person with the app on the device where the page is."""

    def __init__(self, server: BankIdServer) -> None:
        self._server = server

    def open(self) -> IdentityProvider:
        return provider(self._server)

    def approve(self, act: SignIn, begun: Begun) -> Mapping[str, str]:
        order = self._order(act, begun)
        order.approve(NUMBER, NAME)
        return dict(parse_qsl(urlsplit(order.asked["returnUrl"]).query))

    def cancel(self, act: SignIn, begun: Begun) -> Mapping[str, str]:
        self._order(act, begun).fail("userCancel")
        return {}

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.start()

    def _order(self, act: SignIn, begun: Begun) -> Order:
        order = next(one for one in self._server.orders if one.reference == begun.kept["order_ref"])
        assert order.purpose == act.purpose
        return order


class TestBankId(IdentityContract):
    @pytest.fixture
    def place(self, tmp_path: Path) -> Iterator[AtBankId]:
        with BankIdServer(tmp_path) as server:
            yield AtBankId(server)
