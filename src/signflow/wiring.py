"""Settings to adapters. The only place that builds them; what it builds is the one `Ports` that every step takes."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signflow import crashpoints
from signflow.archive.archive import Archive
from signflow.durable import write_whole
from signflow.errors import SettingsError, UnavailableError
from signflow.house import open_style, open_texts
from signflow.mail.delivery import FolderDelivery, SmtpDelivery
from signflow.mail.message import Sender
from signflow.rendering.type.faces import load_faces
from signflow.rounds.links import LinkKey
from signflow.rounds.model import Policy
from signflow.settings import Settings, load_settings
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.timestamps.http import HttpTsa
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.timestamps.tsa import Tsa
from signflow.signing.trust import Trust
from signflow.steps.ports import Delivery, Ports
from signflow.steps.read_apart import read_apart
from signflow.store.blobs import FolderBlobs
from signflow.store.database import Database
from signflow.store.effects import Effects
from signflow.store.people import People
from signflow.store.store import Store

_LINK_KEY_BYTES = 32
_SMTP_TIMEOUT_S = 20
_TSA_TIMEOUT_S = 20


class _Installed:
    """The ports of this process."""

    ports: Ports | None = None


def now() -> dt.datetime:
    """The time, aware, to the microsecond."""
    return dt.datetime.now(dt.UTC)


def install(ports: Ports) -> None:
    """Make these the ports that flows in this process use."""
    _Installed.ports = ports


def ports() -> Ports:
    """The ports of this process; a worker builds its own from the settings when it first needs them."""
    if _Installed.ports is None:
        _Installed.ports = build_ports(load_settings())
    return _Installed.ports


def build_ports(settings: Settings, wake: Callable[[], None] = lambda: None) -> Ports:
    """Everything a step needs, made or opened in the data folder.

    Args:
        settings: What the organisation has set.
        wake: Called when new work is committed.

    Raises:
        SettingsError: A setting leads to something that cannot be used.
        UnavailableError: Database or disk do not answer now.
    """
    _prepare(settings.data)
    if settings.kill_at:
        crashpoints.arm(settings.kill_at)
    database = open_database(settings)
    authority = open_authority(settings)
    return Ports(
        organisation=settings.organisation,
        public_url=settings.public_url,
        language=settings.language,
        templates=settings.templates_folder,
        policy=Policy(
            open_review_when_clean=settings.open_review_when_clean,
            link_lifetime=dt.timedelta(days=settings.link_days),
            code_lifetime=dt.timedelta(minutes=settings.code_minutes),
        ),
        clock=now,
        texts=open_texts(settings),
        style=open_style(settings),
        store=Store(database, now),
        effects=Effects(database, now),
        people=People(database),
        blobs=FolderBlobs(settings.data / "blobs"),
        links=LinkKey(_link_key(settings.data / "keys" / "links.key")),
        authority=authority,
        tsa=open_tsa(settings, authority),
        archive=open_archive(settings),
        sender=Sender(settings.organisation, settings.mail_from, settings.mail_reply_to),
        delivery=_delivery(settings),
        wake=wake,
    )


def warm_up(ports: Ports) -> None:
    """Load now what the first document would otherwise wait for."""
    load_faces(ports.style.fonts)
    read_apart(b"# -", "warm.md")


def close_ports(ports: Ports) -> None:
    """Let go of files and connections."""
    ports.store.close()
    ports.archive.close()


def open_database(settings: Settings) -> Database:
    """The database at its present schema."""
    database = Database(settings.database)
    database.migrate()
    return database


def open_authority(settings: Settings) -> LocalAuthority:
    """The organisation's own certificate authority and its keys, made at first start."""
    passphrase = settings.secret(settings.key_passphrase_file)
    return LocalAuthority.open(
        settings.data / "keys" / "authority",
        organisation=settings.organisation,
        country=settings.country,
        passphrase=passphrase.get_secret_value() if passphrase else None,
        now=now(),
        base_url=settings.public_url,
    )


def open_trust(settings: Settings, files: Iterable[Path]) -> Trust:
    """Whom a validation believes: the organisation's own authority, if it has one already, and the roots in the files.

    Raises:
        SettingsError: A file cannot be read, or holds no certificate.
    """
    given = tuple(certificate for file in files for certificate in read_pem(file))
    if not (settings.data / "keys" / "authority").is_dir():
        return Trust(roots=given, tsa_roots=given)
    own = open_authority(settings).trust(now())
    external = read_pem(settings.tsa_roots) if settings.tsa_roots else ()
    return replace(own, roots=(*own.roots, *given), tsa_roots=(*own.tsa_roots, *given, *external))


def open_tsa(settings: Settings, authority: LocalAuthority) -> Tsa:
    """The time-stamping authority that was set, or the local one."""
    if not settings.tsa_url:
        return LocalTsa(authority, now)
    if settings.tsa_roots is None:
        raise SettingsError("setting-invalid", setting="tsa_roots", reason="tsa_url needs the roots it leads to")
    return HttpTsa(settings.tsa_url, _TSA_TIMEOUT_S, Trust(roots=(), tsa_roots=read_pem(settings.tsa_roots)), now)


def open_archive(settings: Settings) -> Archive:
    """The archive: storage root and search index."""
    return Archive(settings.data / "archive", settings.data / "archive-index.db")


def _delivery(settings: Settings) -> Delivery:
    if not settings.smtp_host:
        return FolderDelivery(settings.data / "mails")
    password = settings.secret(settings.smtp_password_file)
    return SmtpDelivery(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=password,
        timeout_s=_SMTP_TIMEOUT_S,
    )


def _prepare(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        for name in ("inbox", "keys", "mails", "blobs"):
            (data / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UnavailableError("disk-unavailable", reason=error.strerror or str(error)) from error


def _link_key(path: Path) -> bytes:
    """The key of links and codes; made at first start, readable only by signflow's own account."""
    if not path.exists():
        write_whole(path, os.urandom(_LINK_KEY_BYTES))
    if path.stat().st_mode & 0o077:
        raise SettingsError("secret-file-open", file=str(path))
    return path.read_bytes()


def read_pem(path: Path) -> tuple[bytes, ...]:
    """The certificates in a PEM file.

    Raises:
        SettingsError: It cannot be read, or holds none.
    """
    try:
        certificates = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError("file-unreadable", file=str(path), reason=str(error)) from error
    return tuple(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
