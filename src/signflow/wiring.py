"""Settings to adapters. The only place that builds them; what it builds is the one `Ports` that every step takes."""

from __future__ import annotations

import datetime as dt
import os
import ssl
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signflow import crashpoints
from signflow.addresses import AddressRule
from signflow.archive.archive import Archive
from signflow.durable import write_whole
from signflow.errors import SettingsError, UnavailableError
from signflow.house import open_bodies, open_style, open_texts
from signflow.line import Line
from signflow.mail.delivery import FolderDelivery, SmtpDelivery
from signflow.mail.message import Sender
from signflow.rendering.type.faces import load_faces
from signflow.rounds.links import LinkKey
from signflow.rounds.model import Method, NoticeRules, Policy
from signflow.rounds.outcome import Decision
from signflow.rounds.webhook_messages import Subscription, WebhookMessage, messages_of
from signflow.settings import Settings, load_settings
from signflow.settings_tables import OutsideTsa, Webhook
from signflow.signing.algorithms import policy
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.authority.ceremony import Ceremony
from signflow.signing.authority.folder import KeyFolder
from signflow.signing.authority.installation import Installation
from signflow.signing.authority.register import ISSUING, SEAL, TSA
from signflow.signing.evidence.planner import RenewalRules
from signflow.signing.evidence.post_quantum import PostQuantumKey
from signflow.signing.keys.csc import CscSeal
from signflow.signing.keys.csc_api import CscAccount
from signflow.signing.keys.kinds import KeyKind
from signflow.signing.outside.revocation import RevocationSources
from signflow.signing.pades.sign import SealingAuthority
from signflow.signing.timestamps.http import HttpTsa, TsaAddress
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.timestamps.several import SeveralTsas
from signflow.signing.timestamps.tsa import Tsa
from signflow.signing.trust import Trust
from signflow.signing.trusted_lists.folder import ListFolder, read_services
from signflow.signing.trusted_lists.sources import FolderSource, WebSource
from signflow.signing.trusted_lists.update import TrustedLists, Wanted, as_der, published_signers
from signflow.steps.judge import ExternalJudge
from signflow.steps.ports import Delivery, Ports
from signflow.steps.read_apart import read_apart
from signflow.store.anchors import Anchors
from signflow.store.blobs import FolderBlobs
from signflow.store.database import Database
from signflow.store.deliveries import Deliveries
from signflow.store.drawings import Drawings
from signflow.store.effects import Effects
from signflow.store.people import People
from signflow.store.sessions import Sessions
from signflow.store.store import Store
from signflow.store.tokens import Tokens
from signflow.store.unsent import Unsent
from signflow.webhooks import Receiver
from signflow.wiring_identity import open_identity, open_staff_identity, staff_rules

_CSC = "csc"
_LINK_KEY_BYTES = 32
_SMTP_TIMEOUT_S = 20
_LIST_WITHIN_S = 60
_WEBHOOK_WITHIN_S = 10


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
            method=Method(settings.sign_in),
            bodies=open_bodies(settings),
            remind_after=dt.timedelta(days=settings.remind_after_days),
            notices=NoticeRules(settings.notice_board, settings.minutes_kept_at, ZoneInfo(settings.timezone)),
        ),
        clock=now,
        texts=open_texts(settings),
        style=open_style(settings),
        store=Store(database, now, _messages_of(settings)),
        effects=Effects(database, now),
        anchors=open_anchors(settings, database),
        people=People(database),
        blobs=FolderBlobs(settings.data / "blobs"),
        drawings=Drawings(settings.data / "drawn", version("signflow")),
        unsent=Unsent(settings.data / "unsent", now),
        links=LinkKey(_link_key(settings.data / "keys" / "links.key")),
        identity=open_identity(settings, now),
        staff=staff_rules(settings),
        staff_identity=open_staff_identity(settings, now),
        sessions=Sessions(database, now),
        tokens=Tokens(database, now),
        recognised_by_mail=settings.sign_in == "oidc" and settings.oidc_claim == "email",
        authority=authority,
        seals=open_seals(settings, authority),
        post_quantum=open_post_quantum(settings),
        tsa=open_tsa(settings, authority),
        judge=ExternalJudge(settings.external_judge) if settings.external_judge else None,
        outside=outside_trust(settings),
        lists=open_trusted_lists(settings),
        archive=open_archive(settings),
        renewal=renewal_rules(settings),
        sender=Sender(settings.organisation, settings.mail_from, settings.mail_reply_to),
        delivery=_delivery(settings),
        deliveries=Deliveries(database, now),
        webhooks=open_webhooks(settings),
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


