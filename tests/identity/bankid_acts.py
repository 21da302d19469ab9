"""A sign-in with BankID as tests make it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from bankid_server import BankIdServer

from signflow.identity.bankid import BankId
from signflow.identity.bankid_api import BankIdApi
from signflow.identity.provider import SignIn
from signflow.line import Line, client_tls
from signflow.texts import LANGUAGES, Texts

NUMBER, NAME = "195207306886", "Majlis Medin"
ACT = SignIn(
    reference="0f9d2c9a7c6b4c0e",
    state="0f9d2c9a7c6b4c0e.qJ8Yb2c-ZQ",
    secret=bytes(32),
    return_url="https://sign.example/sign-in/callback",
    purpose="Skriva under protokollet för § 12, Åre nämnd.",
    language="sv",
    address="192.0.2.7",
)
TEXTS = [Texts(Path(__file__).parents[2] / "templates", language) for language in LANGUAGES]


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def provider(bank: BankIdServer) -> BankId:
    tls = client_tls(bank.certificate, bank.roots)
    return BankId(BankIdApi(bank.url, Line(5, tls=tls)), now)
