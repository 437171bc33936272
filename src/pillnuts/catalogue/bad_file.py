"""Why a file cannot be taken."""


class BadFileError(Exception):
    """A file that cannot be taken: `name` and `reason` (a Korean sentence)."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class ForeignFileError(BadFileError):
    """Readable, but none of the data sets Pillnuts knows."""
