"""Begin accounts.

Revision ID: 0004
Revises: 0003
"""

import logging

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.exc import DBAPIError

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

log = logging.getLogger(__name__)

COLLATION = "utf8mb4_bin"
OPTIONS = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": COLLATION}
MOMENT = (
    sa.DateTime()
    .with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    .with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ID, DIGEST, SEALED = 20, 64, 1000


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(mysql.VARCHAR(length, collation=COLLATION), "mysql", "mariadb")


def of_account(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_account_id_account"
    return sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    _people()
    _sessions()
    _proofs()
    _records()
    for statement in TRIGGERS[op.get_context().dialect.name]:
        _guard(statement)


def downgrade() -> None:
    # The triggers leave with their table; only the function of PostgreSQL would stay.
    for table in (
        "departure",
        "audit",
        "signing_key",
        "recovery_code",
        "second_factor",
        "consent",
        "verification",
        "refresh_token",
        "account_session",
        "account",
    ):
        op.drop_table(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_only_added_to()")


def _people() -> None:
    op.create_table(
        "account",
        sa.Column("id", key(ID), nullable=False),
        sa.Column("login_id", key(20)),
        sa.Column("password_hash", sa.String(255)),
        sa.Column("role", key(12), nullable=False),
        sa.Column("phone", sa.String(SEALED)),
        sa.Column("phone_key", key(DIGEST)),
        sa.Column("email", sa.String(SEALED)),
        sa.Column("email_key", key(DIGEST)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("age_checked_at", MOMENT, nullable=False),
        sa.Column("password_changed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("login_id", name="uq_account_login_id"),
        sa.UniqueConstraint("phone_key", name="uq_account_phone_key"),
        sa.UniqueConstraint("email_key", name="uq_account_email_key"),
        **OPTIONS,
    )
    op.create_table(
        "consent",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("account_id", key(ID), nullable=False),
        sa.Column("kind", key(12), nullable=False),
        sa.Column("version", key(10), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        of_account("consent"),
        **OPTIONS,
    )
    op.create_index("ix_consent_account_id", "consent", ["account_id"])


def _sessions() -> None:
    op.create_table(
        "account_session",
        sa.Column("id", key(ID), nullable=False),
        sa.Column("account_id", key(ID), nullable=False),
        sa.Column("device", sa.String(60), nullable=False),
        sa.Column("methods", key(60), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_account_session"),
        of_account("account_session"),
        **OPTIONS,
    )
    op.create_index("ix_account_session_account_id", "account_session", ["account_id"])
    op.create_index("ix_account_session_expires_at", "account_session", ["expires_at"])
    op.create_table(
        "refresh_token",
        sa.Column("digest", key(DIGEST), nullable=False),
        sa.Column("session_id", key(ID), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("nonce", key(DIGEST)),
        sa.PrimaryKeyConstraint("digest", name="pk_refresh_token"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["account_session.id"],
            name="fk_refresh_token_session_id_account_session",
            ondelete="CASCADE",
        ),
        **OPTIONS,
    )
    op.create_index("ix_refresh_token_session_id", "refresh_token", ["session_id"])
    op.create_table(
        "signing_key",
        sa.Column("kid", key(ID), nullable=False),
        sa.Column("public", sa.String(500), nullable=False),
        sa.Column("private", sa.String(SEALED), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("signs_from", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT),
        sa.PrimaryKeyConstraint("kid", name="pk_signing_key"),
        **OPTIONS,
    )


def _proofs() -> None:
    op.create_table(
        "verification",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("purpose", key(12), nullable=False),
        sa.Column("target_key", key(DIGEST), nullable=False),
        sa.Column("browser_key", key(DIGEST), nullable=False),
        sa.Column("code_digest", key(DIGEST)),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.Column("verified_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_verification"),
        sa.UniqueConstraint(
            "target_key", "purpose", "browser_key", name="uq_verification_target_key_purpose_browser_key"
        ),
        **OPTIONS,
    )
    op.create_index("ix_verification_asked_at", "verification", ["asked_at"])
    op.create_table(
        "second_factor",
        sa.Column("account_id", key(ID), nullable=False),
        sa.Column("secret", sa.String(SEALED), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_second_factor"),
        of_account("second_factor"),
        **OPTIONS,
    )
    op.create_table(
        "recovery_code",
        sa.Column("digest", key(DIGEST), nullable=False),
        sa.Column("account_id", key(ID), nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("digest", name="pk_recovery_code"),
        of_account("recovery_code"),
        **OPTIONS,
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])


def _records() -> None:
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("action", key(40), nullable=False),
        sa.Column("result", key(12), nullable=False),
        sa.Column("account_id", key(ID)),
        sa.Column("by", key(60), nullable=False),
        sa.Column("address", key(16)),
        sa.Column("request_id", key(64)),
        sa.Column("detail", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        **OPTIONS,
    )
    op.create_index("ix_audit_account_id_at", "audit", ["account_id", "at"])
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "departure",
        sa.Column("receipt", key(ID), nullable=False),
        sa.Column("left_at", MOMENT, nullable=False),
        sa.Column("erased", sa.String(1000), nullable=False),
        sa.Column("by_person", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("receipt", name="pk_departure"),
        **OPTIONS,
    )


# Never changed, and let go of only after two years, when nobody may look back any further.
_ONLY_ADDED_TO_MYSQL = "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit is only added to'"
TRIGGERS = {
    "sqlite": (
        """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
           BEGIN SELECT RAISE(ABORT, 'audit is only added to'); END""",
        """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.at > datetime('now', '-730 days')
           BEGIN SELECT RAISE(ABORT, 'audit is only added to'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF TG_OP = 'DELETE' AND OLD.at < now() - interval '730 days' THEN RETURN OLD; END IF;
           RAISE EXCEPTION 'audit is only added to'; END $$""",
        """CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
           FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to()""",
        """CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
           FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()""",
    ),
    "mysql": (
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW {_ONLY_ADDED_TO_MYSQL}",
        f"""CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW
            IF OLD.at > UTC_TIMESTAMP() - INTERVAL 730 DAY THEN {_ONLY_ADDED_TO_MYSQL}; END IF""",
    ),
}
TRIGGERS["mariadb"] = TRIGGERS["mysql"]


def _guard(statement: str) -> None:
    """Put a trigger on the log. A managed MySQL may forbid triggers; the code alone then only adds."""
    if not op.get_context().dialect.name.startswith(("mysql", "maria")):
        op.execute(statement)
        return
    try:
        op.execute(statement)
    except DBAPIError as error:
        log.warning("the audit log is not guarded by a trigger: %s", error.orig)
