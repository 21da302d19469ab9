"""What can go wrong, by who can mend it.

    SignflowError
    ├── RefusedError       what was given cannot be used: the person who gave it mends it      exit 1, HTTP 4xx
    │   ├── NotFoundError  there is no such document, person or link                           exit 1, HTTP 404
    │   └── StaleError     somebody else was first; look again                                 exit 1, HTTP 409
    ├── SettingsError      a setting or an argument is wrong: the operator mends it            exit 2
    ├── UnavailableError   something outside does not answer now: tried again until it does    exit 3, HTTP 503
    └── IntegrityError     stored bytes or a signature are not what they were                  exit 1, HTTP 500

An error carries a stable `code` and named parameters, never a sentence: the sentence, with what, where and what to do,
stands in the catalogue under `errors.<code>` in each language. Parameters hold no keys, tokens, codes or identity
numbers, so an error can always be logged.
"""

from __future__ import annotations


class SignflowError(Exception):
    """The root of the tree above.

    Attributes:
        code: Names the sentence in the catalogue, for example `draft-too-large`.
        params: What the sentence is filled in with.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        """The code and its parameters, for logs."""
        details = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({details})" if details else self.code


class RefusedError(SignflowError):
    """What was given cannot be used."""


class NotFoundError(RefusedError):
    """There is no such thing."""


class StaleError(RefusedError):
    """The document has moved on since it was read."""


class SettingsError(SignflowError):
    """A setting or an argument is wrong."""


class UnavailableError(SignflowError):
    """Something outside does not answer now; the same call may succeed later."""


class IntegrityError(SignflowError):
    """Stored bytes, a chain or a signature are not what they were."""