def open_anchors(settings: Settings, database: Database) -> Anchors:
    """The audit log's anchors: in the database, and in the data folder."""
    return Anchors(database, settings.data / "audit" / "anchors", now)


def open_authority(settings: Settings) -> LocalAuthority:
    """The organisation's own certificate authority and its keys, made at first start."""
    return LocalAuthority.open_house(
        authority_folder(settings),
        installation(settings),
        key_passphrase(settings),
        now(),
        RevocationSources(Line()),
    )


def open_ceremony(settings: Settings) -> Ceremony:
    """The folder of certificates and keys, to change it; hold its lock meanwhile."""
    folder = KeyFolder(authority_folder(settings), key_passphrase(settings))
    return Ceremony(folder, installation(settings), now())


def authority_folder(settings: Settings) -> Path:
    """Where certificates and keys are kept."""
    return settings.data / "keys" / "authority"


def installation(settings: Settings) -> Installation:
    """What stands in certificates, and where keys are that are not in the folder."""
    seal_key = "" if settings.seal_key == _CSC else settings.seal_key
    places = {SEAL: seal_key, ISSUING: settings.issuing_key, TSA: settings.tsa_key}
    return Installation(
        organisation=settings.organisation,
        country=settings.country,
        base_url=settings.public_url,
        organisation_number=settings.organisation_number,
        kind=KeyKind(settings.signature_algorithm),
        places={name: place for name, place in places.items() if place},
    )


def key_passphrase(settings: Settings) -> str | None:
    """What the keys in the folder are protected with, if not with a key file."""
    passphrase = settings.secret(settings.key_passphrase_file)
    return passphrase.get_secret_value() if passphrase else None


def open_post_quantum(settings: Settings) -> PostQuantumKey | None:
    """The key for second statements, made when it is first wanted; None unless it is set."""
    if not settings.experimental_post_quantum:
        return None
    return PostQuantumKey.open(
        settings.data / "keys" / "post-quantum",
        organisation=settings.organisation,
        country=settings.country,
        passphrase=key_passphrase(settings),
        now=now(),
    )


def open_trust(settings: Settings, files: Iterable[Path]) -> Trust:
    """Whom a validation believes.

    That is the organisation's own authority, if it has one already, the roots in the files, and the trusted lists that
    are wanted, as far as they were got.

    Raises:
        SettingsError: A file cannot be read, or holds no certificate.
        IntegrityError: The trusted lists that were kept are damaged.
    """
    given = tuple(certificate for file in files for certificate in read_pem(file))
    listed = read_services(open_list_folder(settings), settings.trusted_lists)
    if not authority_folder(settings).is_dir():
        return Trust(roots=given, tsa_roots=given, listed=listed)
    own = open_authority(settings).trust(now())
    second = open_post_quantum(settings)
    stated = (second.certificate_pem,) if second else ()
    return own.joined(outside_trust(settings)).joined(Trust(roots=(*given, *stated), tsa_roots=given, listed=listed))


def open_list_folder(settings: Settings) -> ListFolder:
    """Where the EU's trusted lists are kept."""
    return ListFolder(settings.data / "trusted-lists")


