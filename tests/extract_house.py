"""Archived minutes of which extracts are sent: one item holds what the web copy masks, the others nothing of the kind."""

from __future__ import annotations

import io
from email.message import EmailMessage

from pypdf import PdfReader

from life import Life
from signflow.rounds.model import Document, State

PEOPLE = {"Helene Olofsson": "h@example.org", "Anna Söderström": "a@example.org", "Karin Åkesson": "k@example.org"}
SECRET, NUMBER = "Vera Viks sjukdom", "195207306886"
MINUTES = f"""# Protokoll från Miljönämnden

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

## Beslutande

Anna Söderström, ordförande
Helene Olofsson, sekreterare
Karin Åkesson
Bo Ek

## § 1 Taxa för avfall

Beslut

Nämnden antar taxan.

Beslutet skickas till

Förvaltningen B
Ekonomichefen

## § 2 Ansökan från Vera Vik

Det gäller =={SECRET}== ({NUMBER}).

Beslut

Nämnden avslår.

## § 3 Lekplatser

Beslut

Nämnden bygger tre.

Vid protokollet

Helene Olofsson

Ordförande

Anna Söderström

Justerat

Karin Åkesson
"""


def archived(life: Life) -> Document:
    """The minutes, when all have signed."""
    document = life.drop(MINUTES)
    for address in PEOPLE.values():
        life.sign(address)
    document = life.load(document)
    assert document.state is State.ARCHIVED
    return document


def attached_words(mail: EmailMessage) -> dict[str, str]:
    """What each attached PDF says, by the file's name."""
    read = {str(part.get_filename()): PdfReader(io.BytesIO(part.get_content())) for part in mail.iter_attachments()}
    return {name: words_in(pdf) for name, pdf in read.items()}


def words_in(pdf: PdfReader) -> str:
    """The words of all pages."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
