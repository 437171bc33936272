"""Keep label history.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

# As in 0001.
COLLATION = "utf8mb4_bin"
OPTIONS = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}
BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")
TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(mysql.VARCHAR(length, collation=COLLATION), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "label_version",
        sa.Column("item_seq", key(9), nullable=False),
        sa.Column("section", key(32), nullable=False),
        sa.Column("digest", key(16), nullable=False),
        sa.Column("next_digest", key(16)),
        sa.Column("replaced_in", sa.Integer),
        sa.Column("replaced_on", sa.String(10)),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("date", sa.String(10)),
        sa.Column("stated", TEXT, nullable=False),
        sa.Column("text", BLOB, nullable=False),
        sa.PrimaryKeyConstraint("item_seq", "section", "digest", name="pk_label_version"),
        **OPTIONS,
    )
    op.create_index("ix_label_version_replaced_in", "label_version", ["replaced_in"])
    # Nobody knows it of the products that are there: the next import reads their texts.
    op.add_column("product", sa.Column("label_digest", key(16)))


def downgrade() -> None:
    with op.batch_alter_table("product") as product:
        product.drop_column("label_digest")
    op.drop_table("label_version")
