"""Putting the web process together: settings, adapters, features, and the server that runs it."""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from functools import partial
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
import uvicorn
from fastapi import Request
from starlette.types import Lifespan

from pillnuts import posting, releases
from pillnuts.accounts import own_routes
from pillnuts.accounts import routes as accounts
from pillnuts.accounts import tools as accounts_tools
from pillnuts.accounts.cookies import Cookies
from pillnuts.accounts.doors import Doors
from pillnuts.accounts.hashing import Cost
from pillnuts.accounts.housekeeping import SECONDS as TIDY_SECONDS
from pillnuts.accounts.housekeeping import tidy
from pillnuts.accounts.oauth import links as oauth_links
from pillnuts.accounts.oauth import routes as oauth_routes
from pillnuts.accounts.oauth import upkeep as oauth_upkeep
from pillnuts.accounts.oauth.talk import Talks
from pillnuts.accounts.pages import routes as account_pages
from pillnuts.accounts.pages.texts import Responsible
from pillnuts.accounts.tools import Caps, Tools
from pillnuts.catalogue import routes as catalogue
from pillnuts.compare import routes as compare
from pillnuts.kernel import gallery, logs
from pillnuts.kernel.app import WebApp
from pillnuts.kernel.db import Database
from pillnuts.kernel.metrics import Metrics
from pillnuts.kernel.rates import Rates
from pillnuts.kernel.server import OPTIONS
from pillnuts.kernel.static import Static
from pillnuts.kernel.tasks import Job, repeating
from pillnuts.kernel.web import environment
from pillnuts.notifications.mailbox import Mailbox
from pillnuts.notifications.routes import mailbox_pages
from pillnuts.posting import login_providers, ways_out
from pillnuts.search import routes as search
from pillnuts.search.counting import CountedSearches
from pillnuts.search.service import PopularSearches, exchange
from pillnuts.secrecy import is_loopback, site_secret
from pillnuts.settings import Settings

log = structlog.get_logger(__name__)

KOREA: Final = timezone(timedelta(hours=9))
SEARCHES_SECONDS: Final = 60.0
"""How often a web process tells what was searched for, and hears what the others counted."""

DESCRIPTION: Final = (
    "식품의약품안전처 공공데이터로 의약품을 찾고, 성분을 보고, 견줍니다. "
    "의학적 진단이 아닌 정보 제공입니다. 오류는 RFC 9457 problem+json으로 답합니다."
)


def create_web_app(settings: Settings) -> WebApp:
    """The web process. It starts without a database, a release or a snapshot, and says what it lacks."""
    development = settings.environment == "development"
    database = Database(settings.database)
    snapshots = releases.snapshots(settings.releases)
    searches = PopularSearches()
    metrics = Metrics()
    child = (settings.database, settings.releases, settings.log_level, settings.log_format)
    follower = releases.Follower(database, snapshots, metrics, child, settings.stale_days)
    static = Static(reload=development)
    templates = environment(reload=development)
    templates.globals["static"] = static.address

    def context(_request: Request) -> dict[str, Any]:
        return {
            "release": releases.info(snapshots.current),
            "freshness": follower.freshness(),
            "development": development,
        }

    app = WebApp(
        title="필넛츠 Pillnuts",
        version=version("pillnuts"),
        description=DESCRIPTION,
        database=database,
        snapshots=snapshots,
        templates=templates,
        context=context,
        metrics=metrics,
        epoch=follower.epoch,
        cache_bytes=settings.cache_bytes,
        cache_seconds=settings.cache_seconds,
        around_cache=lambda cached: CountedSearches(cached, searches),
        lifespan=_lifespan(settings, follower, searches, metrics),
    )
    app.state.popular_searches = searches
    # Routes are tried one after another: what is asked for most, first; `suggest` before any item code.
    for feature in (search, catalogue, compare):
        app.include_router(feature.api, prefix="/api/v1")
        app.include_router(feature.pages)
    _open_accounts(app, settings)
    app.shortcuts["/api/v1/compare"] = compare.shortcut
    app.state.ways_out = ways_out(settings.sens, settings.smtp, settings.mailbox)
    if development:
        app.include_router(gallery.pages)
    if app.state.ways_out.mailbox:
        mailbox = Mailbox(app.state.ways_out.mailbox)
        app.include_router(mailbox_pages(mailbox, open_to_all=settings.mailbox_open))
    app.mount("/static", static)
    return app


