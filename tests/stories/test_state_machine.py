"""The company driven at random: examples and steps can be raised by SUITE_MACHINE_EXAMPLES and SUITE_MACHINE_STEPS."""

import os
import secrets
import shutil
import sys
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from suite.base.db import Database, use_database
from tests.stories.machine import Company
from tests.world import World


@pytest.fixture(scope="session")
def stocked_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The founded company with two customers and two products kept in stock."""
    path = tmp_path_factory.mktemp("machine") / "stocked.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    with use_database(database):
        world = World(database)
        for name in ("Nord GmbH", "Süd GmbH"):
            world.customer(name)
        for price in ("9.99", "0.35"):
            world.product(price=price, stock="0")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


def drive(
    template: Path, *, examples: int, steps: int, seed: int, phases: tuple[Phase, ...] = tuple(Phase)
) -> None:
    """Run the machine; raises what it finds."""
    machine = type("Driven", (Company,), {"template": template})
    hypothesis.seed(seed)(machine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=phases,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_company_driven_at_random_keeps_every_promise(stocked_template: Path) -> None:
    seed = int(os.environ.get("SUITE_MACHINE_SEED", "0")) or secrets.randbits(32)
    examples = int(os.environ.get("SUITE_MACHINE_EXAMPLES", "60"))
    steps = int(os.environ.get("SUITE_MACHINE_STEPS", "30"))
    sys.stdout.write(f"SUITE_MACHINE_SEED={seed}\n")  # shown when the test fails

    drive(stocked_template, examples=examples, steps=steps, seed=seed)
