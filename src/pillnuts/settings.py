"""Every environment variable that Pillnuts reads, with its meaning. Only `main` and `cli` import this."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_PROVIDERS = ("kakao_", "naver_", "google_")


class Settings(BaseSettings):
    """Read from `PILLNUTS_…`; a file `.env` in the working folder may hold them too."""

    model_config = SettingsConfigDict(env_prefix="PILLNUTS_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(Path("var"), description="Folder of everything Pillnuts writes: database, releases.")
    database_url: SecretStr | None = Field(
        None,
        description="sqlite:///…, mysql://… (MariaDB too) or postgresql://…; empty: SQLite in home.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for every network.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port to listen on.")
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="Addresses of reverse proxies whose X-Forwarded-For is believed; limits count by it.",
    )
    web_processes: Annotated[int, Field(ge=1, le=64)] = Field(
        1, description="Web processes of one machine; each takes one processor."
    )
    environment: Literal["development", "production"] = Field(
        "production",
        description="development: a gallery of components, templates read again at every request.",
    )
    mailbox_open: bool = Field(
        default=False,
        description="Whether other machines may read the mailbox of development, with everybody's codes.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important lines that are logged."
    )
    log_format: Literal["json", "console"] = Field(
        "json", description="json: one object a line, for machines; console: for a person."
    )
    cache_bytes: Annotated[int, Field(ge=0)] = Field(
        24_000_000, description="Memory of each web process for answers that it keeps."
    )
    cache_seconds: Annotated[int, Field(ge=0)] = Field(
        60, description="How long a browser or a proxy may keep an answer without asking again."
    )
    snapshot_poll_seconds: Annotated[float, Field(gt=0)] = Field(
        5, description="How often a web process looks for a new release and for changed popularity."
    )

    ministry_key: SecretStr = Field(
        SecretStr(""),
        description="Key of data.go.kr for the ministry's data, in either form the portal shows.",
    )
    ministry_url: str = Field(
        "https://apis.data.go.kr/1471000", description="The ministry's gateway, up to the services' paths."
    )
    ministry_paths: dict[str, str] = Field(
        {},
        description="Where the ministry raised a version: name of the operation to its new path, as JSON.",
    )
    ministry_page_size: Annotated[int, Field(ge=1, le=1000)] = Field(
        100, description="Rows asked for at once; lowered by itself where the ministry allows fewer."
    )
    ministry_daily_calls: Annotated[int, Field(ge=1)] = Field(
        1000, description="Calls a day for each data set; the portal's page of a data set says how many."
    )
    ministry_daily_calls_of: dict[str, Annotated[int, Field(ge=1)]] = Field(
        {}, description="Data sets that allow another number: number of the data set to calls, as JSON."
    )
    ministry_at_once: Annotated[int, Field(ge=1, le=32)] = Field(
        4, description="Calls to the ministry that are under way at the same time."
    )
    ministry_spacing_seconds: Annotated[float, Field(ge=0)] = Field(
        0.05, description="Between the beginnings of two calls to the ministry."
    )

    sync_schedule: str = Field(
        "0 2 * * tue",
        description="When workers fetch from the ministry, as in a crontab, Asia/Seoul time; empty: never.",
    )
    stale_days: Annotated[int, Field(ge=1)] = Field(
        21, description="From how many days on data counts as old: every page and `catalogue status` say so."
    )
    worker_poll_seconds: Annotated[float, Field(gt=0)] = Field(
        30, description="How often a worker looks whether something is due."
    )
    lock_seconds: Annotated[float, Field(ge=1)] = Field(
        60, description="How long a process that died on another machine still keeps others from its work."
    )
    worker_metrics_host: str = Field(
        "127.0.0.1", description="Address of the metrics of a worker, http://ADDRESS:PORT/metrics."
    )
    worker_metrics_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, description="Port of the metrics of a worker; 0: none. The web process has those of the data, too."
    )

    secret: SecretStr = Field(
        SecretStr(""),
        description="At least 32 random characters; empty: made in home, for a site of this machine only.",
    )
    older_secrets: list[SecretStr] = Field(
        [], description="Secrets before it, which still open what they sealed, as a JSON list."
    )
    site_url: str = Field(
        "", description="Address that readers know the site by, https://…; empty: the one it listens on."
    )
    operator_name: str = Field(
        "",
        description="Who runs the site (개인정보처리자), for the privacy policy; without it that says so.",
    )
    privacy_officer: str = Field(
        "", description="Name and office of the person in charge of personal data (개인정보 보호책임자)."
    )
    privacy_contact: str = Field("", description="Telephone and e-mail by which that person is reached.")
    password_memory_kib: Annotated[int, Field(ge=19_456)] = Field(
        19_456, description="Memory that checking one password takes (argon2id), in KiB."
    )
    password_rounds: Annotated[int, Field(ge=2)] = Field(
        3, description="Passes over that memory; `pillnuts admin tune` says how many take 50 to 80 ms."
    )
    sms_spacing_seconds: Annotated[int, Field(ge=0)] = Field(
        180, description="Between two text messages to one number, and from one address."
    )
    sms_daily_per_number: Annotated[int, Field(ge=1)] = Field(
        10, description="Text messages a day to one number."
    )
    sms_daily_per_address: Annotated[int, Field(ge=1)] = Field(
        20, description="Text messages a day asked for from one address."
    )
    sms_daily: Annotated[int, Field(ge=0)] = Field(
        500, description="Text messages a day of the whole site: the cap on what they cost."
    )
    mail_daily: Annotated[int, Field(ge=0)] = Field(
        5000, description="Mails with codes a day of the whole site."
    )

    redis_url: SecretStr = Field(
        SecretStr(""),
        description="redis://… in which all processes count together; empty: each counts for itself.",
    )
    sens_access_key: SecretStr = Field(
        SecretStr(""), description="Access key of NAVER Cloud Platform for text messages (SENS); empty: none."
    )
    sens_secret_key: SecretStr = Field(SecretStr(""), description="Secret key that belongs to it.")
    sens_service_id: str = Field("", description="Service of SENS, ncp:sms:kr:….")
    sens_from: str = Field("", description="Number registered with SENS to send from, in digits.")
    sens_url: str = Field("https://sens.apigw.ntruss.com", description="Gateway of SENS.")
    smtp_host: str = Field("", description="Server that takes our mails; empty: none.")
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = Field(587, description="Port of that server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How it is encrypted: starttls (587), tls (465), none (this machine only)."
    )
    smtp_username: str = Field("", description="Login at that server; empty: without.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at that server.")
    mail_from: str = Field("", description="Address that our mails come from.")

    kakao_client_id: str = Field(
        "", description="REST API key of Kakao for signing in by it; empty: not offered."
    )
    kakao_client_secret: SecretStr = Field(
        SecretStr(""), description="Client secret of that app; empty where the console has it off."
    )
    kakao_admin_key: SecretStr = Field(
        SecretStr(""),
        description="Admin key of that app: ends links there, and proves Kakao's unlink callback.",
    )
    kakao_app_id: str = Field("", description="Number of that app, which the unlink callback names.")
    kakao_oidc: bool = Field(default=True, description="Whether OpenID Connect is on in Kakao's console.")
    kakao_url: str = Field("https://kauth.kakao.com", description="Where Kakao signs people in.")
    kakao_api_url: str = Field("https://kapi.kakao.com", description="Where Kakao says who they are.")
    naver_client_id: str = Field(
        "", description="Client ID of Naver for signing in by it; empty: not offered."
    )
    naver_client_secret: SecretStr = Field(SecretStr(""), description="Client secret that belongs to it.")
    naver_oidc: bool = Field(
        default=False, description="Whether to use Naver's OpenID Connect addresses, with PKCE."
    )
    naver_url: str = Field("https://nid.naver.com", description="Where Naver signs people in.")
    naver_api_url: str = Field("https://openapi.naver.com", description="Where Naver says who they are.")
    google_client_id: str = Field(
        "", description="Client ID of Google for signing in by it; empty: not offered."
    )
    google_client_secret: SecretStr = Field(SecretStr(""), description="Client secret that goes with it.")
    google_url: str = Field("https://accounts.google.com", description="Where Google signs people in.")
    google_token_url: str = Field("https://oauth2.googleapis.com", description="Where Google gives tokens.")
    google_keys_url: str = Field("https://www.googleapis.com", description="Where Google publishes its keys.")

    @property
    def database(self) -> str:
        """The address of the database, with its password."""
        given = self.database_url.get_secret_value() if self.database_url else ""
        return given or f"sqlite:///{self.home.absolute() / 'pillnuts.db'}"

    @property
    def site(self) -> str:
        """The address that readers know the site by, without a slash at its end."""
        return self.site_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def releases(self) -> Path:
        """Folder of the snapshots."""
        return self.home / "releases"

    @property
    def sens(self) -> dict[str, str]:
        """What text messages need, by the names of the settings."""
        return self._by_name("sens_access_key", "sens_secret_key", "sens_service_id", "sens_from", "sens_url")

    @property
    def smtp(self) -> dict[str, str]:
        """What mails need, by the names of the settings."""
        return self._by_name(
            "smtp_host", "smtp_port", "smtp_security", "smtp_username", "smtp_password", "mail_from"
        )

    @property
    def login_providers(self) -> dict[str, str]:
        """What signing in by providers needs, by the names of the settings."""
        return self._by_name(*(name for name in type(self).model_fields if name.startswith(_PROVIDERS)))

    @property
    def mailbox(self) -> Path | None:
        """Where development keeps what would leave the house; in production there is no such place."""
        return self.home.absolute() / "mailbox.jsonl" if self.environment == "development" else None

    def _by_name(self, *fields: str) -> dict[str, str]:
        values = ((field, getattr(self, field)) for field in fields)
        return {
            f"PILLNUTS_{field.upper()}": value.get_secret_value()
            if isinstance(value, SecretStr)
            else str(value)
            for field, value in values
        }


def started_with(**options: object) -> Settings:
    """Read the settings; what the command line says instead also counts in every process it starts."""
    given = {f"PILLNUTS_{name.upper()}": str(value) for name, value in options.items() if value is not None}
    os.environ |= given
    return Settings()