def make_accounts(settings: Settings, database: Database, metrics: Metrics | None = None) -> Tools:
    """What accounts work with. Raises NoSecretError; touches neither database nor network yet."""
    secret = secret_of(settings)
    older = tuple(one.get_secret_value() for one in settings.older_secrets)
    caps = Caps(
        sms_spacing_seconds=settings.sms_spacing_seconds,
        sms_daily_per_number=settings.sms_daily_per_number,
        sms_daily_per_address=settings.sms_daily_per_address,
        sms_daily=settings.sms_daily,
        mail_daily=settings.mail_daily,
    )
    tools = accounts_tools.make(
        secret,
        older=older,
        database=database,
        outbox=posting.outbox(secret, older=older),
        rates=Rates(settings.redis_url.get_secret_value() or None, secret=secret, metrics=metrics),
        site_url=settings.site,
        cost=Cost(settings.password_memory_kib, settings.password_rounds),
        caps=caps,
    )
    oauth_links.register(tools)
    return tools


def secret_of(settings: Settings) -> str:
    """The site's secret. Raises NoSecretError when the site must not start without a better one."""
    return site_secret(
        settings.secret.get_secret_value(),
        home=settings.home,
        host=settings.host,
        database=settings.database,
        site=settings.site_url,
    )


def _open_accounts(app: WebApp, settings: Settings) -> None:
    """Cookies and doors; the tools behind them are made when the process starts."""
    site = urlsplit(settings.site)
    # Without TLS a browser would drop secure cookies; on this machine nobody listens in between.
    app.state.cookies = Cookies(secure=not (site.scheme == "http" and is_loopback(site.hostname or "")))
    app.add_middleware(Doors, cookies=app.state.cookies, site_url=settings.site_url)
    app.include_router(accounts.api, prefix="/api/v1")
    app.include_router(own_routes.api, prefix="/api/v1")
    app.include_router(accounts.pages)
    app.include_router(account_pages.pages)
    app.state.responsible = Responsible(
        settings.operator_name, settings.privacy_officer, settings.privacy_contact
    )
    app.state.login_providers = login_providers(settings.login_providers)
    app.include_router(oauth_routes.api, prefix="/api/v1")
    app.include_router(oauth_routes.pages)


def _lifespan(
    settings: Settings, follower: releases.Follower, searches: PopularSearches, metrics: Metrics
) -> Lifespan[WebApp]:
    database = follower.database

    async def exchange_searches() -> None:
        async with database.writing() as session:
            await exchange(session, searches, today=datetime.now(KOREA).date())

    @asynccontextmanager
    async def lifespan(app: WebApp) -> AsyncIterator[None]:
        tools = app.state.accounts = make_accounts(settings, database, metrics)
        # What is there already is served at once; the newest release follows when the database answers.
        await asyncio.to_thread(follower.releases.open_latest)
        # What is loaded by now lasts as long as the process: looking it through again and again made pauses.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 50, 100)  # answers are dropped as soon as they are sent, and hold no cycles
        async with (
            Talks(app.state.login_providers, now=tools.now) as app.state.provider_talks,
            repeating(
                Job("follow releases", follower.look, settings.snapshot_poll_seconds),
                Job("count searches", exchange_searches, SEARCHES_SECONDS),
                Job("tidy accounts", partial(tidy, tools), TIDY_SECONDS),
                Job("tidy providers", partial(oauth_upkeep.tidy, tools), oauth_upkeep.SECONDS),
            ),
        ):
            yield
        tools.passwords.close()
        await tools.rates.close()
        await database.close()

    return lifespan


def web_app() -> WebApp:
    """The application for a server that starts it by name; settings come from the environment."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    return create_web_app(settings)


def run_web(settings: Settings) -> None:
    """Serve until a signal ends it."""
    secret_of(settings)
    logs.configure(settings.log_level, settings.log_format)
    if settings.site_url and not (
        settings.operator_name and settings.privacy_officer and settings.privacy_contact
    ):
        log.warning("privacy policy names nobody", set="OPERATOR_NAME, PRIVACY_OFFICER, PRIVACY_CONTACT")
    several = settings.web_processes > 1
    if several:
        _share_metrics(settings)
        if not settings.redis_url.get_secret_value():
            log.warning(
                "each process counts tries by itself", processes=settings.web_processes, set="REDIS_URL"
            )
    uvicorn.run(
        "pillnuts.main:web_app" if several else create_web_app(settings),
        factory=several,
        host=settings.host,
        port=settings.port,
        workers=settings.web_processes,
        forwarded_allow_ips=settings.trusted_proxies,
        **OPTIONS,
    )


def _share_metrics(settings: Settings) -> None:
    """Give the web processes a folder in which they add up their counts; those of an earlier run go."""
    folder = settings.home / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
