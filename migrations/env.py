"""Alembic's environment: every feature's tables, on whichever database the settings name."""

import asyncio
from typing import TYPE_CHECKING

from alembic import context

from pillnuts.accounts import models as _accounts  # noqa: F401 -- importing models puts their tables into Base
from pillnuts.accounts.oauth import models as _oauth  # noqa: F401
from pillnuts.catalogue import history_models as _history  # noqa: F401
from pillnuts.catalogue import models as _catalogue  # noqa: F401
from pillnuts.kernel import locks as _locks  # noqa: F401
from pillnuts.kernel import outbox as _outbox  # noqa: F401
from pillnuts.kernel.db import Base, engine
from pillnuts.search import models as _search  # noqa: F401

if TYPE_CHECKING:
    from sqlalchemy import Connection


def migrate(connection: "Connection") -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_online(url: str) -> None:
    database = engine(url)
    async with database.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await database.dispose()


def url() -> str:
    """Take the address the caller set; from the command line, the one in the settings."""
    if given := context.config.get_main_option("sqlalchemy.url"):
        return given
    from pillnuts.settings import Settings  # noqa: PLC0415 -- only the command line needs the environment

    return Settings().database


given_connection = context.config.attributes.get("connection")
if given_connection is not None:
    migrate(given_connection)
else:
    asyncio.run(migrate_online(url()))
