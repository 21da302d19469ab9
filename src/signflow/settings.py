"""What an organisation sets. The only reader of the environment.

Settings come from `SIGNFLOW_…` in the environment and from `signflow.toml` in the data folder (or the file that
`SIGNFLOW_SETTINGS` names); the environment wins. Unknown names are refused. `docs/settings.md` lists them all.
"""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from signflow.errors import SettingsError
from signflow.settings_tables import LOOPBACK, Body, OutsideTsa, Webhook, require_address
from signflow.texts import Language

_PREFIX = "SIGNFLOW_"
Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Every setting with its default. Frozen; addresses and paths are resolved."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    data: Path = Field(
        default=Path("data"), description="The data folder: database, blobs, archive, inbox, keys, mails."
    )
    templates: Path | None = Field(
        default=None, description="The folder of templates; the ones that come with signflow if unset."
    )
    house: str = Field(
        default="",
        pattern="^[a-z0-9-]*$",
        description="The house style: a folder in the templates' `house`; the style that lies there itself if unset.",
    )
    organisation: str = Field(default="Kommunen", description="The organisation that seals, as in its certificate.")
    country: str = Field(default="SE", pattern="^[A-Z]{2}$", description="Its country, two letters.")
    language: Language = Field(
        default="sv", description="The language of mails and of pages for those who ask for none."
    )
    timezone: str = Field(default="Europe/Stockholm", description="In which times are written.")
    host: str = Field(default="127.0.0.1", description="The address the web listens on.")
    port: Port = Field(default=8080, description="Its port; 0 for any free one.")
    listen_beyond_loopback: bool = Field(default=False, description="Say yes to let `host` be other than loopback.")
    base_url: str = Field(
        default="", description="How people reach the web, for links in mails; the address it listens on if unset."
    )
    database_url: str = Field(
        default="", description="SQLAlchemy address of the database; SQLite in the data folder if unset."
    )
    prefect_port: Port = Field(
        default=4210, description="The port of the Prefect server that signflow starts; 0 for any free one."
    )
    prefect_api_url: str = Field(
        default="", description="A Prefect server that is there already; signflow starts its own if unset."
    )
    smtp_host: str = Field(default="", description="The SMTP server; mails become files in the data folder if unset.")
    smtp_port: Port = Field(default=587, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is protected."
    )
    smtp_user: str = Field(default="", description="The account, where the server wants one.")
    smtp_password_file: Path | None = Field(default=None, description="A file that holds its password.")
    mail_from: str = Field(default="signflow@localhost.localdomain", description="The address that mails come from.")
    mail_reply_to: str = Field(default="", description="Where answers go; the sender if unset.")
    tsa: tuple[OutsideTsa, ...] = Field(
        default=(), description="Time-stamping authorities (RFC 3161) in the order wanted; the local one if unset."
    )
    tsa_roots: Path | None = Field(
        default=None, description="A PEM file with the roots that their certificates must lead to."
    )
    trusted_lists: tuple[Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")], ...] = Field(
        default=(),
        description=(
            "The states whose EU trusted lists are believed, two letters each as the lists write them; none if unset. "
            "They are renewed every day."
        ),
    )
    trusted_lists_url: str = Field(
        default="https://ec.europa.eu/tools/lotl/eu-lotl.xml", description="Where the Commission's list of lists is."
    )
    trusted_lists_from: Path | None = Field(
        default=None,
        description="A folder that the lists are taken from, where there is no network; their addresses if unset.",
    )
    trusted_lists_signers: Path | None = Field(
        default=None,
        description=(
            "A PEM file with the certificates that may sign the first list of lists; those that the Commission has "
            "published if unset."
        ),
    )
    key_passphrase_file: Path | None = Field(
        default=None, description="A file with the passphrase of the keys; a key file of its own if unset."
    )
    signature_algorithm: Literal["p256", "p384", "rsa3072", "rsa4096", "ed25519"] = Field(
        default="p256", description="The kind of key that people's signatures and the seal are made with."
    )
    organisation_number: str = Field(
        default="",
        pattern=r"^(\d{6}-?\d{4})?$",
        description="The organisation's number in the national register, for the seal's certificate; left out if unset.",
    )
    seal_key: str = Field(
        default="",
        pattern="^(pkcs11:.*|csc)?$",
        description=(
            "Where the seal's key is: a PKCS#11 URI (RFC 7512), or `csc` for a remote signing service; "
            "a file in the data folder if unset."
        ),
    )
    issuing_key: str = Field(default="", description="Likewise for the key that issues people's certificates.")
    tsa_key: str = Field(default="", description="Likewise for the key of the local time-stamping authority.")
    csc_url: str = Field(
        default="", description="The signing service, with the version of its API: `https://…/csc/v1`."
    )
    csc_credential: str = Field(default="", description="The seal's credential there.")
    csc_roots: Path | None = Field(
        default=None, description="A PEM file with the roots that the credential's certificate must lead to."
    )
    csc_token_file: Path | None = Field(
        default=None,
        description="A file with the OAuth 2.0 bearer token, where the service wants one; read at each use.",
    )
    csc_pin_file: Path | None = Field(default=None, description="A file with the credential's PIN, likewise.")
    sign_in: Literal["mail-code", "oidc", "bankid"] = Field(
        default="mail-code",
        description=(
            "How a signatory proves who they are: a code by mail, a sign-in at an OpenID provider, or with BankID."
        ),
    )
    staff_sign_in: Literal["local", "mail-code", "oidc"] = Field(
        default="local",
        description=(
            "How staff sign in: not at all, and their pages answer at the machine itself alone; with a code by mail to the "
            "address in the people register; or at the OpenID provider."
        ),
    )
    staff_hours: int = Field(
        default=24, ge=1, le=24 * 30, description="How many hours staff stay signed in at the most."
    )
    staff_idle_hours: int = Field(
        default=8, ge=1, le=24 * 30, description="After how many hours without use they are signed out."
    )
    staff_roles_claim: str = Field(
        default="",
        description=(
            "The claim in which the OpenID provider lists what staff are, as the people register would write it; the people "
            "register says so if unset."
        ),
    )
    oidc_issuer: str = Field(default="", description="The OpenID provider's issuer, as it writes it: `https://…`.")
    oidc_client: str = Field(default="", description="Our client identifier there.")
    oidc_client_secret_file: Path | None = Field(
        default=None, description="A file with the client's secret, where the provider wants one; read at each use."
    )
    oidc_client_key_file: Path | None = Field(
        default=None, description="A PEM file with the client's private key, instead of a secret (private_key_jwt)."
    )
    oidc_scope: str = Field(default="openid email profile", description="What is asked for; `openid` must be in it.")
    oidc_levels: tuple[str, ...] = Field(
        default=(),
        description="The levels of assurance (acr) of which one must be met, the wanted one first; any if unset.",
    )
    oidc_claim: str = Field(
        default="email",
        description=(
            "The claim by which a person is recognised: `email` (verified, the address that the link went to), or any other, "
            "whose value the people register holds as the person's identifier."
        ),
    )
    oidc_name: str = Field(
        default="",
        description="What people know the provider by, for the page that sends them there; its host if unset.",
    )
    bankid_url: str = Field(
        default="https://appapi2.bankid.com/rp/v6.0", description="BankID's service for relying parties."
    )
    bankid_certificate_file: Path | None = Field(
        default=None, description="A PEM file with our certificate for BankID and its private key."
    )
    bankid_roots: Path | None = Field(
        default=None, description="A PEM file with the root that BankID's server leads to."
    )
    external_judge: str = Field(
        default="",
        description=(
            "The command line of a program that judges every revision too, such as `verapdf --format json`; the file is "
            "its last argument. None if unset."
        ),
    )
    open_review_when_clean: bool = Field(
        default=True, description="Invite the secretary as soon as a draft has no errors."
    )
    link_days: int = Field(default=30, ge=1, le=365, description="How long a link in an invitation holds.")
    code_minutes: int = Field(default=10, ge=1, le=60, description="How long a code holds.")
    remind_after_days: int = Field(
        default=3,
        ge=0,
        le=365,
        description="After how many days without an answer a signatory is reminded, and again; 0 for never.",
    )
    notice_board: bool = Field(
        default=False,
        description=(
            "Announce adjusted statutory minutes on signflow's own public page, `/notices`; if unset the secretary puts the "
            "notice up elsewhere and says so."
        ),
    )
    minutes_kept_at: str = Field(
        default="",
        max_length=200,
        description="Where adjusted minutes can be read, as notices say it; at the organisation if unset.",
    )
    bodies: tuple[Body, ...] = Field(
        default=(),
        description="Who must sign the minutes of which body, in which order, and who may stand in; as the minutes say if unset.",
    )
    webhooks: tuple[Webhook, ...] = Field(
        default=(), description="Systems that are told what happens to documents, by Standard Webhooks; none if unset."
    )
    webhooks_allow_private: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(),
        description="Networks that are not public and to which webhooks may go all the same, such as `10.1.2.0/24`.",
    )
    work_at_once: int = Field(default=4, ge=1, le=64, description="How many documents are worked on at the same time.")
    daily_at: int = Field(
        default=3,
        ge=0,
        le=23,
        description="The hour at which the work of the day is done, such as the audit anchor; letters wait for the daytime.",
    )
    renewal_margin_days: int = Field(
        default=180, ge=1, le=3650, description="How many days before its protection ends evidence is renewed."
    )
    retry_longest_s: int = Field(default=300, ge=1, le=86400, description="The longest wait between two tries.")
    experimental_post_quantum: bool = Field(
        default=False, description="Archive a second validation token, signed with ML-DSA-65, beside the usual one."
    )
    kill_at: str = Field(default="", description="For tests: the commit point at which the process kills itself.")

    @field_validator(
        "data",
        "templates",
        "tsa_roots",
        "trusted_lists_from",
        "trusted_lists_signers",
        "csc_roots",
        "csc_token_file",
        "csc_pin_file",
        "oidc_client_secret_file",
        "oidc_client_key_file",
        "bankid_certificate_file",
        "bankid_roots",
        "key_passphrase_file",
        "smtp_password_file",
    )
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().resolve() if value else value

    @model_validator(mode="after")
    def _staff_over_tls(self) -> Self:
        reached = urlsplit(self.public_url)
        if self.staff_sign_in != "local" and reached.scheme != "https" and reached.hostname not in LOOPBACK:
            raise ValueError("staff_sign_in: base_url must be https, or whoever listens has the session")
        return self

    @model_validator(mode="after")
    def _webhooks_safe(self) -> Self:
        if len({hook.name for hook in self.webhooks}) < len(self.webhooks):
            raise ValueError("webhooks: a name stands there twice")
        plain = any(urlsplit(hook.url).scheme == "http" for hook in self.webhooks)
        if plain and not any(network.is_loopback for network in self.webhooks_allow_private):
            raise ValueError("webhooks: write https, or name the loopback network in webhooks_allow_private")
        return self

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.host not in LOOPBACK and not self.listen_beyond_loopback:
            raise ValueError("host: set listen_beyond_loopback=true to listen on " + self.host)
        names = [" ".join(body.name.casefold().split()) for body in self.bodies]
        if len(set(names)) < len(names):
            raise ValueError("bodies: a body stands there twice")
        if self.tsa and self.tsa_roots is None:
            raise ValueError("tsa_roots: name the roots that the time-stamping authorities lead to")
        if self.seal_key == "csc":
            if not self.csc_credential or self.csc_roots is None:
                raise ValueError("seal_key: a signing service needs csc_url, csc_credential and csc_roots")
            require_address(self.csc_url, secret=bool(self.csc_token_file or self.csc_pin_file))
        if "oidc" in {self.sign_in, self.staff_sign_in}:
            if not self.oidc_client or "openid" not in self.oidc_scope.split():
                raise ValueError(
                    "sign_in: an OpenID provider needs oidc_issuer, oidc_client and `openid` in oidc_scope"
                )
            require_address(self.oidc_issuer, secret=True)
        if self.sign_in == "bankid":
            if self.bankid_certificate_file is None or self.bankid_roots is None:
                raise ValueError("sign_in: BankID needs bankid_certificate_file and bankid_roots")
            require_address(self.bankid_url, secret=True)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file()))

    @property
    def templates_folder(self) -> Path:
        """Where the templates are."""
        packaged = Path(__file__).parent / "_templates"
        return self.templates or (packaged if packaged.is_dir() else Path(__file__).parents[2] / "templates")

    @property
    def database(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'signflow.db'}"

    @property
    def public_url(self) -> str:
        """How people reach the web, without a final slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")

    def secret_text(self, file: Path | None) -> str:
        """The same as `secret`, as text for a part that speaks to somebody; empty if no file is named.

        Raises:
            SettingsError: The file cannot be read, or others may read it.
        """
        secret = self.secret(file)
        return secret.get_secret_value() if secret else ""

    def secret(self, file: Path | None) -> SecretStr | None:
        """What a secret file holds, without its last line break; None if no file is named.

        Raises:
            SettingsError: The file cannot be read, or others may read it.
        """
        if file is None:
            return None
        try:
            if file.stat().st_mode & 0o077:
                raise SettingsError("secret-file-open", file=str(file))
            return SecretStr(file.read_text("utf-8").rstrip("\r\n"))
        except OSError as error:
            raise SettingsError("secret-file-unreadable", file=str(file), reason=error.strerror or "") from error


def load_settings(**given: object) -> Settings:
    """The settings now in force; what is given goes before environment and file.

    Raises:
        SettingsError: A name is unknown or a value is out of range; `setting` says which.
    """
    unknown = [name for name in os.environ if name.startswith(_PREFIX) and not _known(name)]
    if unknown:
        raise SettingsError("setting-unknown", setting=unknown[0])
    try:
        return Settings(**given)  # pyright: ignore[reportArgumentType] -- pydantic checks what comes in
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise SettingsError("setting-invalid", setting=".".join(map(str, first["loc"])), reason=first["msg"]) from None
    except ValueError as error:
        raise SettingsError("settings-unreadable", file=str(_file()), reason=str(error)) from error


def _known(name: str) -> bool:
    return name == f"{_PREFIX}SETTINGS" or name.removeprefix(_PREFIX).lower() in Settings.model_fields


def _file() -> Path:
    named = os.environ.get(f"{_PREFIX}SETTINGS")
    return Path(named) if named else Path(os.environ.get(f"{_PREFIX}DATA", "data")) / "signflow.toml"
