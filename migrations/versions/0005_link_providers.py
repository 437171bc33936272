"""Link providers.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

COLLATION = "utf8mb4_bin"
OPTIONS = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}
MOMENT = (
    sa.DateTime()
    .with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    .with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
)
LONG_TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
ID, DIGEST, SEALED, NAME = 20, 64, 1000, 12


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(mysql.VARCHAR(length, collation=COLLATION), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "provider_link",
        sa.Column("subject_key", key(DIGEST), nullable=False),
        sa.Column("account_id", key(ID), nullable=False),
        sa.Column("provider", key(NAME), nullable=False),
        sa.Column("subject", sa.String(SEALED), nullable=False),
        sa.Column("token", LONG_TEXT),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("dormant_at", MOMENT),
        sa.PrimaryKeyConstraint("subject_key", name="pk_provider_link"),
        sa.UniqueConstraint("account_id", "provider", name="uq_provider_link_account_id_provider"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_provider_link_account_id_account", ondelete="CASCADE"
        ),
        **OPTIONS,
    )
    op.create_index("ix_provider_link_dormant_at", "provider_link", ["dormant_at"])
    op.create_table(
        "provider_attempt",
        sa.Column("state_key", key(DIGEST), nullable=False),
        sa.Column("browser_key", key(DIGEST), nullable=False),
        sa.Column("provider", key(NAME), nullable=False),
        sa.Column("purpose", key(NAME), nullable=False),
        sa.Column("session_id", key(ID)),
        sa.Column("held", LONG_TEXT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("state_key", name="pk_provider_attempt"),
        **OPTIONS,
    )
    op.create_index("ix_provider_attempt_expires_at", "provider_attempt", ["expires_at"])
    op.create_table(
        "provider_pending",
        sa.Column("browser_key", key(DIGEST), nullable=False),
        sa.Column("kind", key(NAME), nullable=False),
        sa.Column("provider", key(NAME), nullable=False),
        sa.Column("held", LONG_TEXT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("browser_key", name="pk_provider_pending"),
        **OPTIONS,
    )
    op.create_index("ix_provider_pending_expires_at", "provider_pending", ["expires_at"])


def downgrade() -> None:
    for table in ("provider_pending", "provider_attempt", "provider_link"):
        op.drop_table(table)
