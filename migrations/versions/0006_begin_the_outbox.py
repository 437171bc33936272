"""Begin the outbox.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

COLLATION = "utf8mb4_bin"
OPTIONS = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}
TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(mysql.VARCHAR(length, collation=COLLATION), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", key(32), nullable=False),
        sa.Column("name", key(64), nullable=False),
        sa.Column("payload", TEXT),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("state", key(10), nullable=False),
        sa.Column("reason", sa.String(100)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claim", key(32)),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger),
        sa.Column("finished", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        **OPTIONS,
    )
    op.create_index("ix_outbox_state_name_due", "outbox", ["state", "name", "due"])
    op.create_index("ix_outbox_finished", "outbox", ["finished"])


def downgrade() -> None:
    op.drop_table("outbox")
