"""The API does what its description says, whatever is sent: requests are made of the description, good ones and bad ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from visitor import ORIGIN

from life import Life
from real_minutes import SAMPLE
from signflow.archive.package import SIGNED_PDF
from signflow.rounds.model import State
from signflow.rounds.tokens import Scope
from signflow.steps.tokens import make_token
from signflow.web.app import build_app

ANNA, HELENE = "anna@example.org", "helene@example.org"
_EXAMPLES = 12


@schemathesis.serializer("application/pdf")
def as_it_is(_context: Any, value: Any) -> dict[str, bytes]:
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with Life(tmp_path_factory.mktemp("described") / "data") as life:
        archived = life.drop(SAMPLE.read_bytes())
        for person in (ANNA, HELENE):
            life.sign(person)
        life.drop(SAMPLE.read_bytes().replace(b"2020", b"2021"), "2.md")
        life.drop(b"# Utkast", "3.md")
        assert life.load(archived).state is State.ARCHIVED
        yield life


@pytest.fixture(scope="module")
def api(house: Life) -> Any:
    seconds, began = count(), house.ports.clock()
    # a clock that goes on a second at each look, so that what is counted is not what is tested here
    house.with_ports(clock=lambda: began + dt.timedelta(seconds=next(seconds)))
    headers = {"Host": "127.0.0.1"}
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", build_app(house.ports), headers=headers)


@pytest.fixture(scope="module")
def token(house: Life) -> str:
    ports = house.ports
    return make_token(ports.tokens, name="x", scopes=tuple(Scope), bodies=(), days=1000, now=ports.clock())


OPERATIONS = (
    "listDocuments",
    "getDocument",
    "getRevision",
    "getSource",
    "handInDraft",
    "handInVersion",
    "getDraft",
    "askForReview",
    "withdraw",
    "resendInvitation",
    "remind",
    "substitute",
    "tellAbsence",
    "searchArchive",
    "getArchived",
    "getSignedPdf",
    "getWebPdf",
    "getWebPage",
    "getExtract",
    "getAccessPackage",
    "sendExtracts",
    "listExtracts",
    "verify",
)


def ask_all(api: Any, operation: Any, ask: Callable[[schemathesis.Case], None]) -> None:
    """Every kind of request that is made of the description of an operation: its examples, its boundaries, and chance."""
    modes = [HypothesisTestMode.EXAMPLES, HypothesisTestMode.COVERAGE, HypothesisTestMode.FUZZING]
    bounded = settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    made = HypothesisTestConfig(project=api.config, modes=modes, settings=bounded)
    create_test(operation=operation, test_func=ask, config=made)()


def make_real(case: schemathesis.Case, house: Life, name: str) -> dict[str, bytes]:
    """What no schema can say of a good request: which documents there are, what is a cursor, what is a file, sent as it is."""
    documents = house.ports.store.documents()
    if "document" in case.path_parameters:
        case.path_parameters["document"] = documents[len(str(case.path_parameters["document"])) % len(documents)].id
    if "cursor" in case.query:
        del case.query["cursor"]
    if name in {"handInDraft", "handInVersion"}:
        return {"data": b"# Utkast"}
    if name == "verify":
        archived = next(one for one in documents if one.state is State.ARCHIVED)
        return {"data": house.ports.archive.open(archived.id).read(SIGNED_PDF)}
    return {}


def test_every_operation_is_asked(api: Any) -> None:
    assert sorted(one.ok().definition.raw["operationId"] for one in api.get_all_operations()) == sorted(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_as_described(api: Any, house: Life, token: str, name: str) -> None:
    def ask(case: schemathesis.Case) -> None:
        good = case.meta is None or case.meta.generation.mode.is_positive
        sent = make_real(case, house, name) if good else {}
        case.call_and_validate(base_url=f"{ORIGIN}/api/v1", headers={"Authorization": f"Bearer {token}"}, **sent)

    ask_all(api, api.find_operation_by_id(name), ask)
