"""What the settings say of the providers, and the fakes run by hand."""

import subprocess
import sys

import httpx
import pytest

from pillnuts.accounts.oauth.config import Providers
from pillnuts.posting import IncompleteError, login_providers
from pillnuts.settings import Settings

from .registered import settings


def configured(**given: str) -> Providers:
    return login_providers(Settings.model_validate(given).login_providers)


def test_nothing_is_offered_until_something_is_set() -> None:
    assert list(configured()) == []


def test_the_settings_reach_the_providers_and_stay_secret() -> None:
    found = configured(**settings("http://127.0.0.1:1"))

    assert [one.name for one in found] == ["kakao", "naver", "google"]
    kakao, naver, google = found
    assert (kakao.url, kakao.api_url, kakao.app_id) == (
        "http://127.0.0.1:1/kauth",
        "http://127.0.0.1:1/kapi",
        "654321",
    )
    assert (kakao.oidc, naver.oidc, google.oidc) == (True, False, True)
    assert (kakao.pkce, naver.pkce, google.pkce) == (True, False, True)
    assert google.keys_url == "http://127.0.0.1:1/www"
    assert "hidden" not in repr(found)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"naver_client_id": "x"}, "PILLNUTS_NAVER_CLIENT_SECRET"),
        ({"google_client_secret": "x"}, "PILLNUTS_GOOGLE_CLIENT_ID"),
    ],
)
def test_half_a_provider_is_refused_by_name(given: dict[str, str], missing: str) -> None:
    with pytest.raises(IncompleteError, match=missing):
        configured(**given)


def test_kakao_may_do_without_a_secret() -> None:
    assert [one.name for one in configured(kakao_client_id="x")] == ["kakao"]


def test_run_by_hand_they_tell_the_settings_and_ask_as_a_provider_does() -> None:
    command = [sys.executable, "-m", "tests.providers", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            told = dict(next(running.stdout).rstrip("\n").split("=", 1) for _ in settings(""))
            way = {
                "client_id": told["PILLNUTS_KAKAO_CLIENT_ID"],
                "response_type": "code",
                "state": "s",
                "redirect_uri": "http://127.0.0.1:8000/account/providers/kakao/return",
            }
            page = httpx.get(f"{told['PILLNUTS_KAKAO_URL']}/oauth/authorize", params=way)
        finally:
            running.terminate()

    assert "동의하고 계속하기" in page.text
    assert "취소" in page.text
