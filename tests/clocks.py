"""A clock that a test moves for the processes it starts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pillnuts.kernel.schedule import SEOUL


@dataclass(frozen=True)
class FileClock:
    """The time in Seoul, shifted by what a file says; can be handed to another process."""

    file: Path

    def __call__(self) -> datetime:
        ahead = float(self.file.read_text()) if self.file.exists() else 0.0
        return datetime.now(SEOUL) + timedelta(seconds=ahead)

    def set(self, moment: datetime) -> None:
        """Go on from `moment`."""
        self.file.write_text(str((moment - datetime.now(SEOUL)).total_seconds()))

    def forward(self, **amount: float) -> None:
        """Jump, as `timedelta(**amount)` says."""
        self.set(self() + timedelta(**amount))
