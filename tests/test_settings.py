from pathlib import Path

import pytest
from pydantic import ValidationError

from pillnuts.kernel.web import ROOT
from pillnuts.settings import Settings


def sample() -> dict[str, tuple[str, str]]:
    """Name → (comment above it, value) in `dotenv-sample`."""
    found, comment = {}, ""
    for line in (ROOT / "dotenv-sample").read_text().splitlines():
        if line.startswith("#"):
            comment = line.removeprefix("# ")
        elif line:
            name, value = line.split("=", 1)
            found[name] = (comment, value)
    return found


def test_the_sample_names_and_explains_every_setting() -> None:
    declared = {
        f"PILLNUTS_{name.upper()}": field.description for name, field in Settings.model_fields.items()
    }

    assert {name: comment for name, (comment, _) in sample().items()} == declared


def test_the_sample_holds_the_defaults() -> None:
    from_sample = Settings(_env_file=ROOT / "dotenv-sample")
    defaults = Settings(_env_file=None)

    assert from_sample.database == defaults.database
    exclude = {"database_url"}  # empty in the sample, absent by default: the same address
    assert from_sample.model_dump(exclude=exclude) == defaults.model_dump(exclude=exclude)


def test_the_database_is_a_file_at_home_until_another_is_named(tmp_path: Path) -> None:
    assert Settings(_env_file=None, home=tmp_path).database == f"sqlite:///{tmp_path}/pillnuts.db"
    elsewhere = Settings.model_validate({"database_url": "postgresql://u:hidden@h/d"})
    assert elsewhere.database == "postgresql://u:hidden@h/d"
    assert "hidden" not in repr(elsewhere)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILLNUTS_PORT", "9000")
    assert Settings(_env_file=None).port == 9000


def test_an_impossible_setting_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILLNUTS_WEB_PROCESSES", "0")
    with pytest.raises(ValidationError, match="web_processes"):
        Settings(_env_file=None)
