"""`signflow ca …`: the ceremony of the organisation's certificate authority."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from signflow.cli.files import read_file, write_file
from signflow.cli.options import AsJson, InLanguage, instant
from signflow.cli.output import EXIT_FAULT, Session, print_json, say, say_done, say_fault, session, show_table

if TYPE_CHECKING:
    from signflow.signing.authority.account import Account
    from signflow.signing.authority.ceremony import Ceremony
    from signflow.texts import Texts

app = typer.Typer(no_args_is_help=True, help="The certificate authority: its certificates, keys and revocation lists.")

_Name = Literal["issuing", "tsa", "seal", "evidence"]
_Requested = Literal["issuing", "seal", "evidence"]
_Kind = Literal["p256", "p384", "rsa3072", "rsa4096", "ed25519"]
_Reason = Literal[
    "unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation"
]
_PEM_LIMIT_BYTES = 200_000
_DAYS_A_YEAR = 365


class _Rotated(StrEnum):
    """What can be given a new key; a list of these is all that the command line takes as a list of names."""

    ROOT = "root"
    TSA_ROOT = "tsa-root"
    ISSUING = "issuing"
    TSA = "tsa"
    SEAL = "seal"
    EVIDENCE = "evidence"


RootKey = Annotated[
    Path | None, typer.Option("--root-key", help="The folder with the exported root keys, if they are not here.")
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="A file with the passphrase of the exported keys; asked if unset."),
]
Folder = Annotated[Path, typer.Argument(help="A folder, such as a memory stick's.", show_default=False)]


@app.command()
def init(  # noqa: PLR0913 -- each is an option
    *,
    algorithm: Annotated[_Kind, typer.Option("--algorithm", help="The kind of the roots' keys.")] = "p384",
    years: Annotated[int, typer.Option("--years", min=1, max=50, help="How long the roots hold.")] = 30,
    name: Annotated[str, typer.Option("--name", help="The root's name; made of the organisation's if unset.")] = "",
    export_root: Annotated[
        Path | None, typer.Option("--export-root", help="Move the root keys to this folder and remove them here.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    language: InLanguage = None,
) -> None:
    """Make root, issuing, seal and timestamping certificates before the first start."""
    with session(language) as now:
        from signflow.signing.authority.ceremony import RootPlan
        from signflow.signing.keys.kinds import KeyKind

        passphrase = _passphrase(passphrase_file, now, new=True) if export_root else ""
        plan = RootPlan(KeyKind(algorithm), dt.timedelta(days=years * _DAYS_A_YEAR), name)
        with _sitting(now) as ceremony:
            ceremony.make(plan)
            say_done(now.texts("ca.done.made", organisation=now.settings.organisation))
            if export_root:
                from signflow.signing.authority.roots import export_roots, remove_roots

                export_roots(ceremony, export_root, passphrase)
                remove_roots(ceremony, export_root, passphrase)
                say_done(now.texts("ca.done.moved", folder=export_root))


@app.command()
def show(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """Show every certificate: where its key is, until when it holds, and what must be seen to."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow.signing.authority.account import accounts_of

        with _sitting(now) as ceremony:
            accounts = accounts_of(ceremony.read(), ceremony.now)
        if as_json:
            print_json([asdict(one) for one in accounts])
        else:
            _show(accounts, now)
        if any(one.needs_attention for one in accounts):
            raise typer.Exit(EXIT_FAULT)


@app.command()
def issue(
    certificate: Annotated[_Name, typer.Argument(help="What it is for.", show_default=False)],
    *,
    root_key: RootKey = None,
    passphrase_file: PassphraseFile = None,
    language: InLanguage = None,
) -> None:
    """Issue a new certificate for the key there is, or for the key that the settings name."""
    with session(language) as now, _sitting(now, root_key, passphrase_file) as ceremony:
        made = ceremony.issue(certificate, new_key=False)
        _say_made(made.entry.label, made.certificate.not_valid_after_utc, now)


@app.command()
def rotate(
    certificates: Annotated[
        list[_Rotated] | None, typer.Argument(help="Which; all but the roots if left out.", show_default=False)
    ] = None,
    *,
    root_key: RootKey = None,
    passphrase_file: PassphraseFile = None,
    language: InLanguage = None,
) -> None:
    """Make new keys and certificates. What was signed with the old ones stays valid."""
    with session(language) as now, _sitting(now, root_key, passphrase_file) as ceremony:
        for name in certificates or ("issuing", "tsa", "seal", "evidence"):
            made = ceremony.issue(name, new_key=True)
            _say_made(made.entry.label, made.certificate.not_valid_after_utc, now)


@app.command()
def crl(
    *,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write all lists into this folder too.")] = None,
    root_key: RootKey = None,
    passphrase_file: PassphraseFile = None,
    language: InLanguage = None,
) -> None:
    """Make new revocation lists. Those of keys that are here are made daily by themselves."""
    with session(language) as now:
        from signflow import wiring

        with _sitting(now, root_key, passphrase_file) as ceremony:
            for label in ceremony.extend() if root_key else ():
                say_done(now.texts("ca.done.list", certificate=label))
        lists = wiring.open_authority(now.settings).crls(wiring.now())
        for label, content in lists.items() if output else ():
            write_file(Path(output or "", f"{label}.crl"), content, now.texts)
        if output:
            say_done(now.texts("ca.done.lists", count=len(lists), folder=output))
        elif not root_key:
            say(now.texts("ca.done.lists_by_themselves"))


