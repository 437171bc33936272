"""Drop what nobody reads.

Pages read documents, and allergies and doses look into the snapshot: no question is asked of these columns.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

COLLATION = "utf8mb4_bin"
OPTIONS = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(mysql.VARCHAR(length, collation=COLLATION), "mysql", "mariadb")


def upgrade() -> None:
    op.drop_table("product_ingredient")
    op.drop_index("ix_product_maker", "product")
    with op.batch_alter_table("product") as table:
        for column in ("name", "maker", "etc_otc", "class_name", "form", "withdrawn", "permit_date"):
            table.drop_column(column)
    with op.batch_alter_table("ingredient") as table:
        table.drop_column("name")


def downgrade() -> None:
    """Bring the columns back, with nothing in them until the next import."""
    with op.batch_alter_table("ingredient") as table:
        table.add_column(sa.Column("name", sa.String(500), nullable=False, server_default=""))
    with op.batch_alter_table("product") as table:
        table.add_column(sa.Column("name", sa.String(1000), nullable=False, server_default=""))
        table.add_column(sa.Column("maker", sa.String(200), nullable=False, server_default=""))
        table.add_column(sa.Column("etc_otc", sa.String(10)))
        table.add_column(sa.Column("class_name", sa.String(100)))
        table.add_column(sa.Column("form", sa.String(200)))
        table.add_column(sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("permit_date", sa.Date))
    op.create_index("ix_product_maker", "product", ["maker"])
    op.create_table(
        "product_ingredient",
        sa.Column("item_seq", key(9), nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("ingredient_id", key(32), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("item_seq", "position", name="pk_product_ingredient"),
        sa.ForeignKeyConstraint(
            ["item_seq"],
            ["product.item_seq"],
            name="fk_product_ingredient_item_seq_product",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ingredient_id"], ["ingredient.id"], name="fk_product_ingredient_ingredient_id_ingredient"
        ),
        **OPTIONS,
    )
    op.create_index("ix_product_ingredient_ingredient_id", "product_ingredient", ["ingredient_id"])
