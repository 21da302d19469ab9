"""What programs that others wrote say of our signatures."""

from __future__ import annotations

import hashlib
import re
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from signing_house import NOW, House, Stages, authentication

from judges import PROFILES, judged_by_verapdf, tool
from signflow.signing.pades.sign import renew_timestamp


@pytest.mark.oracle("pdfsig")
def test_pdfsig_finds_every_signature_intact_and_the_whole_file_covered(stages: Stages, tmp_path: Path) -> None:
    for name, count in (("secretary", 1), ("adjuster", 2), ("sealed", 3)):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(getattr(stages, name))
        said = subprocess.run(
            [tool("pdfsig"), "-nocert", str(file)], capture_output=True, text=True, check=False, timeout=60
        ).stdout
        assert said.count("Signature Validation: Signature is Valid.") == count, said
        assert "Anna Söderström" in said
    assert said.count("ETSI.CAdES.detached") == 3
    assert "Total document signed" in said


@pytest.mark.oracle("verapdf")
def test_verapdf_finds_both_profiles_kept_after_every_signature(house: House, stages: Stages, tmp_path: Path) -> None:
    names = ("original", "secretary", "adjuster", "sealed")
    for name in names:
        (tmp_path / f"{name}.pdf").write_bytes(getattr(stages, name))
    names = (*names, "renewed")
    (tmp_path / "renewed.pdf").write_bytes(renew_timestamp(stages.sealed, house.tsa, now=NOW))
    judged = judged_by_verapdf([tmp_path / f"{name}.pdf" for name in names])
    assert {profile for _, profile in judged} == PROFILES
    assert len(judged) == 2 * len(names)
    assert {key: rules for key, rules in judged.items() if rules} == {}


@pytest.mark.oracle("openssl")
def test_openssl_verifies_the_timestamp_of_a_signature(house: House, stages: Stages, tmp_path: Path) -> None:
    signature = PdfFileReader(BytesIO(stages.secretary)).embedded_regular_signatures[0]
    (token,) = extract_tst_data_iter(signature.signer_info, signed=False)
    (tmp_path / "token.der").write_bytes(cms.ContentInfo({"content_type": "signed_data", "content": token}).dump())
    (tmp_path / "root.pem").write_bytes(house.authority.tsa_root_pem)
    digest = hashlib.sha256(signature.signer_info["signature"].native).hexdigest()
    said = subprocess.run(
        [
            *(tool("openssl"), "ts", "-verify", "-digest", digest, "-token_in", "-in", str(tmp_path / "token.der")),
            *("-CAfile", str(tmp_path / "root.pem"), "-attime", str(int(NOW.timestamp()))),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 0, said.stderr


@pytest.mark.oracle("openssl")
def test_openssl_gets_a_timestamp_of_its_own_from_the_local_authority(house: House, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"minutes")
    (tmp_path / "root.pem").write_bytes(house.authority.tsa_root_pem)
    openssl = tool("openssl")
    query = [openssl, "ts", "-query", "-data", str(tmp_path / "data"), "-sha256", "-cert", "-out", str(tmp_path / "q")]
    subprocess.run(query, check=True, capture_output=True, timeout=60)
    (tmp_path / "r").write_bytes(house.tsa.respond((tmp_path / "q").read_bytes()))
    said = subprocess.run(
        [
            *(openssl, "ts", "-verify", "-queryfile", str(tmp_path / "q"), "-in", str(tmp_path / "r")),
            *("-CAfile", str(tmp_path / "root.pem"), "-attime", str(int(NOW.timestamp()))),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 0, said.stderr


@pytest.mark.oracle("openssl")
def test_openssl_verifies_the_chain_of_a_one_shot_certificate_with_its_revocation_lists(
    house: House, tmp_path: Path
) -> None:
    signer = house.authority.issue_one_shot("Anna Söderström", "Sekreterare", authentication(), NOW)
    (tmp_path / "root.pem").write_bytes(house.authority.root_pem)
    (tmp_path / "issuing.pem").write_bytes(house.authority.issuing_pem)
    openssl = tool("openssl")
    leaf, lists = tmp_path / "leaf.der", tmp_path / "lists.pem"
    leaf.write_bytes(signer.certificate.dump())
    for index, crl in enumerate(signer.crls):
        (tmp_path / f"{index}.crl").write_bytes(crl.dump())
        made = subprocess.run(
            [openssl, "crl", "-inform", "DER", "-in", str(tmp_path / f"{index}.crl")],
            check=True,
            capture_output=True,
            timeout=60,
        )
        lists.write_bytes((lists.read_bytes() if lists.exists() else b"") + made.stdout)
    said = subprocess.run(
        [
            *(openssl, "verify", "-x509_strict", "-crl_check_all", "-CRLfile", str(lists)),
            *("-CAfile", str(tmp_path / "root.pem"), "-untrusted", str(tmp_path / "issuing.pem")),
            *("-attime", str(int(NOW.timestamp())), str(leaf)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 0, said.stderr + said.stdout
    shown = subprocess.run(
        [openssl, "x509", "-noout", "-text", "-in", str(leaf)], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    assert re.search(r"X509v3 CRL Distribution Points", shown)
    assert "1.2.752.201.5.1" in shown
