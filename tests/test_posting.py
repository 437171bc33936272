"""What leaves the site, put together from settings; and nothing is enqueued that nobody delivers."""

import ast
from pathlib import Path

import pytest

from pillnuts.accounts.oauth.config import Providers
from pillnuts.accounts.oauth.unlink import unlinking
from pillnuts.kernel.db import Database
from pillnuts.kernel.web import ROOT
from pillnuts.notifications.service import WaysOut, delivering
from pillnuts.posting import IncompleteError, ways_out
from pillnuts.settings import Settings

SENS = {"sens_access_key": "key", "sens_secret_key": "hidden", "sens_service_id": "ncp:sms:kr:1:x"} | {
    "sens_from": "0212345678"
}
SMTP = {"smtp_host": "mail.pillnuts.test", "mail_from": "noreply@pillnuts.test"}


def ways(**given: str) -> WaysOut:
    settings = Settings.model_validate({"home": Path("somewhere"), **given})
    return ways_out(settings.sens, settings.smtp, settings.mailbox)


def test_nothing_is_sent_until_something_is_set() -> None:
    found = ways()

    assert (found.sms, found.mail) == (False, False)
    assert found == WaysOut()


def test_production_has_no_mailbox_and_development_has() -> None:
    assert ways(environment="production").mailbox is None

    found = ways(environment="development")
    assert found.mailbox == Path("somewhere").absolute() / "mailbox.jsonl"
    assert (found.sms, found.mail) == (True, True)


def test_the_settings_reach_the_senders() -> None:
    found = ways(**SENS, **SMTP, smtp_username="me", smtp_password="hidden", smtp_port="465")  # noqa: S106 -- nobody's

    assert found.sens
    assert found.smtp
    assert (found.sens.sender, found.sens.url) == ("0212345678", "https://sens.apigw.ntruss.com")
    assert (found.smtp.port, found.smtp.security, found.smtp.password) == (465, "starttls", "hidden")
    assert "hidden" not in repr(found)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (
            {"sens_access_key": "key"},
            "PILLNUTS_SENS_SECRET_KEY, PILLNUTS_SENS_SERVICE_ID, PILLNUTS_SENS_FROM",
        ),
        ({**SENS, "sens_from": ""}, "PILLNUTS_SENS_FROM"),
        ({**SENS, "sens_from": "02-1234-5678"}, "숫자만"),
        ({"smtp_host": "mail.pillnuts.test"}, "PILLNUTS_MAIL_FROM"),
        ({**SMTP, "smtp_username": "me"}, "PILLNUTS_SMTP_PASSWORD"),
        ({**SMTP, "smtp_username": "me", "smtp_password": "x", "smtp_security": "none"}, "starttls"),
    ],
)
def test_half_a_provider_is_refused_by_name(given: dict[str, str], missing: str) -> None:
    with pytest.raises(IncompleteError, match=missing):
        ways(**given)


async def test_whatever_is_enqueued_anywhere_has_a_handler() -> None:
    database = Database("sqlite://")
    async with delivering(WaysOut()) as messages, unlinking(Providers(), database) as unlinks:
        known = {*messages, *unlinks}
    await database.close()

    enqueued = {name for source in sorted((ROOT / "src").rglob("*.py")) for name in names_in(source)}
    assert enqueued <= known


def names_in(source: Path) -> set[str]:
    """The names under which a module enqueues: written at the call, or put into a variable just before."""
    tree = ast.parse(source.read_text())
    asked = [
        call.args[1]
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "enqueue"
    ]
    found: set[str] = set()
    for name in asked:
        constants = [name] if isinstance(name, ast.Constant) else assigned(tree, ast.unparse(name))
        assert constants, f"{source}: say plainly what is enqueued, not {ast.unparse(name)}"
        found |= {str(constant.value) for constant in constants}
    return found


def assigned(tree: ast.Module, variable: str) -> list[ast.Constant]:
    pairs: list[tuple[ast.expr, ast.expr | None]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign):
            pairs.append((node.target, node.value))
        elif isinstance(node, ast.Assign):
            pairs += [pair for target in node.targets for pair in unpacked(target, node.value)]
    return [
        value
        for target, value in pairs
        if ast.unparse(target) == variable and isinstance(value, ast.Constant)
    ]


def unpacked(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def test_the_names_are_found_where_they_hide(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text(
        "NAME: Final = 'a.one'\n"
        "outbox.enqueue(session, NAME, {})\n"
        "outbox.enqueue(session, 'a.two', {})\n"
        "name, other = 'a.three', subject\n"
        "tools.outbox.enqueue(session, name, {})\n"
    )
    assert names_in(source) == {"a.one", "a.two", "a.three"}

    source.write_text("outbox.enqueue(session, whatever(), {})\n")
    with pytest.raises(AssertionError, match="say plainly"):
        names_in(source)