@app.command()
def revoke(  # noqa: PLR0913 -- each is an option
    certificate: Annotated[str, typer.Argument(help="As `signflow ca show` calls it.", show_default=False)],
    *,
    reason: Annotated[_Reason, typer.Option("--reason", help="Why.")] = "unspecified",
    at: Annotated[
        dt.datetime | None, typer.Option("--at", help="Since when it does not hold; now if left out.")
    ] = None,
    root_key: RootKey = None,
    passphrase_file: PassphraseFile = None,
    language: InLanguage = None,
) -> None:
    """Revoke a certificate: its issuer's list says from now on that it does not hold."""
    with session(language) as now, _sitting(now, root_key, passphrase_file) as ceremony:
        from cryptography.x509 import ReasonFlags

        since = instant(at) if at else ceremony.now
        ceremony.revoke(certificate, ReasonFlags(reason), since)
        say_done(now.texts("ca.done.revoked", certificate=certificate, at=now.texts.instant(since)))


@app.command("request")
def request_(
    certificate: Annotated[_Requested, typer.Argument(help="What it is for.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="The request (PKCS #10).")],
    *,
    language: InLanguage = None,
) -> None:
    """Write a request for a certificate from the organisation's own authority."""
    with session(language) as now, _sitting(now) as ceremony:
        from signflow.signing.authority.requests import request_certificate

        write_file(output, request_certificate(ceremony, certificate), now.texts)
        say_done(now.texts("ca.done.requested", file=output, certificate=certificate))


@app.command("import")
def import_(
    certificate: Annotated[_Requested, typer.Argument(help="What it is for.", show_default=False)],
    file: Annotated[
        Path, typer.Argument(help="The certificate, then its issuers, root last (PEM).", show_default=False)
    ],
    *,
    language: InLanguage = None,
) -> None:
    """Take a certificate that was requested into use. Its root is trusted from then on."""
    with session(language) as now, _sitting(now) as ceremony:
        from signflow.signing.authority.requests import take_certificate

        label = take_certificate(ceremony, certificate, read_file(file, now.texts, _PEM_LIMIT_BYTES))
        _say_made(label, ceremony.read().held[label].certificate.not_valid_after_utc, now)


@app.command("export-root")
def export_root_(folder: Folder, *, passphrase_file: PassphraseFile = None, language: InLanguage = None) -> None:
    """Write the root keys into a folder, encrypted with a passphrase. They stay here too."""
    with session(language) as now:
        from signflow.signing.authority.roots import export_roots

        passphrase = _passphrase(passphrase_file, now, new=True)
        with _sitting(now) as ceremony:
            export_roots(ceremony, folder, passphrase)
        say_done(now.texts("ca.done.exported", folder=folder))


@app.command("remove-root")
def remove_root_(folder: Folder, *, passphrase_file: PassphraseFile = None, language: InLanguage = None) -> None:
    """Remove the root keys here, once the export in the folder has been opened and found to be theirs."""
    with session(language) as now:
        from signflow.signing.authority.roots import remove_roots

        passphrase = _passphrase(passphrase_file, now, new=False)
        with _sitting(now) as ceremony:
            remove_roots(ceremony, folder, passphrase)
        say_done(now.texts("ca.done.moved", folder=folder))


@contextmanager
def _sitting(now: Session, root_key: Path | None = None, passphrase_file: Path | None = None) -> Generator[Ceremony]:
    """The folder, locked, with the root keys that were brought along."""
    from signflow import wiring
    from signflow.signing.authority.roots import bring_roots

    passphrase = _passphrase(passphrase_file, now, new=False) if root_key else ""
    ceremony = wiring.open_ceremony(now.settings)
    with ceremony.folder.locked():
        if root_key:
            ceremony = replace(ceremony, returned=bring_roots(ceremony.read(), root_key, passphrase))
        yield ceremony


def _passphrase(file: Path | None, now: Session, *, new: bool) -> str:
    given = now.settings.secret(file)
    if given is not None:
        return given.get_secret_value()
    return str(typer.prompt(now.texts("ca.ask.passphrase"), hide_input=True, confirmation_prompt=new, err=True))


def _say_made(label: str, until: dt.datetime, now: Session) -> None:
    say_done(now.texts("ca.done.issued", certificate=label, until=now.texts.date(until.date())))


def _show(accounts: list[Account], now: Session) -> None:
    texts = now.texts
    rows = [
        (
            one.label,
            one.subject,
            one.kind,
            texts(f"ca.place.{one.place}"),
            texts.date(one.holds_until.date()),
            texts(f"ca.standing.{one.standing if one.in_use or one.revoked_at else 'replaced'}"),
        )
        for one in accounts
    ]
    show_table(
        [texts(f"ca.column.{name}") for name in ("label", "subject", "kind", "place", "until", "standing")], rows
    )
    for one in accounts:
        if one.needs_attention:
            say_fault(_attention(one, texts))


def _attention(account: Account, texts: Texts) -> str:
    """What must be done about a certificate, by when."""
    ends = account.list_until if account.standing.startswith("list") else None
    until = texts.date((ends or account.holds_until).date())
    return texts(f"ca.attention.{account.standing}", certificate=account.label, name=account.name, until=until)
