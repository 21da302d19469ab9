"""A letter as a mail: plain text and accessible HTML with the same words, no pictures, no tracking.

Source: RFC 5322 (messages), RFC 2046 5.1.4 (alternatives), RFC 3834 5 (Auto-Submitted), RFC 3282 (Content-Language).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from signflow.errors import RefusedError
from signflow.texts import Texts

_LONGEST_SUBJECT = 160
_LONGEST_NAME = 120
_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3 without the angle brackets
_ID_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom letters come from, and where answers go; `reply_to` may be empty."""

    name: str
    address: str
    reply_to: str


def compose(  # noqa: PLR0913 -- a letter has this many parts, and each is named where it is given
    kind: str,
    *,
    key: str,
    person: str,
    address: str,
    values: Mapping[str, str],
    texts: Texts,
    templates: Path,
    sender: Sender,
    at: datetime,
) -> EmailMessage:
    """The mail of a letter. The same arguments give the same bytes; the same key gives the same Message-ID.

    Args:
        kind: `invitation`, `code` or `objection`: the sentences stand under `mail.<kind>`, the layout in
            `templates/mail/<kind>.{txt,html}.j2`.
        key: Names the letter for ever.
        person: Whom it is for.
        address: Where it goes.
        values: What the sentences are filled in with, as words in the texts' language.
        texts: The catalogue of the letter's language.
        templates: The folder of templates.
        sender: Whom it comes from.
        at: When it is written.

    Raises:
        RefusedError: An address cannot be one (`mail-address-invalid`).
    """
    recipient = _address(person, address)
    origin = _address(sender.name, sender.address)
    digest = hashlib.sha256(key.encode()).hexdigest()
    message = EmailMessage(policy=SMTP)
    message["From"] = origin
    message["To"] = recipient
    if sender.reply_to:
        message["Reply-To"] = _address(sender.name, sender.reply_to)
    message["Date"] = format_datetime(at)
    message["Subject"] = _one_line(texts(f"mail.{kind}.subject", **values), _LONGEST_SUBJECT)
    message["Message-ID"] = f"<{digest[:_ID_DIGITS]}@{origin.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    words = {"t": texts, "person": person, "sender": sender, "subject": message["Subject"], **values}
    environment = _environment(templates / "mail")
    message.set_content(environment.get_template(f"{kind}.txt.j2").render(words), cte="quoted-printable")
    html = environment.get_template(f"{kind}.html.j2").render(words)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{digest[:_ID_DIGITS]}")
    message["Content-Language"] = texts.language
    return message


def _address(name: str, address: str) -> Address:
    """The address with a display name; the domain in its ASCII form.

    Raises:
        RefusedError: It holds what no address holds.
    """
    username, at, domain = address.rpartition("@")
    forbidden = any(not character.isprintable() or character in ' ,;:<>()[]"\\@' for character in username + domain)
    if not at or not username or not domain or forbidden or len(address) > _LONGEST_ADDRESS:
        raise RefusedError("mail-address-invalid", address=ascii(address[:_LONGEST_ADDRESS])[1:-1])
    try:
        host = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise RefusedError("mail-address-invalid", address=ascii(address)[1:-1]) from error
    return Address(_one_line(name, _LONGEST_NAME), username, host)


def _one_line(text: str, longest: int) -> str:
    """The text as one printable line that may stand in a header."""
    flat = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


@lru_cache(maxsize=4)
def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
