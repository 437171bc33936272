"""Begin the catalogue.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

# Text is compared byte by byte on every server, and MySQL's own BLOB and TEXT end at 64 kB.
COLLATION = "utf8mb4_bin"
OPTIONS = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}
BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")
TEXT = sa.Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(mysql.VARCHAR(length, collation=COLLATION), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "catalogue_release",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("token", key(12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.Column("digest", key(64), nullable=False),
        sa.Column("data_date", sa.String(10)),
        sa.Column("product_count", sa.Integer, nullable=False),
        sa.Column("report", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_catalogue_release"),
        **OPTIONS,
    )
    op.create_table(
        "ingredient",
        sa.Column("id", key(32), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("document", BLOB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ingredient"),
        **OPTIONS,
    )
    op.create_table(
        "product",
        sa.Column("item_seq", key(9), nullable=False),
        sa.Column("name", sa.String(1000), nullable=False),
        sa.Column("maker", sa.String(200), nullable=False),
        sa.Column("etc_otc", sa.String(10)),
        sa.Column("class_name", sa.String(100)),
        sa.Column("form", sa.String(200)),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("permit_date", sa.Date),
        sa.Column("document", BLOB, nullable=False),
        sa.PrimaryKeyConstraint("item_seq", name="pk_product"),
        **OPTIONS,
    )
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
    op.create_table(
        "popularity",
        sa.Column("item_seq", key(9), nullable=False),
        sa.Column("bookmark_count", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("item_seq", name="pk_popularity"),
        **OPTIONS,
    )
    op.create_index("ix_popularity_changed_at", "popularity", ["changed_at"])
    op.create_table(
        "popular_search",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("term", key(100), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "term", name="pk_popular_search"),
        **OPTIONS,
    )


def downgrade() -> None:
    for table in (
        "popular_search",
        "popularity",
        "product_ingredient",
        "product",
        "ingredient",
        "catalogue_release",
    ):
        op.drop_table(table)
