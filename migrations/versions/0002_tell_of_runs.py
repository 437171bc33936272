"""Tell of runs.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

COLLATION = "utf8mb4_bin"
OPTIONS = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}
TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(mysql.VARCHAR(length, collation=COLLATION), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "named_lock",
        sa.Column("name", key(50), nullable=False),
        sa.Column("token", key(32), nullable=False),
        sa.Column("place", key(100), nullable=False),
        sa.Column("host", sa.String(100), nullable=False),
        sa.Column("user", sa.String(100), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("born", key(30), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_named_lock"),
        **OPTIONS,
    )
    op.create_table(
        "catalogue_run",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("kind", key(10), nullable=False),
        sa.Column("state", key(10), nullable=False),
        sa.Column("by", sa.String(250), nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.Column("goes_on", sa.BigInteger),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("release", sa.Integer),
        sa.Column("reason", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_run"),
        **OPTIONS,
    )
    op.create_index("ix_catalogue_run_kind", "catalogue_run", ["kind"])
    op.create_table(
        "catalogue_fetch",
        sa.Column("operation", key(60), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("fetched_on", sa.Date, nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("operation", name="pk_catalogue_fetch"),
        **OPTIONS,
    )


def downgrade() -> None:
    for table in ("catalogue_fetch", "catalogue_run", "named_lock"):
        op.drop_table(table)
