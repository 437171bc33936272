"""The endpoints of the three providers, after what their documents say and what is seen of them."""

import asyncio
import base64
import hashlib
import html
import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .registered import ADMIN_KEY, CLIENT_IDS, ISSUERS, PEOPLE, SECRETS, Grant, Person, Standing

CODE_SECONDS = 600
FAULTS = {
    "token_500": "토큰 요청에 500으로 답합니다.",
    "token_slow": "토큰 요청에 9초 뒤에 답합니다.",
    "token_429": "토큰 요청에 429로 답합니다.",
    "token_html": "토큰 요청에 HTML로 답합니다.",
    "no_id_token": "토큰에 id_token이 없습니다.",
    "no_access_token": "토큰에 access_token이 없습니다.",
    "bad_signature": "id_token의 서명이 다른 열쇠의 것입니다.",
    "unsigned": "id_token의 alg가 none입니다.",
    "wrong_aud": "id_token이 다른 앱의 것입니다.",
    "wrong_azp": "id_token의 azp가 다른 앱입니다.",
    "wrong_iss": "id_token의 iss가 다릅니다.",
    "bare_iss": "Google의 iss에 https://가 없습니다.",
    "wrong_nonce": "id_token의 nonce가 다릅니다.",
    "no_nonce": "id_token에 nonce가 없습니다.",
    "expired": "id_token의 기한이 지났습니다.",
    "no_exp": "id_token에 기한이 없습니다.",
    "no_sub": "id_token에 sub가 없습니다.",
    "number_sub": "id_token의 sub가 수입니다.",
    "old_login": "auth_time이 한 시간 앞입니다.",
    "jwks_500": "열쇠 요청에 500으로 답합니다.",
    "foreign_jwks": "네이버의 discovery가 다른 곳의 열쇠를 가리킵니다.",
    "me_500": "프로필 요청에 500으로 답합니다.",
    "me_no_id": "프로필에 id가 없습니다.",
    "me_failed_200": "네이버 프로필이 200으로 실패합니다.",
    "me_code_200": "네이버 프로필이 사람을 말하면서도 resultcode가 00이 아닙니다.",
    "me_slow": "프로필 요청에 9초 뒤에 답합니다.",
    "unlink_500": "연결 끊기에 500으로 답합니다.",
}


