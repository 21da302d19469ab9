"""`docs/sign-in.md` does what it says: its commands check the evidence of a real sign-in with openssl, for each kind of key."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from hostile_provider import Attempt, HostileProvider

from judges import tool
from signflow.identity.provider import Identity

PAGE = (Path(__file__).parents[2] / "docs" / "sign-in.md").read_text("utf-8")
CHECK = PAGE.partition("### Checking it without signflow\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"^```sh\n(.*?)^```\n\n^```text\n(.*?)^```\n", CHECK, re.MULTILINE | re.DOTALL)
pytestmark = pytest.mark.oracle("openssl")


def check(folder: Path, found: Identity, challenge: str) -> tuple[int, str]:
    """What the commands of the page print over that evidence."""
    folder.mkdir()
    authentication = {
        "challenge": challenge,
        "assertion_digest": found.reference,
        "evidence_digest": hashlib.sha256(found.evidence).hexdigest(),
    }
    (folder / "identity.json").write_bytes(found.evidence)
    (folder / "authentication.json").write_text(json.dumps(authentication, separators=(",", ":")), "utf-8")
    script = "".join(commands for commands, _ in BLOCKS)
    done = subprocess.run([tool("bash"), "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def signed_in(provider: HostileProvider) -> tuple[Attempt, Identity]:
    provider.reset()
    attempt = Attempt.begin(provider)
    return attempt, attempt.complete(attempt.sign({**attempt.claims(), "vet": '"nonce":"fel"', "å": "ä"}))


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"])
def test_the_commands_of_the_page_check_the_evidence(tmp_path: Path, algorithm: str) -> None:
    with HostileProvider(algorithm) as provider:
        for number in range(4):  # numbers of ECDSA differ in their first bits
            attempt, found = signed_in(provider)
            code, printed = check(tmp_path / str(number), found, attempt.act.reference)
            promised = "".join(text for _, text in BLOCKS)
            assert code == 0
            assert re.fullmatch(re.escape(promised).replace("…", ".*"), printed), printed


def test_evidence_that_was_changed_or_is_of_another_act_is_seen(tmp_path: Path) -> None:
    with HostileProvider() as provider:
        attempt, found = signed_in(provider)
        other = json.loads(signed_in(provider)[1].evidence)
    evidence = json.loads(found.evidence)
    changes = {
        "key": {**evidence, "key": {**evidence["key"], "x": evidence["key"]["y"]}},
        "salt": {**evidence, "salt": other["salt"]},
        "token": {
            **evidence,
            "id_token": f"{evidence['id_token'].rpartition('.')[0]}.{other['id_token'].rpartition('.')[2]}",
        },
    }
    for name, changed in changes.items():
        written = json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(changed["id_token"].encode()).hexdigest()
        kept = dataclasses.replace(found, evidence=written, reference=digest)
        assert stage(*check(tmp_path / name, kept, attempt.act.reference)) == {"salt": 2}.get(name, 1)
    assert stage(*check(tmp_path / "other act", found, "en annan")) == 2
    assert stage(*check(tmp_path / "other token", dataclasses.replace(found, reference="0" * 64), "")) == 0


def stage(code: int, printed: str) -> int:
    """How far the check came that did not come through."""
    assert code != 0
    return ("the same token" in printed) + ("Verified OK" in printed)
