"""The page on BankID: its commands do what it says, its tables hold what there is."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from bankid_acts import ACT, NAME, NUMBER, now, provider
from bankid_server import BankIdServer

from signflow.identity.bankid_api import BankIdApi
from signflow.identity.provider import Identity
from signflow.line import Line, client_tls

PAGE = (Path(__file__).parents[2] / "docs" / "bankid.md").read_text("utf-8")


def run(command: str, folder: Path) -> str:
    shell = ["bash", "-euo", "pipefail", "-c", command]
    return subprocess.run(shell, cwd=folder, capture_output=True, check=True, text=True).stdout


def test_the_evidence_is_taken_out_and_read(tmp_path: Path) -> None:
    with BankIdServer(tmp_path / "bank") as bank:
        begun = provider(bank).begin(ACT)
        bank.orders[-1].approve(NUMBER, NAME)
        identity = provider(bank).complete(ACT, begun.kept, {}, now())
    assert isinstance(identity, Identity)
    (tmp_path / "chair-identity.json").write_bytes(identity.evidence)
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    digest, *read = run(block, tmp_path).split(maxsplit=2)
    assert digest == identity.reference == hashlib.sha256((tmp_path / "signature.xml").read_bytes()).hexdigest()
    assert read[-1].strip() == ACT.purpose
    members = re.findall(
        r"^\| `([a-z_]+)` \|", PAGE.partition("## The evidence")[2].partition("\n## ")[0], re.MULTILINE
    )
    assert sorted(members) == sorted(json.loads(identity.evidence))


@pytest.mark.oracle("openssl")
def test_the_banks_file_becomes_the_one_that_is_named(tmp_path: Path) -> None:
    (command,) = re.findall(r"`(openssl pkcs12 [^`]*)`", PAGE)
    with BankIdServer(tmp_path / "bank") as bank:
        pack = f"openssl pkcs12 -export -in {bank.certificate} -out FPcert.p12 -passout pass:qwerty123 -name Åre"
        run(pack, tmp_path)
        run(f"{command} -passin pass:qwerty123", tmp_path)
        tls = client_tls(tmp_path / "bankid.pem", bank.roots)
        assert (
            BankIdApi(bank.url, Line(5, tls=tls)).auth({"endUserIp": "192.0.2.7"}).reference
            == bank.orders[-1].reference
        )