class Providers:
    """All three, with what they remember and what is broken just now."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.standing = Standing()
        self.faults: set[str] = set()
        self.scopes: list[str] = []
        self.slow_seconds = 9.0
        self._keys = [self._made()]
        self._foreign = self._made()

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is not published any more."""
        self._keys = [self._made()]

    def agree(self, provider: str, query: dict[str, str], person: Person) -> str:
        """Say yes as a person does on the provider's page; gives where the browser is sent."""
        code = secrets.token_urlsafe(24)
        self.standing.codes[code] = Grant(
            provider,
            person,
            query["redirect_uri"],
            query.get("state", ""),
            query.get("nonce"),
            query.get("code_challenge"),
            query.get("access_type") == "offline",
            self.clock(),
        )
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query.get('state', '')})}"

    def refuse(self, query: dict[str, str]) -> str:
        """Say no."""
        said = {"error": "access_denied", "error_description": "User denied access", "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(said)}"

    def app(self) -> Starlette:
        routes: list[Route] = []
        for provider, host, path in (
            ("kakao", "kauth", "/oauth/authorize"),
            ("naver", "nid", "/oauth2.0/authorize"),
            ("naver", "nid", "/oauth2/authorize"),
            ("google", "accounts", "/o/oauth2/v2/auth"),
        ):
            routes.append(Route(f"/{host}{path}", self._bound(self._authorize, provider)))
            routes.append(Route(f"/{host}{path}/decide", self._bound(self._decide, provider)))
        for provider, host, path in (
            ("kakao", "kauth", "/oauth/token"),
            ("naver", "nid", "/oauth2.0/token"),
            ("naver", "nid", "/oauth2/token"),
            ("google", "oauth2", "/token"),
        ):
            routes.append(Route(f"/{host}{path}", self._bound(self._token, provider), methods=["POST"]))
        routes += [
            Route("/kauth/.well-known/jwks.json", self._jwks),
            Route("/nid/.well-known/openid-configuration", self._naver_discovery),
            Route("/nid/oauth2/jwks", self._jwks),
            Route("/www/oauth2/v3/certs", self._jwks),
            Route("/kapi/v2/user/me", self._kakao_me, methods=["GET", "POST"]),
            Route("/kapi/v1/user/unlink", self._kakao_unlink, methods=["POST"]),
            Route("/openapi/v1/nid/me", self._naver_me),
            Route("/oauth2/revoke", self._google_revoke, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    def _bound(self, endpoint: Callable[..., Any], provider: str) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            self.standing.asked.append((request.method, request.url.path))
            answered: Response = await endpoint(request, provider)
            return answered

        return answer

    # --- where people are sent

    async def _authorize(self, request: Request, provider: str) -> Response:
        query = dict(request.query_params)
        if (wrong := self._misconfigured(provider, request.url.path, query)) is not None:
            return HTMLResponse(f"<h1>{wrong}</h1>", 400)
        self.scopes.append(query.get("scope", ""))
        links = "".join(
            f'<p><a href="{html.escape(f"{request.url.path}/decide?{request.url.query}&person={number}")}">'
            f"{person.name}(으)로 동의하고 계속하기</a></p>"
            for number, person in enumerate(PEOPLE)
        )
        no = html.escape(f"{request.url.path}/decide?{request.url.query}&person=-1")
        return HTMLResponse(f'<h1>{provider}</h1>{links}<p><a href="{no}">취소</a></p>')

    async def _decide(self, request: Request, provider: str) -> Response:
        query = dict(request.query_params)
        number = int(query.pop("person"))
        if number < 0:
            return RedirectResponse(self.refuse(query), 302)
        return RedirectResponse(self.agree(provider, query, PEOPLE[number]), 302)

    def _misconfigured(self, provider: str, path: str, query: dict[str, str]) -> str | None:
        if query.get("client_id") != CLIENT_IDS[provider]:
            return "KOE101" if provider == "kakao" else "invalid_client"
        if not query.get("redirect_uri", "").endswith(f"/account/providers/{provider}/return"):
            return "KOE006" if provider == "kakao" else "redirect_uri_mismatch"
        oidc = provider != "naver" or "/oauth2/" in path
        if provider == "naver" and oidc and "openid" not in query.get("scope", ""):
            return "invalid_scope"
        plain = query.get("code_challenge") and query.get("code_challenge_method") != "S256"
        if plain or query.get("response_type") != "code" or not query.get("state"):
            return "invalid_request"
        return None

    # --- tokens

    async def _token(self, request: Request, provider: str) -> Response:
        if (broken := await self._broken_token()) is not None:
            return broken
        form = {name: str(value) for name, value in (await request.form()).items()}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_IDS[provider], SECRETS[provider]):
            return self._error(provider, "invalid_client", "KOE010", status=401)
        match form.get("grant_type"):
            case "authorization_code":
                return self._for_code(provider, form)
            case "refresh_token":
                return self._refreshed(provider, form)
            case "delete" if provider == "naver":
                return self._naver_delete(form)
        return self._error(provider, "unsupported_grant_type", "KOE009")

    def _refreshed(self, provider: str, form: dict[str, str]) -> Response:
        grant = self.standing.refresh.get(form["refresh_token"])
        if grant is None or (provider, grant.person.subject(provider)) not in self.standing.connected:
            return self._error(provider, "invalid_grant", "KOE322")
        return JSONResponse(self._tokens(grant, with_refresh=False))

    def _for_code(self, provider: str, form: dict[str, str]) -> Response:
        code = form.get("code", "")
        grant = self.standing.codes.get(code)
        missing = grant is None or grant.provider != provider or grant.spent
        if grant is None or missing or self.clock() - grant.began > CODE_SECONDS:
            return self._error(
                provider,
                "invalid_request" if provider == "naver" else "invalid_grant",
                "KOE320",
                # Kakao's words repeat the code.
                f"authorization code not found for code={code}" if provider == "kakao" else "Bad Request",
            )
        if provider != "naver" and form.get("redirect_uri") != grant.redirect_uri:
            return self._error(provider, "redirect_uri_mismatch", "KOE303")
        if provider == "naver" and form.get("state") != grant.state:
            return self._error(provider, "invalid_request", "")
        if grant.challenge is not None and _s256(form.get("code_verifier", "")) != grant.challenge:
            return self._error(provider, "invalid_grant", "KOE310")
        grant.spent = True
        self.standing.connected.add((provider, grant.person.subject(provider)))
        with_refresh = provider != "google" or grant.offline
        return JSONResponse(
            self._tokens(grant, with_refresh=with_refresh), media_type="application/json;charset=UTF-8"
        )

    def _tokens(self, grant: Grant, *, with_refresh: bool) -> dict[str, Any]:
        access, provider = secrets.token_urlsafe(32), grant.provider
        self.standing.access[access] = grant
        said: dict[str, Any] = {"token_type": "bearer", "access_token": access, "expires_in": 3599}
        if provider == "naver":
            said["expires_in"] = "3600"  # a string, here alone
        if with_refresh:
            said["refresh_token"] = refresh = secrets.token_urlsafe(32)
            self.standing.refresh[refresh] = grant
        if grant.nonce is not None:
            said["id_token"] = self.id_token(grant)
        for fault, member in (("no_id_token", "id_token"), ("no_access_token", "access_token")):
            if fault in self.faults:
                said.pop(member, None)
        return said

    def id_token(self, grant: Grant) -> str:
        """Say who it is, as broken as it is to be."""
        now, provider = int(self.clock()), grant.provider
        claims: dict[str, Any] = {
            "iss": ISSUERS[provider],
            "aud": CLIENT_IDS[provider],
            "sub": grant.person.subject(provider),
            "iat": now,
            "exp": now + 3600,
            "nonce": grant.nonce,
            "email": grant.person.email,
            "email_verified": grant.person.email_verified,
        }
        if provider != "google":
            claims["auth_time"] = now - (3600 if "old_login" in self.faults else 0)
        changes: dict[str, dict[str, Any]] = {
            "wrong_aud": {"aud": "another-app"},
            "wrong_azp": {"aud": [CLIENT_IDS[provider], "another-app"], "azp": "another-app"},
            "wrong_iss": {"iss": "https://accounts.example.com"},
            "bare_iss": {"iss": ISSUERS[provider].removeprefix("https://")},
            "wrong_nonce": {"nonce": "another"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
            "number_sub": {"sub": 7},
        }
        for fault in self.faults:
            claims |= changes.get(fault, {})
        for fault, name in (("no_nonce", "nonce"), ("no_sub", "sub"), ("no_exp", "exp")):
            if fault in self.faults:
                del claims[name]
        key = self._keys[-1]
        if "unsigned" in self.faults:
            head = _b64(json.dumps({"alg": "none", "kid": key.kid}).encode())
            return f"{head}.{_b64(json.dumps(claims).encode())}."
        signing = self._foreign if "bad_signature" in self.faults else key
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, signing)

    async def _broken_token(self) -> Response | None:
        if "token_slow" in self.faults:
            await asyncio.sleep(self.slow_seconds)
        if "token_500" in self.faults:
            return JSONResponse({"msg": "internal error", "code": -1}, 500)
        if "token_429" in self.faults:
            return JSONResponse({"error": "KOE237"}, 429)
        if "token_html" in self.faults:
            return HTMLResponse("<html>점검 중입니다</html>")
        return None

    def _error(
        self, provider: str, error: str, code: str, description: str = "", *, status: int = 400
    ) -> Response:
        said = {"error": error, "error_description": description or "no valid data in session"}
        if provider == "kakao":
            said["error_code"] = code
        return JSONResponse(said, 200 if provider == "naver" else status)  # Naver's come with 200

    # --- who it is

    async def _jwks(self, request: Request) -> Response:
        self.standing.asked.append((request.method, request.url.path))
        if "jwks_500" in self.faults:
            return JSONResponse({}, 500)
        published = KeySet(list(self._keys)).as_dict(private=False)
        return JSONResponse(published, headers={"Cache-Control": "public, max-age=20000, must-revalidate"})

    async def _naver_discovery(self, request: Request) -> Response:
        url = str(request.url).removesuffix("/.well-known/openid-configuration")
        if "foreign_jwks" in self.faults:
            url = "https://keys.example.com"
        return JSONResponse({"issuer": ISSUERS["naver"], "jwks_uri": f"{url}/oauth2/jwks"})

    async def _kakao_me(self, request: Request) -> Response:
        grant = self._bearer(request)
        if "me_500" in self.faults:
            return JSONResponse({"msg": "internal", "code": -1}, 500)
        if grant is None:
            return JSONResponse({"msg": "this access token does not exist", "code": -401}, 401)
        said = {
            "id": grant.person.kakao,
            "connected_at": "2022-04-11T01:45:28Z",
            # Every member of kakao_account may be missing.
            "kakao_account": {"has_email": True, "is_email_valid": True, "is_email_verified": False},
        }
        if "me_no_id" in self.faults:
            del said["id"]
        return JSONResponse(said)

    async def _naver_me(self, request: Request) -> Response:
        self.standing.asked.append((request.method, request.url.path))
        grant = self._bearer(request)
        if "me_slow" in self.faults:
            await asyncio.sleep(self.slow_seconds)
        if "me_500" in self.faults:
            return JSONResponse({"resultcode": "500"}, 500)
        if grant is None or "me_failed_200" in self.faults:
            failed = {"resultcode": "024", "message": "Authentication failed (인증에 실패했습니다.)"}
            return JSONResponse(failed, 200 if "me_failed_200" in self.faults else 401)
        person = {"id": grant.person.naver, "email": grant.person.email}
        if "me_no_id" in self.faults:
            del person["id"]
        code = "024" if "me_code_200" in self.faults else "00"
        return JSONResponse({"resultcode": code, "message": "success", "response": person})

    # --- ending it

    async def _kakao_unlink(self, request: Request) -> Response:
        self.standing.asked.append((request.method, request.url.path))
        if "unlink_500" in self.faults:
            return JSONResponse({"msg": "internal", "code": -1}, 500)
        form = dict(await request.form())
        subject = str(form.get("target_id", ""))
        if request.headers.get("authorization") != f"KakaoAK {ADMIN_KEY}":
            grant = self._bearer(request)
            if grant is None:
                return JSONResponse({"msg": "this access token does not exist", "code": -401}, 401)
            subject = grant.person.subject("kakao")
        if ("kakao", subject) not in self.standing.connected:
            return JSONResponse({"msg": "NotRegisteredUserException", "code": -101}, 400)
        self.standing.connected.discard(("kakao", subject))
        return JSONResponse({"id": int(subject)})

    def _naver_delete(self, form: dict[str, str]) -> Response:
        grant = self.standing.access.get(form.get("access_token", ""))
        if grant is None:
            return self._error("naver", "invalid_request", "")
        self.standing.connected.discard(("naver", grant.person.naver))
        return JSONResponse({"access_token": form["access_token"], "result": "success"})

    async def _google_revoke(self, request: Request) -> Response:
        self.standing.asked.append((request.method, request.url.path))
        token = str((await request.form()).get("token", ""))
        grant = self.standing.refresh.get(token) or self.standing.access.get(token)
        if grant is None or ("google", grant.person.google) not in self.standing.connected:
            return JSONResponse({"error": "invalid_token"}, 400)
        self.standing.connected.discard(("google", grant.person.google))
        return JSONResponse({})

    def _bearer(self, request: Request) -> Grant | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return self.standing.access.get(token) if scheme == "Bearer" else None

    def _made(self) -> RSAKey:
        return RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig", "alg": "RS256"})


def _s256(verifier: str) -> str:
    return _b64(hashlib.sha256(verifier.encode()).digest())


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