def open_trusted_lists(settings: Settings, brought: Path | None = None) -> TrustedLists | None:
    """The trusted lists that are wanted; None where none are.

    Args:
        settings: What the organisation has set.
        brought: A folder to take them from, instead of what the settings say.

    Raises:
        SettingsError: The file of their signers cannot be read.
    """
    if not settings.trusted_lists:
        return None
    signers, source = settings.trusted_lists_signers, brought or settings.trusted_lists_from
    wanted = Wanted(
        url=settings.trusted_lists_url,
        signers=as_der(read_pem(signers)) if signers else published_signers(),
        territories=settings.trusted_lists,
        algorithms=policy(),
    )
    lists = FolderSource(source) if source else WebSource(Line(within_s=_LIST_WITHIN_S))
    return TrustedLists(open_list_folder(settings), lists, wanted)


def outside_trust(settings: Settings) -> Trust:
    """Whom the organisation believes besides itself: the roots of the authorities outside that work for it."""
    return Trust(
        roots=read_pem(settings.csc_roots) if settings.csc_roots else (),
        tsa_roots=read_pem(settings.tsa_roots) if settings.tsa_roots else (),
    )


def open_seals(settings: Settings, authority: LocalAuthority) -> SealingAuthority:
    """The signing service that holds the seal's key, if the settings say so; else the authority, which knows where it is."""
    if settings.seal_key != _CSC:
        return authority
    line = Line()
    account = CscAccount(
        url=settings.csc_url.rstrip("/"),
        credential=settings.csc_credential,
        token=partial(settings.secret_text, settings.csc_token_file),
        pin=partial(settings.secret_text, settings.csc_pin_file),
    )
    return CscSeal(account, outside_trust(settings).parsed_roots, line, RevocationSources(line))


def open_tsa(settings: Settings, authority: LocalAuthority) -> Tsa:
    """The time-stamping authorities that are set, in their order; the local one only where none is."""
    if not settings.tsa:
        return LocalTsa(authority, now)
    roots = outside_trust(settings).parsed_tsa_roots
    line = Line()
    revocation = RevocationSources(line)
    return SeveralTsas([HttpTsa(_address(settings, one), roots, line, revocation, now) for one in settings.tsa], now)


def _address(settings: Settings, tsa: OutsideTsa) -> TsaAddress:
    return TsaAddress(tsa.url, tsa.policy, tsa.user, settings.secret_text(tsa.password_file))


def renewal_rules(settings: Settings) -> RenewalRules:
    """When evidence is renewed: by the table of algorithms that comes with signflow, and the margin that was set."""
    return RenewalRules(policy(), dt.timedelta(days=settings.renewal_margin_days))


def open_archive(settings: Settings) -> Archive:
    """The archive: storage root and search index."""
    return Archive(settings.data / "archive", settings.data / "archive-index.db")


def open_webhooks(settings: Settings) -> dict[str, Receiver]:
    """Who is told what happens, by name.

    Raises:
        SettingsError: A file of roots cannot be read, or holds no certificate.
    """
    rule = AddressRule(settings.webhooks_allow_private)
    return {
        hook.name: Receiver(
            hook.name,
            hook.url,
            Line(_WEBHOOK_WITHIN_S, tls=_trusting(hook.roots) if hook.roots else None, rule=rule),
            partial(_webhook_secrets, settings, hook),
        )
        for hook in settings.webhooks
    }


def _webhook_secrets(settings: Settings, hook: Webhook) -> tuple[str, ...]:
    files = (hook.secret_file, hook.previous_secret_file)
    return tuple(settings.secret_text(file) for file in files if file)


def _trusting(roots: Path) -> ssl.SSLContext:
    pem = b"".join(read_pem(roots)).decode()
    return ssl.create_default_context(cadata=pem)


def _messages_of(settings: Settings) -> Callable[[Decision, dt.datetime], Iterable[WebhookMessage]]:
    subscriptions = tuple(
        Subscription(hook.name, frozenset(hook.events), frozenset(hook.bodies)) for hook in settings.webhooks
    )
    return partial(messages_of, subscriptions=subscriptions, public_url=settings.public_url)


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
        for name in ("inbox", "keys", "mails", "blobs", "drawn", "unsent"):
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
