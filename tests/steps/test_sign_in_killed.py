"""kill -9 while somebody signs in, at each commit point of it: they sign in or press once more, and sign once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from identity_desk import person, with_desk
from life import Life
from signflow.crashpoints import CommitPoint
from signflow.rounds.model import State
from signflow.rounds.outcome import Decision
from signflow.steps import acts, sign_in
from signflow.steps.sign_in import Ticket, Visitor

ANNA, HELENE = "anna@example.org", "helene@example.org"
VISITOR = Visitor("sv", "")
_SIGNS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from life import Life
sys.path.insert(0, sys.argv[2])
from test_sign_in_killed import sign_in_and_sign
with Life(Path(sys.argv[3]), kill_at=sys.argv[5]) as life:
    sign_in_and_sign(life, sys.argv[4])
"""


def sign_in_and_sign(life: Life, address: str) -> None:
    """The whole way of one person; whoever is signed in already in this browser goes on from there."""
    desk = with_desk(life)
    token = life.token(address)
    view = acts.view_link(life.ports, token)
    challenge = view.seat.challenge if view.seat else None
    if challenge is None or challenge.identified is None:
        ticket = sign_in.begin(life.ports, token)
        assert isinstance(ticket, Ticket)
        sign_in.go_on(life.ports, token, ticket.secret, VISITOR)
        desk.coming["code"] = person(address)
        answer = {"state": life.ports.links.sign_in_state(ticket.challenge_id), "code": "code"}
        assert isinstance(sign_in.complete(life.ports, token, ticket.secret, answer, VISITOR), Decision)
    else:
        ticket = Ticket(challenge.id, life.ports.links.browser(challenge.id))
    assert isinstance(acts.answer(life.ports, token, ticket.secret, view.shown.digest), Decision)


@pytest.mark.parametrize(
    ("point", "begun"),
    [(CommitPoint.SIGN_IN_BEGUN, 2), (CommitPoint.SIGNED_IN, 1), (CommitPoint.SIGNING_APPROVED, 1)],
)
def test_killed_while_signing_in(tmp_path: Path, sample: bytes, point: CommitPoint, begun: int) -> None:
    data, here = tmp_path / "data", Path(__file__).parent
    with Life(data) as life:
        with_desk(life)
        document = life.drop(sample)
    arguments = [str(here.parent), str(here), str(data), ANNA, str(point)]
    done = subprocess.run([sys.executable, "-c", _SIGNS, *arguments], capture_output=True, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    with Life(data) as life:
        if point is not CommitPoint.SIGNING_APPROVED:
            sign_in_and_sign(life, ANNA)
        life.work()
        sign_in_and_sign(life, HELENE)
        life.work()
        assert life.load(document).state is State.ARCHIVED
        history = [(entry.kind, entry.actor) for entry in life.ports.store.history(document.id)]
        assert history.count(("sign-in-begun", "Anna Söderström")) == begun
        for kind in ("signed-in", "signing-approved", "signature-applied"):
            assert history.count((kind, "Anna Söderström")) == 1
        assert life.ports.store.verify_audit() > 0
