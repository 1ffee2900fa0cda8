"""A populated company per module and engine; what a test does to it is undone."""

from collections.abc import Iterator

import pytest

from tests.conftest import ENGINES, fresh_company
from tests.populated import Populated, populate
from tests.world import World


@pytest.fixture(scope="module", params=ENGINES)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Populated]:
    """A company with something of everything, once on each engine."""
    for database in fresh_company(request, request.param, tmp_path_factory.mktemp("company")):
        yield populate(World(database))
