"""Bringing the tables of a database up to this version."""

from alembic import command
from alembic.config import Config

from pillnuts.kernel.db import normalised
from pillnuts.kernel.web import ROOT


def migrate(database_url: str) -> None:
    command.upgrade(alembic_config(database_url), "head")


def alembic_config(database_url: str) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    url = normalised(database_url).render_as_string(hide_password=False)
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
