"""An OpenID provider by others (npm oidc-provider), as a real program on loopback.

    with OpenIdProvider(tmp_path) as provider:
        provider.people({"karin": {"claims": {"email": "karin@example.se", "email_verified": True, "name": "Karin Ek"}}})
        settings = load_settings(data=…, **provider.settings())

At its page a browser types who it is: a key of what was given to `people`. Its host is `localhost`, so that to a web on
127.0.0.1 it is another site.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from outside_services import Program

SCRIPT = Path(__file__).parents[1] / "oracles" / "oidc" / "provider.mjs"
MODULES = Path(__file__).parents[2] / ".oracles" / "oidc"
CLIENT = "signflow"
SECRET = "hemligt+och/med=tecken&%"
LOA2, LOA3 = "http://id.elegnamnden.se/loa/1.0/loa2", "http://id.elegnamnden.se/loa/1.0/loa3"
PERSONAL_NUMBER = "http://example.se/personalNumber"
IDENTITY_SCOPE = "identity"  # what it has to be asked for, to say that number
KARIN = {
    "claims": {
        "name": "Karin Ek",
        "email": "karin@example.se",
        "email_verified": True,
        PERSONAL_NUMBER: "197001011234",
    },
    "acr": LOA3,
}
_REDIRECTS = tuple(
    f"http://{host}{path}/sign-in/callback" for host in ("127.0.0.1", "localhost") for path in ("", "/staff")
)


def make_key(algorithm: str) -> Key:
    """A new key for that algorithm, known by its thumbprint."""
    key: Key
    match algorithm:
        case "RS256" | "PS256":
            key = RSAKey.generate_key(2048)
        case "ES384":
            key = ECKey.generate_key("P-384")
        case "ES256":
            key = ECKey.generate_key("P-256")
        case _:
            key = OKPKey.generate_key("Ed25519")
    key.ensure_kid()
    return key


class OpenIdProvider(Program):
    """The provider. It can be stopped and started again on the same port, then with other keys if they were rotated.

    Attributes:
        issuer: Its name and address.
        secret_file: Holds our client's secret.
        key_file: Holds our client's private key, where that is how the client shows who it is.
    """

    def __init__(
        self,
        folder: Path,
        *,
        algorithm: str = "RS256",
        with_key: bool = False,
        levels: tuple[str, ...] = (LOA2, LOA3),
        claims_in_token: bool = True,
        features: Mapping[str, Any] | None = None,
    ) -> None:
        if not (MODULES / "node_modules" / "oidc-provider").is_dir() or shutil.which("node") is None:
            pytest.skip("oidc-provider is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, "openid-provider")
        self._folder, self._algorithm, self._with_key = folder, algorithm, with_key
        self._levels, self._claims_in_token, self._features = levels, claims_in_token, features or {}
        self._people, self._settings = folder / "people.json", folder / "provider.json"
        self.issuer = f"http://localhost:{self.port}"
        self.secret_file, self.key_file = folder / "client-secret", folder / "client-key.pem"
        self._client_key = ec.generate_private_key(ec.SECP256R1())
        for file, text in [
            (self.secret_file, SECRET.encode()),
            (self.key_file, self._client_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())),
        ]:
            file.touch(mode=0o600)
            file.write_bytes(text)
        self.people({"karin": KARIN})
        self.rotate()

    def command(self) -> list[str]:
        return ["node", str(SCRIPT), str(MODULES), str(self._settings)]

    def people(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """Who there is from now on: `claims`, and if wanted `acr` (level) and `ts` (when they signed in, if not just then)."""
        self._people.write_text(json.dumps(people), "utf-8")

    def rotate(self) -> None:
        """A new key from the next start on, and the old one gone."""
        self.key = make_key(self._algorithm)
        client: dict[str, Any] = {
            "client_id": CLIENT,
            "application_type": "native",  # on loopback, whatever the port (RFC 8252, 7.3)
            "redirect_uris": _REDIRECTS,
            "id_token_signed_response_alg": self._algorithm,
        }
        if self._with_key:
            public = ECKey.import_key(self.key_file.read_bytes()).as_dict(private=False)
            client |= {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [public]}}
        else:
            client |= {"token_endpoint_auth_method": "client_secret_basic", "client_secret": SECRET}
        algorithms = ["RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA"]
        settings = {
            "issuer": self.issuer,
            "port": self.port,
            "people": str(self._people),
            "clients": [client],
            "claims": {IDENTITY_SCOPE: [PERSONAL_NUMBER]},
            "jwks": {"keys": [{**self.key.as_dict(private=True), "use": "sig"}]},
            "features": self._features,
            "configuration": {
                "acrValues": list(self._levels),
                "conformIdTokenClaims": not self._claims_in_token,
                "enabledJWA": {"idTokenSigningAlgValues": algorithms},
            },
        }
        self._settings.write_text(json.dumps(settings), "utf-8")

    def settings(self) -> dict[str, Any]:
        """What signflow is to be told of it."""
        shown = (
            {"oidc_client_key_file": self.key_file} if self._with_key else {"oidc_client_secret_file": self.secret_file}
        )
        return {"sign_in": "oidc", "oidc_issuer": self.issuer, "oidc_client": CLIENT, **shown}


def sign_in_as(url: str, login: str, *, cancel: bool = False) -> str:
    """Go where a browser is sent, type who one is, and come back: the address at which it wants to return to us."""
    with httpx.Client(trust_env=False, timeout=30) as browser:
        reply = browser.get(url)
        for _ in range(10):
            if reply.is_redirect:
                url = urljoin(url, reply.headers["location"])
                if "/sign-in/callback" in url:
                    return url
                reply = browser.get(url)
            elif reply.is_success and "/interaction/" in url:
                reply = browser.get(f"{url}?cancel") if cancel else browser.post(url, data={"login": login})
            else:
                break
        raise AssertionError(f"{reply.status_code} {url}\n{reply.text[:2000]}")
