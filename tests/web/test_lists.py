"""Lists: what their CSV holds, and that odd addresses do not break them."""

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.web.clients import posted_csv, shown
from tests.world import World


def test_a_list_gives_all_its_rows_as_csv(world: World, sign_in: Callable[..., FlaskClient]) -> None:
    numbers = {world.record(world.posted_invoice()).number for _ in range(2)}

    rows = posted_csv(sign_in("accounting"), "/invoices")
    assert rows[0][0] == "Number"
    assert {row[0] for row in rows[1:]} == numbers


def test_an_address_with_odd_names_is_read_as_without_them(
    world: World, sign_in: Callable[..., FlaskClient]
) -> None:
    world.posted_invoice()
    client = sign_in("accounting")

    for name in ("endpoint", "_method", "_scheme"):
        assert "RE-" in shown(client, f"/invoices?{name}=x")
