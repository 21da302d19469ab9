"""A checked draft becomes the PDF that is signed, with a field for each signature. Knows of no database and no service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from signflow.errors import RefusedError
from signflow.rendering.fields import SignatureField
from signflow.rendering.signing_copy import render_signing_copy
from signflow.rendering.style import HouseStyle
from signflow.rounds.decide import field_names
from signflow.steps.check_draft import CheckedDraft
from signflow.texts import Language, Texts

SEAL_FIELD = "seal"


def typeset(  # noqa: PLR0913 -- what a copy depends on, all of it named
    checked: CheckedDraft,
    organisation: str,
    style: HouseStyle,
    catalogue: Mapping[Language, Texts],
    *,
    name: str,
    version: int,
    at: dt.datetime,
) -> bytes:
    """The draft as a PDF/A with a field for each who signs and one for the organisation's seal.

    Raises:
        RefusedError: There is nothing to typeset.
    """
    if checked.minutes is None:
        raise RefusedError("draft-not-readable", document=name)
    texts = catalogue[checked.minutes.language]
    people = [
        SignatureField(
            field,
            one.role,
            one.person,
            texts("steps.fields.person", role=texts(f"steps.roles.{one.role}"), person=one.person),
        )
        for field, one in field_names(checked.appointments).items()
    ]
    seal = SignatureField(SEAL_FIELD, None, organisation, texts("steps.fields.seal", organisation=organisation))
    return render_signing_copy(checked.minutes, [*people, seal], style, texts, document_id=name, version=version, at=at)
