"""A letter as a mail: plain text and accessible HTML with the same words, no pictures, no tracking.

Source: RFC 5322 (messages; 3.6.4 threads), RFC 2046 5.1.3 and 5.1.4 (attachments, alternatives), RFC 3834 5 (Auto-Submitted),
RFC 3282 (Content-Language), RFC 2231 (names of attachments).
"""

from __future__ import annotations

import hashlib
import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from signflow.errors import RefusedError
from signflow.mail.headers import LETTER
from signflow.texts import Texts

_LONGEST_SUBJECT = 160
_LONGEST_NAME = 120
_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3 without the angle brackets
_ID_DIGITS = 40
_COLUMNS = 72
_INDENT = re.compile(r"[> ]*")
_GAP = re.compile(r"\n{3,}")
_JOINERS = "\u200c\u200d"  # invisible, but without them some words are others, and one emoji is several


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom letters come from, and where answers go; `reply_to` may be empty."""

    name: str
    address: str
    reply_to: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter.

    Attributes:
        name: What it is to be called; every character that a file's name cannot have everywhere is taken out.
        media_type: As registered with IANA.
    """

    name: str
    data: bytes
    media_type: str


def compose(  # noqa: PLR0913 -- a letter has this many parts, and each is named where it is given
    kind: str,
    *,
    key: str,
    person: str,
    address: str,
    values: Mapping[str, object],
    texts: Texts,
    templates: Path,
    sender: Sender,
    at: datetime,
    thread: str = "",
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """The mail of a letter. The same arguments give the same bytes; the same key gives the same Message-ID.

    Args:
        kind: Such as `invitation`: the sentences stand under `mail.<kind>`, the layout in
            `templates/mail/<kind>.{txt,html}.j2`.
        key: Names the letter for ever.
        person: Whom it is for.
        address: Where it goes.
        values: What sentences and layout are filled in with, as words in the texts' language.
        texts: The catalogue of the letter's language.
        templates: The folder of templates.
        sender: Whom it comes from.
        at: When it is written.
        thread: The key of an earlier letter that this one follows on; empty if it begins.
        attachments: What goes with it; each is called otherwise.

    Raises:
        RefusedError: An address cannot be one (`mail-address-invalid`).
    """
    recipient = _address(person, address)
    origin = _address(sender.name, sender.address)
    digest = hashlib.sha256(key.encode()).hexdigest()
    message = EmailMessage(policy=LETTER)
    message["From"] = origin
    message["To"] = recipient
    if sender.reply_to:
        message["Reply-To"] = _address(sender.name, sender.reply_to)
    message["Date"] = format_datetime(at)
    message["Subject"] = _one_line(texts(f"mail.{kind}.subject", **values), _LONGEST_SUBJECT)
    message["Message-ID"] = _message_id(key, origin)
    if thread:
        message["In-Reply-To"] = message["References"] = _message_id(thread, origin)
    message["Auto-Submitted"] = "auto-generated"
    words = {"t": texts, "person": person, "sender": sender, "subject": message["Subject"], **values}
    environment = _environment(templates / "mail")
    text = _wrapped(environment.get_template(f"{kind}.txt.j2").render(words))
    message.set_content(text, cte="quoted-printable")
    html = environment.get_template(f"{kind}.html.j2").render(words)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{digest[:_ID_DIGITS]}")
    for attachment in attachments:
        _attach(message, attachment, digest)
    message["Content-Language"] = texts.language
    return message


def _message_id(key: str, origin: Address) -> str:
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:_ID_DIGITS]}@{origin.domain}>"


def _attach(message: EmailMessage, attachment: Attachment, digest: str) -> None:
    maintype, _, subtype = attachment.media_type.partition("/")
    stem, dot, ending = attachment.name.rpartition(".")
    named = _one_line(re.sub(r'[\\/:*?"<>|]+', " ", stem), _LONGEST_NAME).strip(" .") + dot + ending
    message.add_attachment(attachment.data, maintype=maintype, subtype=subtype, filename=named)
    message.set_boundary(f"==_{digest[:_ID_DIGITS]}")  # not the beginning of the other, nor the other of this one


def _wrapped(text: str) -> str:
    """The text with no line longer than 72 columns, but for words that are; what is quoted or indented stays so.

    Paragraphs are one empty line apart.
    """
    lines = list[str]()
    for line in text.split("\n"):
        indent = _INDENT.match(line)
        begin = indent.group() if indent else ""
        folded = textwrap.wrap(line, _COLUMNS, subsequent_indent=begin, break_long_words=False, break_on_hyphens=False)
        lines += folded if len(line) > _COLUMNS else [line]
    return _GAP.sub("\n\n", "\n".join(lines))


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
    """The text as one line that may stand in a header, without what is invisible or turns the direction of reading."""
    shown = (character for character in text if unicodedata.category(character) != "Cf" or character in _JOINERS)
    kept = (character if character.isprintable() or character in _JOINERS else " " for character in shown)
    flat = " ".join("".join(kept).split()).replace(
        "=?", "= ?"
    )  # what looks encoded would be decoded, line ends and all
    return flat if len(flat) <= longest else flat[: longest - 1].rstrip(_JOINERS + " ") + "…"


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
