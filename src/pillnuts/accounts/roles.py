"""What somebody may do. The command line reads it before anything else is imported."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do."""

    USER = "user"
    COUNSELLOR = "counsellor"
    ADMIN = "admin"

    @property
    def privileged(self) -> bool:
        """Needs a second factor: sees what other people wrote."""
        return self is not Role.USER
