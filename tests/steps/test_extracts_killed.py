"""kill -9 while extracts are sent: every letter goes, once by its Message-ID, however often it had to be sent."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from extract_house import PEOPLE, archived
from life import Life
from post_office import Letter, PostOffice
from signflow.crashpoints import CommitPoint
from signflow.rounds.outcome import ALREADY_RECORDED, Refusal
from signflow.rounds.sendings import Delivery, Recipient
from signflow.steps.extracts import Choice, Order, send_extracts

RECIPIENTS = tuple(Recipient(0, "", f"{name}@example.org") for name in ("bo", "eva", "ola"))
ORDER = Order("n1", (Choice(1), Choice(2)), RECIPIENTS)
POINTS = (
    CommitPoint.EXTRACTS_SENT,
    CommitPoint.MAIL_CLAIMED,
    CommitPoint.MAIL_SENT,  # the first letter
    CommitPoint.MAIL_SENT,  # the same once more
    CommitPoint.MAIL_RECORDED,  # and once more, and then recorded, but not in the document
    CommitPoint.MAIL_SENT,  # the second
    CommitPoint.MAIL_RECORDED,
)
_SENDS = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1:4]
from test_extracts_killed import send
send(Path(sys.argv[4]), int(sys.argv[5]), sys.argv[6], sys.argv[7])
"""


def send(data: Path, port: int, document_id: str, kill_at: str = "") -> None:
    """The secretary presses the button, once more if the page has not answered; and the letters go."""
    with house(data, port, kill_at=kill_at) as life:
        outcome = send_extracts(life.ports, life.ports.store.load(document_id), ORDER, "Helene Olofsson")
        assert not isinstance(outcome, Refusal) or outcome.code == ALREADY_RECORDED
        life.work()


def house(data: Path, port: int, **settings: str) -> Life:
    return Life(data, PEOPLE, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", **settings)


def killed_while_sending(data: Path, port: int, document_id: str, point: CommitPoint) -> bool:
    here, deploy = Path(__file__).parent, Path(__file__).parents[2] / "deploy"
    arguments = [str(here), str(here.parent), str(deploy), str(data), str(port), document_id, str(point)]
    done = subprocess.run([sys.executable, "-c", _SENDS, *arguments], capture_output=True, check=False, timeout=120)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    return done.returncode != 0


def test_killed_at_every_point_each_letter_goes_once_by_its_message_id(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Life(data, PEOPLE) as life:
        document = archived(life)
    with PostOffice() as post:
        killed_at = list[CommitPoint]()
        came = list[int]()
        for point in POINTS:
            if killed_while_sending(data, post.port, document.id, point):
                killed_at.append(point)
            came.append(len(post.letters()))
        send(data, post.port, document.id)
        letters = post.letters()
    assert killed_at == list(POINTS)
    assert came == [0, 0, 1, 2, 3, 4, 5]
    assert Counter(letter.to for letter in letters) == {"bo@example.org": 3, "eva@example.org": 2, "ola@example.org": 1}
    assert len({letter.message_id for letter in letters}) == len(RECIPIENTS)
    for one in RECIPIENTS:
        assert len({_said(letter) for letter in letters if letter.to == one.address}) == 1
    with Life(data, PEOPLE) as life:
        document = life.load(document)
        (sending,) = document.sendings
        assert [one.became for one in sending.recipients] == [Delivery.SENT] * len(RECIPIENTS)
        assert life.ports.store.open_work() == ()
        kinds = Counter(entry.kind for entry in life.ports.store.history(document.id))
        assert (kinds["extract-sent"], kinds["extract-delivered"]) == (len(RECIPIENTS), len(RECIPIENTS))
        assert life.ports.store.verify_audit() > 0


def _said(letter: Letter) -> tuple[object, ...]:
    return letter.message_id, letter.subject, letter.text, letter.html, tuple(letter.files.items())
