"""Settings to the providers that identify people, and to the rules of staff sign-in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from signflow.errors import SettingsError
from signflow.identity.bankid import BankId
from signflow.identity.bankid_api import BankIdApi
from signflow.identity.oidc import OidcProvider, OidcWishes
from signflow.identity.oidc_client import OidcClient
from signflow.identity.provider import IdentityProvider
from signflow.line import Line, client_tls
from signflow.rounds.admission import StaffRules, StaffSignIn
from signflow.settings import Settings

_OIDC_WITHIN_S = 10  # somebody is waiting for the page
_BANKID_WITHIN_S = 10  # the person's page waits meanwhile


def open_identity(settings: Settings, clock: Callable[[], dt.datetime]) -> IdentityProvider | None:
    """Who identifies signatories; None where they get codes by mail.

    Raises:
        SettingsError: A file that a setting names cannot be used.
    """
    match settings.sign_in:
        case "mail-code":
            return None
        case "oidc":
            return _oidc(settings, clock)
        case "bankid":
            return _bankid(settings, clock)


def open_staff_identity(settings: Settings, clock: Callable[[], dt.datetime]) -> IdentityProvider | None:
    """Who identifies staff; None where they get codes by mail, or do not sign in.

    Raises:
        SettingsError: A file that a setting names cannot be used.
    """
    return _oidc(settings, clock, settings.staff_roles_claim) if settings.staff_sign_in == "oidc" else None


def staff_rules(settings: Settings) -> StaffRules:
    """How staff sign in, and for how long."""
    return StaffRules(
        sign_in=StaffSignIn(settings.staff_sign_in),
        idle=dt.timedelta(hours=settings.staff_idle_hours),
        longest=dt.timedelta(hours=settings.staff_hours),
        code_lifetime=dt.timedelta(minutes=settings.code_minutes),
        by_mail=settings.oidc_claim == "email",
        by_claim=bool(settings.staff_roles_claim),
    )


def _oidc(settings: Settings, clock: Callable[[], dt.datetime], roles_claim: str = "") -> OidcProvider:
    client = OidcClient(
        issuer=settings.oidc_issuer,
        id=settings.oidc_client,
        secret=partial(settings.secret_text, settings.oidc_client_secret_file),
        key_pem=partial(settings.secret_text, settings.oidc_client_key_file),
    )
    wishes = OidcWishes(settings.oidc_scope, settings.oidc_levels, settings.oidc_claim, roles_claim)
    return OidcProvider(client, wishes, Line(_OIDC_WITHIN_S), clock, settings.oidc_name)


def _bankid(settings: Settings, clock: Callable[[], dt.datetime]) -> BankId:
    certificate, roots = settings.bankid_certificate_file, settings.bankid_roots
    if certificate is None or roots is None:
        raise SettingsError("setting-invalid", setting="sign_in", reason="bankid_certificate_file, bankid_roots")
    if certificate.exists() and certificate.stat().st_mode & 0o077:
        raise SettingsError("secret-file-open", file=str(certificate))
    try:
        tls = client_tls(certificate, roots)
    except ValueError as error:
        raise SettingsError(
            "setting-invalid", setting="bankid_certificate_file, bankid_roots", reason=str(error)
        ) from error
    return BankId(BankIdApi(settings.bankid_url.rstrip("/"), Line(_BANKID_WITHIN_S, tls=tls)), clock)
