"""Links and codes: derived from a key and what they are for, so that they are stored nowhere and a second mail carries the same.

A token is HMAC-SHA-256 under a random 256-bit key over the document, the round, the field and the digest of the signing
copy: it dies with any of them. The database holds its SHA-256. A code is six digits derived in the same way from the
random identifier of its challenge.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

_CODE_DIGITS = 6


@dataclass(frozen=True, slots=True, repr=False)
class LinkKey:
    """The key that links and codes are derived from: 32 random bytes."""

    secret: bytes

    def token(self, document_id: str, number: int, field: str, copy_digest: str) -> str:
        """The token in a signatory's link: 43 characters that may stand in a URL."""
        mac = self._mac("link", document_id, str(number), field, copy_digest)
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def code(self, challenge_id: str) -> str:
        """The six digits of a challenge."""
        return str(int.from_bytes(self._mac("code", challenge_id)) % 10**_CODE_DIGITS).zfill(_CODE_DIGITS)

    def code_matches(self, challenge_id: str, typed: str) -> bool:
        """Whether the typed code is the challenge's, in constant time. Spaces do not count."""
        digits = "".join(typed.split())
        return hmac.compare_digest(self.code(challenge_id).encode(), digits.encode())

    def _mac(self, *purpose: str) -> bytes:
        # the parts are joined by a character that cannot occur in them, so no two purposes give the same message
        return hmac.digest(self.secret, "\x1f".join(purpose).encode(), "sha256")


def link_digest(token: str) -> str:
    """What the database knows a token by. Looking it up by digest leaks nothing of the token through timing."""
    return hashlib.sha256(token.encode()).hexdigest()
