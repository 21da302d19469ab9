"""A checked draft becomes a document: the copy that is signed, and those made from the same model for others to read.

Knows of no database and no service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from signflow.errors import RefusedError
from signflow.minutes.model import Minutes
from signflow.rendering.copies import Original
from signflow.rendering.extract import render_extract
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.html.copy import render_html
from signflow.rendering.html.page import Page
from signflow.rendering.layout.fields import SignatureField, items_signed
from signflow.rendering.signing_copy import render_signing_copy
from signflow.rendering.web_copy import render_web_copy, web_edition
from signflow.rounds.model import Appointment
from signflow.rounds.seats import field_names
from signflow.steps.check_draft import CheckedDraft
from signflow.texts import Language, Texts

SEAL_FIELD = "seal"

_Catalogue = Mapping[Language, Texts]


def typeset(  # noqa: PLR0913 -- what a copy depends on, all of it named
    checked: CheckedDraft,
    organisation: str,
    style: HouseStyle,
    catalogue: _Catalogue,
    *,
    name: str,
    version: int,
    at: dt.datetime,
) -> bytes:
    """The draft as a PDF/A with a field for each who signs and one for the organisation's seal.

    Raises:
        RefusedError: There is nothing to typeset.
    """
    minutes = _minutes(checked, name)
    texts = catalogue[minutes.language]
    people = [
        SignatureField(field, one.role, one.person, _label(one, minutes, texts))
        for field, one in field_names(checked.appointments).items()
    ]
    seal = SignatureField(SEAL_FIELD, None, organisation, texts("steps.fields.seal", organisation=organisation))
    return render_signing_copy(minutes, [*people, seal], style, texts, document_id=name, version=version, at=at)


def typeset_web(
    checked: CheckedDraft, style: HouseStyle, catalogue: _Catalogue, original: Original, *, at: dt.datetime
) -> bytes:
    """The draft as the redacted, unsigned PDF/A that may be published.

    Raises:
        RefusedError: There is nothing to typeset.
    """
    minutes = _minutes(checked, original.document_id)
    return render_web_copy(minutes, style, catalogue[minutes.language], original=original, at=at)


def typeset_extract(  # noqa: PLR0913 -- what an extract depends on, all of it named
    checked: CheckedDraft,
    number: int,
    style: HouseStyle,
    catalogue: _Catalogue,
    original: Original,
    *,
    at: dt.datetime,
    masked: bool = False,
) -> bytes:
    """The item of that number as an unsigned PDF/A of its own; `masked` hides what the web copy hides.

    Raises:
        RefusedError: There is nothing to typeset, or not that item.
    """
    minutes = _minutes(checked, original.document_id)
    return render_extract(minutes, number, style, catalogue[minutes.language], original=original, at=at, masked=masked)


def typeset_html(
    checked: CheckedDraft, style: HouseStyle, catalogue: _Catalogue, original: Original, *, page: Page
) -> bytes:
    """The draft as a redacted page that may be published.

    Raises:
        RefusedError: There is nothing to typeset.
    """
    minutes = _minutes(checked, original.document_id)
    texts = catalogue[minutes.language]
    edition = web_edition(minutes, style, texts, original)
    return render_html(edition.minutes, edition.style, texts, edition.imprint, page).encode()


def _label(appointment: Appointment, minutes: Minutes, texts: Texts) -> str:
    """What the field is called: capacity, person and, where the minutes say so, the items that the signature is for."""
    person, role = appointment.person, appointment.role
    covers = [one.covers for one in minutes.signatories if (one.name, one.role) == (person, role)]
    label = texts("steps.fields.person", role=texts(f"steps.roles.{role}"), person=person)
    return ", ".join(filter(None, (label, items_signed(covers[0]) if covers else "")))


def _minutes(checked: CheckedDraft, name: str) -> Minutes:
    if checked.minutes is None:
        raise RefusedError("draft-not-readable", document=name)
    return checked.minutes
