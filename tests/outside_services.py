"""Services outside, as real programs: certomancer's authorities of trust and time, and its signing service (CSC).

Each can be started, stopped and started again on the same port, with the same keys.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

PROGRAMS = Path(sys.executable).parent
START_WITHIN_S = 60
SEAL = "utanfor/sigill"
_KINDS = {"sigill-p384": ec.SECP384R1(), "sigill-rsa": None}
_LONG = {"valid-from": "2000-01-01T00:00:00+0000", "valid-to": "2100-01-01T00:00:00+0000"}
_PAST = {"valid-from": "2000-01-01T00:00:00+0000", "valid-to": "2001-01-01T00:00:00+0000"}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Program:
    """A server that is a process of its own."""

    def __init__(self, folder: Path, name: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self._log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(self.command(), stdout=log, stderr=log, env=dict(os.environ))
        end = time.monotonic() + START_WITHIN_S
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/", trust_env=False, timeout=5)
            except httpx.TransportError:
                assert self._process.poll() is None, self._log.read_text()
                assert time.monotonic() < end, self._log.read_text()
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Authorities(Program):
    """A root with an issuing authority, their lists and responder, and two authorities of time."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "authorities")
        self.config = folder / "certomancer.yml"
        self.url = f"http://127.0.0.1:{self.port}/utanfor"
        names = ["rot", "mellan", "svarare", "tid", "tid-svar", "sigill", "sigill-p384", "sigill-rsa"]
        for name in names:
            _write_key(folder / f"{name}.pem", name)
        keys = {name: {"path": f"{name}.pem"} for name in names}
        architecture = {"keyset": "nycklar", "entities": _entities(), "certs": _certs(), "services": _SERVICES}
        configuration = {
            "external-url-prefix": f"http://127.0.0.1:{self.port}",
            "keysets": {"nycklar": {"keys": keys}},
            "pki-architectures": {"utanfor": architecture},
        }
        self.config.write_text(json.dumps(configuration), "utf-8")
        self.root_pem = self._summon("rot")
        self.root_file = folder / "rot-certifikat.pem"
        self.root_file.write_bytes(self.root_pem)

    def command(self) -> list[str]:
        animate = ["animate", "--no-web-ui", "--port", str(self.port)]
        return [str(PROGRAMS / "certomancer"), "--config", str(self.config), *animate]

    def tsa(self, name: str = "tid") -> str:
        """The address of an authority of time: `tid` has a list, `tid-svar` a responder."""
        return f"{self.url}/tsa/{name}"

    def _summon(self, name: str) -> bytes:
        summon = [str(PROGRAMS / "certomancer"), "--config", str(self.config), "summon", "utanfor", name]
        return subprocess.run(summon, check=True, capture_output=True).stdout


class SigningService(Program):
    """The signing service that holds the keys of these authorities."""

    def __init__(self, folder: Path, authorities: Authorities, *, pinning: bool = True) -> None:
        super().__init__(folder, "csc")
        self._authorities = authorities
        self._level = "2" if pinning else "1"
        self.url = f"http://localhost:{self.port}/csc/v1"

    def command(self) -> list[str]:
        return [str(PROGRAMS / "certomancer-csc"), str(self._authorities.config), str(self.port), self._level]


def _write_key(file: Path, name: str) -> None:
    curve = _KINDS.get(name, ec.SECP256R1())
    key = rsa.generate_private_key(65537, 3072) if curve is None else ec.generate_private_key(curve)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _entities() -> dict[str, Any]:
    named = {"rot": "Rot", "mellan": "Mellan", "svarare": "Svarare", "tid": "Tid"}
    entities = {
        name: {"country-name": "SE", "organization-name": "Utanför AB", "common-name": f"Utanför {last}"}
        for name, last in named.items()
    }
    name = "Södertörnskommunerna"
    seal = {"organization-identifier": "NTRSE-2120000000", "organization-name": name, "common-name": name}
    return {**entities, "sigill": {"country-name": "SE", **seal}}


def _certs() -> dict[str, Any]:
    authority = {"id": "basic_constraints", "critical": True, "value": {"ca": True}}
    timestamping = _usage("digital_signature"), _extended("time_stamping")
    answered = {
        "id": "authority_information_access",
        "smart-value": {"schema": "aia-urls", "params": {"ocsp-responder-names": ["rot"]}},
    }
    certificates: dict[str, tuple[str, list[dict[str, Any]]]] = {
        "rot": ("rot", [authority, _usage("key_cert_sign", "crl_sign")]),
        "mellan": ("rot", [authority, _usage("key_cert_sign", "crl_sign"), _listed("rot")]),
        "svarare": ("rot", [_usage("digital_signature"), _extended("ocsp_signing"), {"id": "ocsp_no_check"}]),
        "tid": ("rot", [*timestamping, _listed("rot")]),
        "tid-svar": ("rot", [*timestamping, answered]),
        "sigill": ("mellan", [_usage("non_repudiation"), _listed("mellan")]),
    }
    made = {
        name: {
            "subject": name.removesuffix("-svar"),
            "subject-key": name,
            "issuer": issuer,
            "validity": _LONG,
            "extensions": extensions,
        }
        for name, (issuer, extensions) in certificates.items()
    }
    for kind in ("p384", "rsa"):
        made[f"sigill-{kind}"] = {**made["sigill"], "subject-key": f"sigill-{kind}"}
    made["sigill-over"] = {**made["sigill"], "validity": _PAST}
    return made


def _usage(*names: str) -> dict[str, Any]:
    return {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": list(names)}}


def _extended(name: str) -> dict[str, Any]:
    return {"id": "extended_key_usage", "critical": True, "value": [name]}


def _listed(name: str) -> dict[str, Any]:
    points = {"schema": "crl-dist-url", "params": {"crl-repo-names": [name]}}
    return {"id": "crl_distribution_points", "smart-value": points}


_SERVICES = {
    "ocsp": {"rot": {"for-issuer": "rot", "responder-cert": "svarare", "signing-key": "svarare"}},
    "crl-repo": {
        name: {"for-issuer": name, "signing-key": name, "simulated-update-schedule": "P30D"}
        for name in ("rot", "mellan")
    },
    "time-stamping": {name: {"signing-key": name, "signing-cert": name} for name in ("tid", "tid-svar")},
}
