"""What every identity provider does, whoever it is. The tests of each adapter say how a person answers there."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signflow.errors import RefusedError, UnavailableError
from signflow.identity.provider import Begun, Identity, IdentityProvider, Pending, SignIn

RETURN_URL = "http://127.0.0.1:8080/sign-in/callback"
_NAMES = st.sampled_from(["code", "error", "iss", "state", "id_token", "session_state"]) | st.text(max_size=10)
_ANSWERS = st.dictionaries(_NAMES, st.text(max_size=60), max_size=4)


def make_act() -> SignIn:
    """An act that nobody has begun."""
    reference = secrets.token_hex(16)
    return SignIn(
        reference=reference,
        state=f"{reference}.{secrets.token_urlsafe(32)}",
        secret=secrets.token_bytes(32),
        return_url=RETURN_URL,
        purpose="Skriv under protokollet",
        language="sv",
        address="127.0.0.1",
    )


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Place(Protocol):
    """A provider that runs, and a person there."""

    def open(self) -> IdentityProvider:
        """An adapter that has asked nothing yet."""
        ...

    def approve(self, act: SignIn, begun: Begun) -> Mapping[str, str]:
        """The person proves who they are: the answer that the browser brings."""
        ...

    def cancel(self, act: SignIn, begun: Begun) -> Mapping[str, str]:
        """The person does not want to."""
        ...

    def stop(self) -> None: ...

    def start(self) -> None: ...


class IdentityContract:
    """A subclass has a fixture `place`."""

    def test_whoever_proves_who_they_are_is_identified(self, place: Place) -> None:
        provider, act, before = place.open(), make_act(), now()
        begun = provider.begin(act)
        found = provider.complete(act, begun.kept, place.approve(act, begun), now())
        assert isinstance(found, Identity)
        assert ":" in found.provider
        assert before - dt.timedelta(seconds=2) <= found.at <= now() + dt.timedelta(seconds=2)
        assert len(found.reference) == 64
        assert int(found.reference, 16)
        assert found.name
        assert provider.name

    def test_the_evidence_is_one_canonical_object_about_the_act(self, place: Place) -> None:
        provider, act = place.open(), make_act()
        begun = provider.begin(act)
        found = provider.complete(act, begun.kept, place.approve(act, begun), now())
        assert isinstance(found, Identity)
        evidence = json.loads(found.evidence)
        written = json.dumps(evidence, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert found.evidence == written.encode()
        assert evidence["reference"] == act.reference
        assert act.secret.hex() not in written
        assert act.state not in written

    def test_an_act_can_be_begun_again(self, place: Place) -> None:
        provider, act = place.open(), make_act()
        first, again = provider.begin(act), place.open().begin(act)
        assert first.url == again.url
        assert set(first.kept) == set(again.kept)
        found = provider.complete(act, again.kept, place.approve(act, again), now())
        assert isinstance(found, Identity)

    def test_what_is_kept_is_of_texts_and_numbers(self, place: Place) -> None:
        begun = place.open().begin(make_act())
        assert json.loads(json.dumps(dict(begun.kept))) == begun.kept

    def test_whoever_breaks_it_off_is_nobody(self, place: Place) -> None:
        provider, act = place.open(), make_act()
        begun = provider.begin(act)
        answer = place.cancel(act, begun)
        with pytest.raises(RefusedError, match=r"^sign-in-.*cancelled"):
            provider.complete(act, begun.kept, answer, now())

    def test_the_answer_to_another_act_identifies_nobody(self, place: Place) -> None:
        provider, mine, theirs = place.open(), make_act(), make_act()
        begun, begun_there = provider.begin(mine), provider.begin(theirs)
        answer = place.approve(theirs, begun_there)
        with pytest.raises(RefusedError):
            provider.complete(mine, begun.kept, {"state": theirs.state} | dict(answer), now())
        # with our own state around it, it is still the answer to theirs
        self._nobody(lambda: provider.complete(mine, begun.kept, {**answer, "state": mine.state}, now()))
        self._nobody(lambda: provider.complete(mine, begun_there.kept, {**answer, "state": mine.state}, now()))

    def test_an_answer_that_comes_again_identifies_nobody_else(self, place: Place) -> None:
        provider, act = place.open(), make_act()
        begun = provider.begin(act)
        answer = place.approve(act, begun)
        first = provider.complete(act, begun.kept, answer, now())
        assert isinstance(first, Identity)
        with suppress(RefusedError, UnavailableError):
            again = provider.complete(act, begun.kept, answer, now())
            assert isinstance(again, Pending) or again == first

    # one fixture serves all examples, and each adapter's class runs this test: nothing is remembered from one to the other
    @settings(
        max_examples=40,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(answer=_ANSWERS, with_state=st.booleans())
    def test_no_made_up_answer_identifies_anybody(
        self, place: Place, answer: dict[str, str], *, with_state: bool
    ) -> None:
        provider, act = place.open(), make_act()
        begun = provider.begin(act)
        given_state = {"state": act.state} if with_state else {}
        self._nobody(lambda: provider.complete(act, begun.kept, answer | given_state, now()))

    def test_a_provider_that_is_away_is_asked_again_when_it_is_back(self, place: Place) -> None:
        provider, act = place.open(), make_act()
        place.stop()
        with pytest.raises(UnavailableError):
            provider.begin(act)
        place.start()
        begun = provider.begin(act)
        answer = place.approve(act, begun)
        assert isinstance(provider.complete(act, begun.kept, answer, now()), Identity)

    def test_secrets_are_told_to_nobody(self, place: Place, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        provider, act = place.open(), make_act()
        begun = provider.begin(act)
        told = caplog.text
        answer = place.approve(act, begun)
        caplog.clear()  # what the browser's side of this test logs is not ours
        found = provider.complete(act, begun.kept, answer, now())
        assert isinstance(found, Identity)
        with suppress(RefusedError, UnavailableError):
            provider.complete(act, begun.kept, answer, now())
        told += caplog.text + repr(act) + repr(begun) + repr(found)
        secret = {act.state, act.secret.hex(), repr(act.secret), found.identifier, *answer.values()}
        secret |= {value for name, value in begun.kept.items() if isinstance(value, str) and "secret" in name}
        assert [one for one in secret if one and one not in {found.mail, found.provider} and one in told] == []

    @staticmethod
    def _nobody(complete: Callable[[], Identity | Pending]) -> None:
        try:
            assert isinstance(complete(), Pending)
        except (RefusedError, UnavailableError) as error:
            assert error.code  # noqa: PT017 -- either of the two, or still waiting
