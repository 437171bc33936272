"""The migrations make what the models say, on every database, and can be taken back."""

import pytest
from alembic import command

from pillnuts.migrating import alembic_config

pytestmark = pytest.mark.database


def test_migrations_equal_the_models(database_url: str) -> None:
    config = alembic_config(database_url)
    command.upgrade(config, "head")
    command.check(config)


def test_every_migration_can_be_taken_back_and_made_again(database_url: str) -> None:
    config = alembic_config(database_url)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    command.check(config)
