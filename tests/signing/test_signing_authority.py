"""Keys at rest, and an authority that is whole or not there."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from signing_house import NOW, ORGANISATION, authentication

from signflow.durable import write_new
from signflow.errors import IntegrityError, SettingsError
from signflow.signing import oids
from signflow.signing.authentication import Authentication, build_context_extension, read_context_extension
from signflow.signing.authority.authority import LocalAuthority
from signflow.signing.authority.register import ISSUERS
from signflow.signing.keys.vault import Vault


def opened(
    folder: Path, *, passphrase: str | None = None, now: dt.datetime = NOW, organisation: str = ORGANISATION
) -> LocalAuthority:
    return LocalAuthority.open(
        folder, organisation=organisation, passphrase=passphrase, now=now, base_url="http://127.0.0.1:8000/"
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "authority"
    opened(folder)
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "authority"))


def files(folder: Path) -> list[Path]:
    return sorted(file for file in (folder / "certificates").iterdir())


def test_opening_again_finds_the_same(made: Path) -> None:
    first, second = opened(made), opened(made, now=NOW + dt.timedelta(days=400))
    assert first.root_pem == second.root_pem
    assert first.tsa_root_pem == second.tsa_root_pem
    assert len(files(made)) == 13


def test_ten_that_start_together_share_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(10) as pool:
        roots = set(pool.map(lambda _: opened(tmp_path / "a").root_pem, range(10)))
    assert len(roots) == 1


def test_nobody_else_can_read_a_key_and_none_is_in_the_clear(made: Path) -> None:
    for file in [*made.glob("certificates/*.key.pem"), made / "vault.key"]:
        assert file.stat().st_mode & 0o777 == 0o600
    for file in made.glob("certificates/*.key.pem"):
        assert file.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")


@pytest.mark.parametrize("name", ["vault.key", "certificates/root.key.pem", "certificates/seal.key.pem"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_loose_permissions_are_refused(copy: Path, name: str, mode: int) -> None:
    (copy / name).chmod(mode)
    with pytest.raises(SettingsError, match="vault-permissions"):
        opened(copy)


def test_a_key_file_that_is_a_link_is_refused(copy: Path) -> None:
    (copy / "vault.key").rename(copy / "elsewhere")
    (copy / "vault.key").symlink_to(copy / "elsewhere")
    with pytest.raises(SettingsError, match="vault-permissions"):
        opened(copy)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_file_of_another_length_is_refused(copy: Path, size: int) -> None:
    (copy / "vault.key").write_bytes(b"x" * size)
    with pytest.raises(SettingsError, match="vault-key-damaged"):
        opened(copy)


def test_another_key_file_opens_nothing(copy: Path) -> None:
    (copy / "vault.key").write_bytes(b"x" * 32)
    with pytest.raises(SettingsError, match="vault-locked"):
        opened(copy)


def test_a_passphrase_opens_what_it_closed_and_no_other_does(tmp_path: Path) -> None:
    root = opened(tmp_path, passphrase="hemlig fras").root_pem
    assert opened(tmp_path, passphrase="hemlig fras").root_pem == root
    with pytest.raises(SettingsError, match="vault-locked"):
        opened(tmp_path, passphrase="hemlig frös")
    with pytest.raises(SettingsError, match="vault-passphrase-missing"):
        opened(tmp_path)
    with pytest.raises(SettingsError, match="vault-passphrase-empty"):
        opened(tmp_path, passphrase="")
    assert not (tmp_path / "vault.key").exists()


def test_a_passphrase_for_a_folder_with_a_key_file_is_refused(made: Path) -> None:
    with pytest.raises(SettingsError, match="vault-has-key-file"):
        opened(made, passphrase="hemlig fras")


def test_another_organisation_is_refused(made: Path) -> None:
    with pytest.raises(SettingsError, match="authority-organisation"):
        opened(made, organisation="Annan kommun")


def test_what_is_over_signs_nothing_new_and_stops_nothing_else(made: Path) -> None:
    later = NOW + dt.timedelta(days=365 * 16)
    authority = opened(made, now=later)
    with pytest.raises(SettingsError, match="authority-over"):
        authority.seal_signer(later)
    authority.issue_one_shot("Anna", "", authentication(), later)
    assert authority.root_pem in authority.trust(later).roots


@pytest.mark.parametrize("index", range(13))
@pytest.mark.parametrize("damage", ["missing", "empty", "torn", "other"])
def test_a_part_that_is_missing_or_damaged_is_never_replaced(copy: Path, index: int, damage: str) -> None:
    file = files(copy)[index]
    if file.name == "register.json" and damage == "other":
        file.write_text('{"certificates": []}')
    elif damage == "missing":
        file.unlink()
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "torn":
        file.write_bytes(file.read_bytes()[:-40])
    else:
        others = [one for one in files(copy) if one.name.endswith(".key.pem") == file.name.endswith(".key.pem")]
        file.write_bytes(next(one for one in others if one != file).read_bytes())
    before = {one.name: one.read_bytes() for one in files(copy)}
    with pytest.raises(IntegrityError, match="authority-damaged"):
        opened(copy)
    assert {one.name: one.read_bytes() for one in files(copy)} == before


@pytest.mark.parametrize("kept", range(13))
@pytest.mark.parametrize("torn", [False, True])
def test_a_start_that_was_killed_between_files_leaves_nothing_behind(copy: Path, *, kept: int, torn: bool) -> None:
    (copy / "certificates").rename(copy / "certificates.new")
    in_order = [f"{name}{suffix}" for name in ISSUERS for suffix in (".key.pem", ".pem")] + ["register.json"]
    for name in in_order[kept:]:
        (copy / "certificates.new" / name).unlink()
    if torn and kept:
        half = copy / "certificates.new" / in_order[kept - 1]
        half.write_bytes(half.read_bytes()[:50])
    authority = opened(copy)
    assert authority.root_pem == opened(copy).root_pem
    assert not (copy / "certificates.new").exists()


@pytest.mark.parametrize("with_evidence", [False, True])
def test_a_folder_of_the_version_before_is_taken_over(copy: Path, *, with_evidence: bool) -> None:
    root = opened(copy).root_pem
    (copy / "certificates").rename(copy / "keys")
    (copy / "keys" / "register.json").unlink()
    if not with_evidence:
        (copy / "keys" / "evidence.pem").unlink()
        (copy / "keys" / "evidence.key.pem").unlink()
    authority = opened(copy)
    assert authority.root_pem == root
    assert len(files(copy)) == 13
    assert not (copy / "keys").exists()
    assert (
        authority.evidence_signer(NOW).certificate.subject.native["common_name"] == f"{ORGANISATION} Valideringsintyg"
    )


def test_a_folder_of_the_version_before_that_lacks_a_root_is_refused(copy: Path) -> None:
    (copy / "certificates").rename(copy / "keys")
    for name in ("register.json", "root.pem"):
        (copy / "keys" / name).unlink()
    for _ in range(2):
        with pytest.raises(IntegrityError, match="authority-damaged"):
            opened(copy)


def test_killed_at_any_moment_it_opens_again(tmp_path: Path) -> None:
    script = (
        "import sys, datetime as dt\n"
        "from pathlib import Path\n"
        "from signflow.signing.authority.authority import LocalAuthority\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "LocalAuthority.open(Path(sys.argv[1]), organisation='Provkommun', passphrase=None,"
        " now=dt.datetime(2026, 1, 16, tzinfo=dt.UTC), base_url='http://127.0.0.1')\n"
    )
    for attempt in range(4):
        folder = tmp_path / str(attempt)
        with subprocess.Popen(
            [sys.executable, "-c", script, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()
            process.stdin.write(b"\n")
            process.stdin.flush()
            time.sleep(0.004 * attempt)
            os.kill(process.pid, signal.SIGKILL)
        assert opened(folder).root_pem == opened(folder).root_pem


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    write_new(tmp_path / "a", b"first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", b"second")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a", b"first")]


def test_revocation_lists_are_kept_a_day_and_their_numbers_rise(made: Path) -> None:
    authority = opened(made)

    def numbers(now: dt.datetime) -> dict[str, int]:
        lists = {name: x509.load_der_x509_crl(der) for name, der in authority.crls(now).items()}
        return {
            name: crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for name, crl in lists.items()
        }

    first = numbers(NOW)
    assert set(first) == {"root", "issuing", "tsa-root"}
    assert numbers(NOW + dt.timedelta(hours=23)) == first
    second = numbers(NOW + dt.timedelta(hours=25))
    restarted = opened(made)
    third = x509.load_der_x509_crl(restarted.crls(NOW + dt.timedelta(hours=26))["root"])
    assert all(second[name] > first[name] for name in first)
    assert third.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number > second["root"]


def test_a_one_shot_certificate_says_who_and_how_and_for_how_long(made: Path) -> None:
    signer = opened(made).issue_one_shot("Anna Söderström", "Sekreterare", authentication(), NOW)
    certificate = x509.load_der_x509_certificate(signer.certificate.dump())
    assert certificate.not_valid_after_utc == NOW.replace(microsecond=0) + dt.timedelta(minutes=30)
    subject = {one.oid: str(one.value) for one in certificate.subject}
    assert re.fullmatch("[a-z]{16}", subject.pop(NameOID.SERIAL_NUMBER))
    assert subject == {
        NameOID.COUNTRY_NAME: "SE",
        NameOID.ORGANIZATION_NAME: ORGANISATION,
        NameOID.TITLE: "Sekreterare",
        NameOID.COMMON_NAME: "Anna Söderström",
    }
    extensions = certificate.extensions
    points = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert [name.value for point in points for name in point.full_name or ()] == [
        "http://127.0.0.1:8000/crl/issuing.crl"
    ]
    (issuer,) = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert issuer.access_location.value == "http://127.0.0.1:8000/ca/issuing.crt"
    (policy,) = extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert policy.policy_identifier.dotted_string == oids.ONE_SHOT_POLICY
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.content_commitment, usage.digital_signature, usage.key_cert_sign) == (True, False, False)
    context = extensions.get_extension_for_oid(x509.ObjectIdentifier(oids.AUTHENTICATION_CONTEXT))
    assert isinstance(context.value, x509.UnrecognizedExtension)
    assert read_context_extension(context.value.value) == authentication()
    # a validator refuses a list that is older than the certificate it speaks of
    assert signer.crls[0]["tbs_cert_list"]["this_update"].native >= certificate.not_valid_before_utc


def test_every_one_shot_key_is_another(made: Path) -> None:
    authority = opened(made)
    keys = {authority.issue_one_shot("A", "", authentication(), NOW).certificate.public_key.dump() for _ in range(5)}
    assert len(keys) == 5


@given(
    method=st.text(max_size=20).filter(lambda text: text.isprintable()),
    evidence=st.sampled_from(["", "ab" * 32]),
    reference=st.text("<>&\"'åäö §", max_size=20),
)
def test_authentication_survives_the_certificate(method: str, evidence: str, reference: str) -> None:
    given_one = Authentication(method, NOW.replace(microsecond=0), "loa3", reference, evidence)
    assert read_context_extension(build_context_extension(given_one, "http://x")) == given_one


@given(st.binary(max_size=200))
def test_an_unreadable_authentication_is_none(value: bytes) -> None:
    assert read_context_extension(value) is None


def test_a_vault_opens_only_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = Vault.open(tmp_path / "a", None), Vault.open(tmp_path / "b", None)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = one.encrypt(key)
    assert one.decrypt(pem, "k").private_numbers() == key.private_numbers()
    with pytest.raises(SettingsError, match="vault-locked"):
        other.decrypt(pem, "k")
