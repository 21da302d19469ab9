"""Webhooks, told over real TLS: signed as the specification says, tried again, given up, and never in a document's way."""

from __future__ import annotations

import base64
import datetime as dt
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from life import Life, carry_out
from signflow import wiring
from signflow.errors import SettingsError, UnavailableError
from signflow.rounds.model import State
from signflow.rounds.work import WorkKind
from signflow.steps.intake import take_draft
from signflow.steps.send_webhooks import forget_deliveries, send_webhooks
from signflow.store.deliveries import Deliveries, HookTrouble
from webhook_receiver import OTHER_SECRET, SECRET, Receiver, Taken, write_secret

LOOPBACK = ["127.0.0.0/8"]
HOOK = "diariet"


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with Receiver(tmp_path / "receiver") as receiver:
        yield receiver


def house(tmp_path: Path, *hooks: dict[str, Any]) -> Life:
    return Life(tmp_path / "data", webhooks=list(hooks), webhooks_allow_private=LOOPBACK)


def but_webhooks(life: Life) -> None:
    """All work there is, but what webhooks are told."""
    while rows := [row for row in life.ports.store.open_work() if row.work.kind is not WorkKind.SEND_WEBHOOKS]:
        for row in rows:
            carry_out(life.ports, row)
            life.ports.store.close_work(row.work.key)


def dropped(life: Life, sample: bytes) -> None:
    take_draft(life.ports, sample, "utkast.md", "inbox", "")
    but_webhooks(life)


def later(life: Life, wait: dt.timedelta) -> None:
    """So much time goes by, for webhooks."""
    then = life.ports.clock() + wait
    database = wiring.open_database(life.settings)
    life.with_ports(deliveries=Deliveries(database, lambda: then), clock=lambda: then)


def signature_by_openssl(taken: Taken, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_")).hex()
    content = f"{taken.headers['webhook-id']}.{taken.headers['webhook-timestamp']}.".encode() + taken.body
    arguments = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key}", "-binary"]
    done = subprocess.run(arguments, input=content, capture_output=True, check=True)
    return "v1," + base64.b64encode(done.stdout).decode()


@pytest.mark.oracle("openssl")
def test_a_life_is_told_from_draft_to_archive(tmp_path: Path, sample: bytes, receiver: Receiver) -> None:
    with house(tmp_path, receiver.settings()) as life:
        document = life.drop(sample)
        life.sign("anna@example.org")
        life.sign("helene@example.org")
        archived = life.load(document).archived
    assert archived is not None
    told = [json.loads(taken.body) for taken in receiver.taken]
    # the order is not promised
    assert sorted(one["type"].removeprefix("document.") for one in told) == [
        "adjusted",
        "archived",
        "draft_registered",
        "review_opened",
        "signature_applied",
        "signature_applied",
    ]
    (last,) = (one["data"] for one in told if one["type"] == "document.archived")
    assert last["sha256"]["archived"] == archived.pdf.digest
    assert last["state"] == State.ARCHIVED
    assert len({taken.headers["webhook-id"] for taken in receiver.taken}) == len(told)
    for taken in receiver.taken:
        assert taken.headers["webhook-signature"] == signature_by_openssl(taken, SECRET)
        text = taken.body.decode()
        assert not [secret for secret in ("@", "/sign/", "Anna", document.title) if secret in text]


@pytest.mark.oracle("openssl")
def test_while_a_secret_is_changed_both_sign(tmp_path: Path, sample: bytes, receiver: Receiver) -> None:
    before = write_secret(tmp_path / "before", OTHER_SECRET)
    with house(tmp_path, receiver.settings(previous_secret_file=before)) as life:
        life.drop(sample)
    for taken in receiver.taken:
        wanted = [signature_by_openssl(taken, secret) for secret in (SECRET, OTHER_SECRET)]
        assert taken.headers["webhook-signature"].split(" ") == wanted
    assert receiver.taken


def test_only_what_is_wanted_is_told(tmp_path: Path, sample: bytes, receiver: Receiver) -> None:
    one = receiver.settings(events=["document.review_opened"])
    other = receiver.settings(name="annan", bodies=["En annan nämnd"])
    with house(tmp_path, one, other) as life:
        life.drop(sample)
    assert [json.loads(taken.body)["type"] for taken in receiver.taken] == ["document.review_opened"]


