"""Links and codes: derived from a key and what they are for, so that they are stored nowhere and a second mail carries the same.

A token is HMAC-SHA-256 under a random 256-bit key over the document, the round, the seat with its holder and the digest
of the signing copy: it dies with any of them. The database holds its SHA-256. A code is six digits derived in the same way from the
random identifier of its challenge.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

_CODE_DIGITS = 6
_NUMBER = re.compile(r"[0-9]{12}")
_STAFF_CODE_DIGITS = 8  # a code of theirs opens more than one seat, and may be tried for years


@dataclass(frozen=True, slots=True, repr=False)
class LinkKey:
    """The key that links and codes are derived from: 32 random bytes."""

    secret: bytes

    def token(self, document_id: str, number: int, holding: str, copy_digest: str) -> str:
        """The token in a signatory's link: 43 characters that may stand in a URL."""
        mac = self._mac("link", document_id, str(number), holding, copy_digest)
        return _written(mac)

    def reader_token(self, document_id: str, number: int) -> str:
        """The token in a reader's link: 43 characters that may stand in a URL."""
        return _written(self._mac("reader", document_id, str(number)))

    def code(self, challenge_id: str) -> str:
        """The six digits of a challenge."""
        return str(int.from_bytes(self._mac("code", challenge_id)) % 10**_CODE_DIGITS).zfill(_CODE_DIGITS)

    def code_matches(self, challenge_id: str, typed: str) -> bool:
        """Whether the typed code is the challenge's, in constant time. Spaces do not count."""
        digits = "".join(typed.split())
        return hmac.compare_digest(self.code(challenge_id).encode(), digits.encode())

    def sign_in_state(self, challenge_id: str) -> str:
        """What a sign-in is known by at the identity provider: the challenge, and proof that we made it."""
        return f"{challenge_id}.{_written(self._mac('state', challenge_id))}"

    def sign_in_of(self, state: str) -> str | None:
        """The challenge that a state names, if we made that state; in constant time."""
        challenge_id = state.partition(".")[0]
        known = hmac.compare_digest(self.sign_in_state(challenge_id).encode(), state.encode())
        return challenge_id if known else None

    def sign_in_secret(self, challenge_id: str) -> bytes:
        """What nonce and proof key of a sign-in are derived from: 32 bytes."""
        return self._mac("sign-in", challenge_id)

    def browser(self, challenge_id: str) -> str:
        """What the browser that began a sign-in holds, and no other."""
        return _written(self._mac("browser", challenge_id))

    def is_browser(self, challenge_id: str, held: str) -> bool:
        """Whether it is the browser that began that sign-in; in constant time."""
        return hmac.compare_digest(self.browser(challenge_id).encode(), held.encode())

    def staff_code(self, challenge_id: str) -> str:
        """The eight digits with which staff sign in."""
        return str(int.from_bytes(self._mac("staff-code", challenge_id)) % 10**_STAFF_CODE_DIGITS).zfill(
            _STAFF_CODE_DIGITS
        )

    def staff_code_matches(self, challenge_id: str, typed: str) -> bool:
        """Whether the typed code is the challenge's, in constant time. Spaces do not count."""
        digits = "".join(typed.split())
        return hmac.compare_digest(self.staff_code(challenge_id).encode(), digits.encode())

    def device(self, address: str, nonce: str) -> str:
        """What a browser holds with which that address has signed in: the nonce, and proof that we gave it."""
        return f"{nonce}.{_written(self._mac('device', address, nonce))}"

    def device_of(self, address: str, held: str) -> str:
        """The nonce that a browser holds for that address; empty if it holds none of ours for it. In constant time."""
        nonce = held.partition(".")[0]
        return nonce if hmac.compare_digest(self.device(address, nonce).encode(), held.encode()) else ""

    def identifier_digest(self, identifier: str) -> str:
        """By what the people register knows an identifier at an identity provider: nobody without the key can try numbers.

        Spaces and hyphens in an identity number of twelve digits do not count.
        """
        number = re.sub(r"[\s-]", "", identifier)
        return self._mac("identifier", number if _NUMBER.fullmatch(number) else identifier).hex()

    def _mac(self, *purpose: str) -> bytes:
        # the parts are joined by a character that cannot occur in them, so no two purposes give the same message
        return hmac.digest(self.secret, "\x1f".join(purpose).encode(), "sha256")


def _written(mac: bytes) -> str:
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def link_digest(token: str) -> str:
    """What the database knows a token by. Looking it up by digest leaks nothing of the token through timing."""
    return hashlib.sha256(token.encode()).hexdigest()
