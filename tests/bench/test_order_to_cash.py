"""The gate: how many statements a chain may cost, and that it comes out right."""

import pytest

from tests.bench.companies import company
from tests.bench.order_to_cash import CHECK, statements_per_chain

MOST_STATEMENTS = 200


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_chain_costs_few_statements_and_comes_out_right(engine: str) -> None:
    with company(engine) as database:
        if database is None:
            pytest.skip("PostgreSQL is not installed")
        statements, gross = statements_per_chain(database)

    assert gross == CHECK
    assert statements <= MOST_STATEMENTS
