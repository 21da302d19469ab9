"""A token of SoftHSM: real PKCS#11 with its keys in files. Tokens come and go while a process has the module loaded."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pkcs11
import pytest
from asn1crypto.core import PrintableString
from pkcs11 import Attribute, KeyType, Mechanism
from pkcs11.util.ec import encode_named_curve_parameters

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "1234"
_CURVES = {"p256": "secp256r1", "p384": "secp384r1"}


class SoftToken:
    """One token with a PIN file beside it."""

    def __init__(self, folder: Path, label: str) -> None:
        self._tokens = folder / "tokens"
        self._tokens.mkdir(parents=True)
        self._configuration = folder / "softhsm2.conf"
        self._configuration.write_text(
            f"directories.tokendir = {self._tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )
        os.environ["SOFTHSM2_CONF"] = str(self._configuration)
        self.label = label
        self.pin_file = folder / "pin"
        self.pin_file.write_text(PIN + "\n")
        self.pin_file.chmod(0o600)
        made = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "5678"]
        subprocess.run(made, check=True, capture_output=True)
        pkcs11.lib(str(MODULE)).reinitialize()

    def uri(self, label: str) -> str:
        return f"pkcs11:token={self.label};object={label}?module-path={MODULE}&pin-source=file:{self.pin_file}"

    def make(self, label: str, kind: str) -> str:
        """Make a key pair; where it is."""
        library = pkcs11.lib(str(MODULE))
        library.reinitialize()
        session = library.get_token(token_label=self.label).open(rw=True, user_pin=PIN)
        if kind.startswith("rsa"):
            session.generate_keypair(KeyType.RSA, int(kind[3:]), store=True, label=label)
        elif kind == "ed25519":
            parameters = {Attribute.EC_PARAMS: PrintableString("edwards25519").dump()}
            domain = session.create_domain_parameters(KeyType.EC_EDWARDS, parameters, local=True)
            domain.generate_keypair(mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label)
        else:
            parameters = {Attribute.EC_PARAMS: encode_named_curve_parameters(_CURVES[kind])}
            domain = session.create_domain_parameters(KeyType.EC, parameters, local=True)
            domain.generate_keypair(store=True, label=label)
        session.close()
        return self.uri(label)

    def do_without(self, *mechanisms: str) -> None:
        """Like a token that has all mechanisms but these."""
        with self._configuration.open("a") as configuration:
            # SoftHSM 2.6 passes over the first of its list
            configuration.write(f"slots.mechanisms = -CKM_MD5,{','.join(mechanisms)}\n")
        self.restart()

    def restart(self) -> None:
        """As if the process had: nobody is logged in."""
        pkcs11.lib(str(MODULE)).reinitialize()

    def unplug(self) -> None:
        self._tokens.rename(self._tokens.with_suffix(".away"))

    def plug_in(self) -> None:
        self._tokens.with_suffix(".away").rename(self._tokens)


def open_token(folder: Path, label: str = "signflow") -> SoftToken:
    """A token in a folder of its own; the test is skipped where there is no SoftHSM."""
    if shutil.which("softhsm2-util") is None or not MODULE.exists():
        pytest.skip("SoftHSM is not installed")
    return SoftToken(folder, label)