@pytest.mark.parametrize("secret", ["whsec_kort", "hemligt" * 6, "whsec_" + "A" * 200, ""])
def test_a_secret_that_is_none_is_named_by_its_webhook_alone(
    tmp_path: Path, sample: bytes, receiver: Receiver, secret: str
) -> None:
    with house(tmp_path, receiver.settings()) as life:
        dropped(life, sample)
        write_secret(receiver.folder / "secret", secret)
        with pytest.raises(SettingsError, match="webhook-secret-invalid") as caught:
            send_webhooks(life.ports, HOOK)
    assert caught.value.params == {"hook": HOOK}
    assert receiver.taken == []


def test_a_dead_receiver_holds_up_no_document_and_no_other(tmp_path: Path, sample: bytes, receiver: Receiver) -> None:
    dead = receiver.settings(name="dead", url="https://127.0.0.1:1/hook")
    with house(tmp_path, dead, receiver.settings()) as life:
        dropped(life, sample)
        with pytest.raises(UnavailableError, match="webhook-waits"):
            send_webhooks(life.ports, "dead")
        send_webhooks(life.ports, HOOK)
        assert {one.hook for one in life.ports.deliveries.undelivered()} == {"dead"}
        subjects = {row.work.subject for row in life.ports.store.open_work()}
        assert subjects == {"webhook:dead", f"webhook:{HOOK}"}
    assert len(receiver.taken) == 2


def test_what_fails_for_days_is_given_up_and_can_be_retried(tmp_path: Path, sample: bytes, receiver: Receiver) -> None:
    receiver.status = 404
    with house(tmp_path, receiver.settings(events=["document.draft_registered"])) as life:
        dropped(life, sample)
        for _ in range(9):
            with pytest.raises(UnavailableError, match="webhook-waits"):
                send_webhooks(life.ports, HOOK)
            later(life, dt.timedelta(days=2))
        send_webhooks(life.ports, HOOK)
        (given_up,) = life.ports.deliveries.undelivered()
        assert given_up.given_up_at is not None
        assert (given_up.tries, given_up.reason) == (10, "HTTP 404")
        assert len({taken.headers["webhook-id"] for taken in receiver.taken}) == 1
        assert len({taken.headers["webhook-timestamp"] for taken in receiver.taken}) == len(receiver.taken) == 10
        receiver.status = 200
        assert life.ports.deliveries.retry(HOOK, [HOOK]) == 1
        assert send_webhooks(life.ports, HOOK) == 1
        assert life.ports.deliveries.undelivered() == ()


def test_gone_is_told_nothing_more_until_somebody_says_so(tmp_path: Path, sample: bytes, receiver: Receiver) -> None:
    receiver.status = 410
    with house(tmp_path, receiver.settings()) as life:
        dropped(life, sample)
        send_webhooks(life.ports, HOOK)
        assert life.ports.deliveries.stopped() == (HOOK,)
        assert len(receiver.taken) == 1
        waiting = len(life.ports.deliveries.undelivered())
        life.drop(sample.replace(b"Beslut", b"BESLUT"))
        assert len(life.ports.deliveries.undelivered()) == waiting
        receiver.status = 204
        assert life.ports.deliveries.retry(HOOK, [HOOK]) == waiting
        life.work()
        assert life.ports.deliveries.undelivered() == ()
        assert life.ports.deliveries.stopped() == ()


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_for_time_gets_it(tmp_path: Path, sample: bytes, receiver: Receiver, status: int) -> None:
    receiver.status, receiver.headers = status, {"Retry-After": "7200"}
    with house(tmp_path, receiver.settings(events=["document.draft_registered"])) as life:
        dropped(life, sample)
        with pytest.raises(UnavailableError):
            send_webhooks(life.ports, HOOK)
        (waits,) = life.ports.deliveries.undelivered()
        assert waits.next_at - life.ports.clock() > dt.timedelta(hours=1, minutes=50)


