"""One house and one document at each stage of its round, for every test of the room."""

from __future__ import annotations

import pytest
from signing_house import ADJUSTER, ORGANISATION, SECRETARY, House, Stages, open_house
from signing_paper import build_tagged_pdf


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house") / "authority")


@pytest.fixture(scope="session")
def original() -> bytes:
    return build_tagged_pdf(ORGANISATION)


@pytest.fixture(scope="session")
def stages(house: House, original: bytes) -> Stages:
    secretary = house.sign(original, *SECRETARY)
    adjuster = house.sign(secretary, *ADJUSTER)
    return Stages(original, secretary, adjuster, house.seal(house.complete(adjuster, original)))
