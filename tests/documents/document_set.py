"""The set: every draft read, typeset in one of the houses, and signed by all who are to sign; some are sealed as well."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from document_as_markdown import as_markdown
from document_as_word import as_word
from document_drawing import drawn
from document_script import Script

from signflow.rendering.house.style import HouseStyle, load_style
from signflow.rendering.pdf.stamp import render_stamp
from signflow.rounds.seats import field_names
from signflow.signing.authentication import Authentication
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.gate import check_round
from signflow.signing.pades.sign import SealRequest, SignatureRequest, apply_seal, apply_signature
from signflow.signing.timestamps.local import LocalTsa
from signflow.steps.check_draft import CheckedDraft, check_draft
from signflow.steps.typeset import SEAL_FIELD, typeset
from signflow.texts import LANGUAGES, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
ORGANISATION = "Södertörnskommunerna"
AT = dt.datetime(2026, 1, 16, 14, 15, 7, tzinfo=dt.UTC)
MARKDOWN_SEEDS, WORD_SEEDS = range(36), range(64, 96)
SEALED_ONE_IN = 5  # the gate before the seal takes longer than all the rest
CATALOGUE = {language: Texts(TEMPLATES, language) for language in LANGUAGES}


@dataclass(frozen=True)
class Draft:
    """A draft of the set."""

    script: Script
    filename: str
    data: bytes

    @property
    def name(self) -> str:
        return f"{self.script.seed:03}-{self.script.minutes_class}-{self.script.language}"


@dataclass(frozen=True)
class Document:
    """A draft and what became of it."""

    draft: Draft
    house: str
    checked: CheckedDraft
    unsigned: Path
    signed: Path


def houses() -> Mapping[str, HouseStyle]:
    """Every house style that ships, by its folder."""
    folder = TEMPLATES / "house"
    return {
        str(file.parent.relative_to(folder)): load_style(file.parent) for file in sorted(folder.rglob("style.toml"))
    }


def drafts() -> Iterator[Draft]:
    """All drafts, in Markdown and Word."""
    for seed in MARKDOWN_SEEDS:
        script = drawn(seed, pictures=False)
        yield Draft(script, f"{seed}.md", as_markdown(script))
    for seed in WORD_SEEDS:
        script = drawn(seed, pictures=True)
        yield Draft(script, f"{seed}.docx", as_word(script))


def checked_in_house(draft: Draft, styles: Mapping[str, HouseStyle]) -> tuple[str, CheckedDraft]:
    """The draft checked as the product does it, in the houses in turn, or in the next one that has all its characters."""
    folders = deque(styles)
    folders.rotate(draft.script.seed // 4)
    for house in folders:
        checked = check_draft(draft.data, draft.filename, styles[house], None)
        if not any(finding.code == "character-not-in-font" for finding in checked.findings):
            return house, checked
    raise ValueError(draft.name)


def typeset_in_house(draft: Draft, checked: CheckedDraft, style: HouseStyle) -> bytes:
    """The draft as the product typesets it."""
    return typeset(checked, ORGANISATION, style, CATALOGUE, name=draft.name, version=1, at=AT)


class Signing:
    """A local authority whose clock stands still."""

    def __init__(self, folder: Path) -> None:
        self._authority = LocalAuthority.open(
            folder, organisation=ORGANISATION, passphrase=None, now=AT, base_url="http://127.0.0.1:8000"
        )
        self._tsa = LocalTsa(self._authority, lambda: AT)

    def signed(self, checked: CheckedDraft, unsigned: bytes, style: HouseStyle) -> bytes:
        """With the signature of each who is appointed, in order."""
        pdf = unsigned
        seats = field_names(checked.appointments)
        proof = Authentication("urn:example:idp", AT, "urn:example:loa3", "_1", hashlib.sha256(b"proof").hexdigest())
        for field, one in seats.items():
            stamp = render_stamp([one.person, str(one.role), f"{AT:%Y-%m-%d %H:%M}"], style)
            request = SignatureRequest(field, one.person, str(one.role), None, proof, stamp)
            pdf = apply_signature(pdf, request, self._authority, self._tsa, now=AT)
        return pdf

    def sealed(self, checked: CheckedDraft, unsigned: bytes, signed: bytes, style: HouseStyle) -> bytes:
        """With the seal too, behind the gate that validates all signatures."""
        required = [(field, one.person) for field, one in field_names(checked.appointments).items()]
        digest = hashlib.sha256(unsigned).hexdigest()
        complete = check_round(signed, digest, required, self._authority.trust(AT), AT)
        request = SealRequest(SEAL_FIELD, None, render_stamp([ORGANISATION, f"{AT:%Y-%m-%d %H:%M}"], style))
        return apply_seal(complete, request, self._authority, self._tsa, now=AT)


def make_documents(folder: Path) -> tuple[Document, ...]:
    """The whole set, its files in that folder."""
    styles = houses()
    signing = Signing(folder / "authority")
    made: list[Document] = []
    for draft in drafts():
        house, checked = checked_in_house(draft, styles)
        unsigned = typeset_in_house(draft, checked, styles[house])
        document = Document(draft, house, checked, folder / f"{draft.name}.pdf", folder / f"{draft.name}-signed.pdf")
        document.unsigned.write_bytes(unsigned)
        signed = signing.signed(checked, unsigned, styles[house])
        if draft.script.seed % SEALED_ONE_IN == 0:
            signed = signing.sealed(checked, unsigned, signed, styles[house])
        document.signed.write_bytes(signed)
        made.append(document)
    return tuple(made)