def test_redirects_are_failures_and_huge_answers_are_not_read(
    tmp_path: Path, sample: bytes, receiver: Receiver
) -> None:
    receiver.status, receiver.headers = 307, {"Location": receiver.url()}
    with house(tmp_path, receiver.settings(events=["document.draft_registered"])) as life:
        dropped(life, sample)
        with pytest.raises(UnavailableError, match="HTTP 307"):
            send_webhooks(life.ports, HOOK)
        assert len(receiver.taken) == 1
        receiver.status, receiver.headers, receiver.body = 200, {}, b"x" * 20_000_000
        later(life, dt.timedelta(minutes=1))
        assert send_webhooks(life.ports, HOOK) == 1


_KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from life import Life
from signflow.steps.send_webhooks import send_webhooks
import json
settings = json.loads(sys.argv[3])
with Life(Path(sys.argv[2]), kill_at="webhook-sent", **settings) as life:
    send_webhooks(life.ports, "diariet")
"""


def test_killed_between_sending_and_noting_it_is_sent_again_under_the_same_id(
    tmp_path: Path, sample: bytes, receiver: Receiver
) -> None:
    hook = receiver.settings(events=["document.draft_registered"])
    with house(tmp_path, hook) as life:
        dropped(life, sample)
    settings = json.dumps({"webhooks": [hook], "webhooks_allow_private": LOOPBACK})
    arguments = [str(Path(__file__).parents[1]), str(tmp_path / "data"), settings]
    done = subprocess.run([sys.executable, "-c", _KILLED, *arguments], capture_output=True, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    with house(tmp_path, hook) as life:
        assert send_webhooks(life.ports, HOOK) == 1
        assert send_webhooks(life.ports, HOOK) == 0
    first, second = receiver.taken
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_webhook_that_the_settings_name_no_more_is_told_nothing(
    tmp_path: Path, sample: bytes, receiver: Receiver
) -> None:
    with house(tmp_path, receiver.settings()) as life:
        dropped(life, sample)
        life.ports = replace(life.ports, webhooks={})
        assert send_webhooks(life.ports, HOOK) == 0
        assert all(one.given_up_at for one in life.ports.deliveries.undelivered())
    assert receiver.taken == []


def test_what_was_taken_is_forgotten_after_a_month_and_what_was_given_up_after_three(
    tmp_path: Path, sample: bytes, receiver: Receiver
) -> None:
    taken, gone = receiver.settings(), receiver.settings(name="gone")
    with house(tmp_path, taken, gone) as life:
        dropped(life, sample)
        assert send_webhooks(life.ports, HOOK) == 2
        receiver.status = 410
        send_webhooks(life.ports, "gone")
        later(life, dt.timedelta(days=29))
        assert forget_deliveries(life.ports) == 0
        later(life, dt.timedelta(days=2))
        assert forget_deliveries(life.ports) == 2
        assert len(life.ports.deliveries.undelivered()) == 2
        later(life, dt.timedelta(days=60))
        assert forget_deliveries(life.ports) == 2
        assert life.ports.deliveries.undelivered() == ()


def test_what_waits_is_not_forgotten(tmp_path: Path, sample: bytes, receiver: Receiver) -> None:
    receiver.status = 404
    with house(tmp_path, receiver.settings()) as life:
        dropped(life, sample)
        with pytest.raises(UnavailableError):
            send_webhooks(life.ports, HOOK)
        later(life, dt.timedelta(days=400))
        assert forget_deliveries(life.ports) == 0


def test_administrators_are_told_of_a_receiver_that_fails_for_long_or_is_stopped(
    tmp_path: Path, sample: bytes, receiver: Receiver
) -> None:
    receiver.status = 404
    one_event: dict[str, Any] = {"events": ["document.draft_registered"]}
    with house(tmp_path, receiver.settings(**one_event), receiver.settings(name="annan", **one_event)) as life:
        dropped(life, sample)
        for _ in range(3):
            assert life.ports.deliveries.troubles() == ()
            with pytest.raises(UnavailableError):
                send_webhooks(life.ports, HOOK)
            later(life, dt.timedelta(days=2))
        receiver.status = 410
        send_webhooks(life.ports, "annan")
        assert life.ports.deliveries.troubles() == (
            HookTrouble("annan", 0, 1, stopped=True),
            HookTrouble(HOOK, 1, 0, stopped=False),
        )
        receiver.status = 200
        for hook in (HOOK, "annan"):
            life.ports.deliveries.retry(hook, [HOOK, "annan"])
            send_webhooks(life.ports, hook)
        assert life.ports.deliveries.troubles() == ()
