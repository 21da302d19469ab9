"""What somebody of the staff sends when their sign-in has run out: it comes back into the form when they have signed in again.

Nothing is done with it by itself. It is kept only for a browser that somebody was signed in with, and shown only to that browser
with the same person signed in; files that came with the form are not kept. It is forgotten when its page is sent a form again,
which then has it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from signflow.rounds.access import Person
from signflow.web.forms import Form
from signflow.web.unsent import UnsentCookies

_NAMED_BY = 8  # digits of the page's address: enough to tell apart what one browser has open


@dataclass(frozen=True, slots=True)
class CameBack:
    """A form that was not taken.

    Attributes:
        path: Where it was sent.
        form: What it said.
    """

    path: str
    form: Form


class UnsentForms:
    """The forms of staff, the latest of each page."""

    def __init__(self, cookies: UnsentCookies) -> None:
        self._cookies = cookies

    def keep(self, request: Request, response: Response, page: str, writer: str, form: Form) -> bool:
        """Keep a form; whether it is kept.

        Args:
            request: That sent it.
            response: Gives the browser the key.
            page: Where it is to be shown.
            writer: The address of whoever was signed in.
            form: The form. Untrusted.
        """
        told = {"writer": writer.lower(), "path": request.url.path, "fields": dict(form.fields)}
        # fields may hold halves of characters, which only ASCII carries
        return self._cookies.keep(request, response, _name(page), json.dumps(told).encode())

    def of(self, request: Request, page: str, reader: Person) -> CameBack | None:
        """What that browser sent for that page while the same person was signed in; None if nothing, or nothing any more."""
        held = self._cookies.read(request, _name(page))
        told = json.loads(held) if held else None
        if told is None or told["writer"] != reader.address.lower():
            return None
        return CameBack(told["path"], Form(told["fields"], {}))

    def forget(self, request: Request, response: Response, page: str) -> None:
        """It was sent again."""
        self._cookies.forget(request, response, _name(page))


def _name(page: str) -> str:
    return f"form-{sha256(page.encode()).hexdigest()[:_NAMED_BY]}"
