"""Settings: one typed class, read from the environment and `.env`; every mistake is reported at once."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-secret-not-for-production"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Hosts at which nobody but this machine reaches us."""


class OAuthProvider(BaseModel):
    """An outside identity provider that speaks OpenID Connect."""

    name: str = Field(pattern="^[a-z0-9_-]{1,32}$")
    issuer: str = Field(pattern="^https?://[^/?#]+[^?#]*$")
    client_id: str
    client_secret: SecretStr = SecretStr("")
    scope: str = "openid email profile"
    allowed_domains: list[str] = []
    """Whose people become users, as VIEWER, when they first sign in."""


class Settings(BaseSettings):
    """What an installation is told from outside. Names are those of the environment variables, in lower case."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    environment: Literal["development", "test", "production"] = "development"
    database_url: str = Field(
        default="", description="PostgreSQL 18 or later; empty: `tidings up` starts an embedded one."
    )
    redis_url: str = Field(default="", description="Redis or Valkey; empty: `tidings up` starts an embedded one.")
    data_dir: Path = Field(
        default=Path("data"),
        description="Where files lie, and what embedded services store; one folder for API and workers.",
    )
    s3_bucket: str = Field(
        default="",
        pattern=r"^[\w.-]*$",
        description="Where files lie in place of the folder: a bucket of S3, or of what speaks like it.",
    )
    aws_endpoint_url: str = Field(
        default="",
        pattern="^(https?://[^/]+.*)?$",
        validation_alias=AliasChoices("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
        description="Where that is, such as http://minio:9000; empty: at Amazon.",
    )
    aws_region: str = Field(default="us-east-1", validation_alias=AliasChoices("AWS_REGION", "AWS_DEFAULT_REGION"))
    aws_access_key_id: str = Field(default="", description="Opens the bucket; empty: the role of the machine does.")
    aws_secret_access_key: SecretStr = SecretStr("")
    secret_key: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_SECRET), description="Signs tokens and encrypts secrets; 32 bytes or more."
    )
    secret_keys_old: list[SecretStr] = Field(
        default=[], description="What SECRET_KEY was before, newest first: what they signed and encrypted still holds."
    )

    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8000, ge=0, le=65535, description="0: any free port.")
    public_url: str = Field(default="", description="Where clients reach the API; empty: http://API_HOST:API_PORT.")
    cors_origins: list[str] = Field(default=["*"], description="Origins of browsers; * not in production.")
    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65520,
        description="Where workers tell their figures: the first free of 16 ports from it on.",
    )
    metrics_host: str = Field(default="127.0.0.1", description="The address of it.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_file: Path | None = Field(
        default=Path("logs/whatsapp_backend.log"), description="Also log here, rotated, as JSON; -: to no file."
    )

    admin_email: str = Field(default="admin@example.com", description="Email of the first user, made by migrate.")
    admin_password: SecretStr = Field(default=SecretStr(""), description="Their password; empty: no user is made.")
    admin_token: SecretStr = Field(default=SecretStr(""), description="Also taken from X-Admin-Token; 32 or more.")
    oauth_providers: list[OAuthProvider] = Field(
        default=[], max_length=10, description="Identity providers that users may sign in with."
    )
    access_token_seconds: int = Field(default=3600, ge=60, le=86400)
    refresh_token_days: int = Field(default=30, ge=1, le=365)
    session_days: int = Field(
        default=90, ge=1, le=3650, description="After so many a session ends, however often it was renewed."
    )

    whatsapp_api_url: str = Field(default="", description="Cloud API; empty: `tidings up` starts the simulator.")
    whatsapp_api_version: str = "v26.0"
    whatsapp_app_secret: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("WHATSAPP_APP_SECRET", "WHATSAPP_WEBHOOK_SECRET"),
        description="Signs the webhooks that WhatsApp sends us.",
    )
    whatsapp_verify_token: SecretStr = Field(default=SecretStr(""), description="Of the webhook's handshake.")

    waha_url: str = Field(default="", description="WAHA, such as http://waha:3000; empty: none.")
    waha_api_key: SecretStr = Field(default=SecretStr(""), description="Opens WAHA's API.")
    waha_hmac_key: SecretStr = Field(default=SecretStr(""), description="Signs the webhooks that WAHA sends us.")

    send_grace: float = Field(
        default=900, gt=0, description="Seconds that a lost answer waits for its receipt; see docs/decisions.md."
    )
    send_rate: float | None = Field(
        default=None, ge=0.1, le=10000, description="Messages a second of each sender, whatever WhatsApp says of it."
    )
    message_delay: int = Field(
        default=0, ge=0, le=3600, description="Seconds between messages of a WAHA sender, until a setting says else."
    )
    sender_switch_delay: int = Field(
        default=0, ge=0, le=3600, description="Seconds where sending goes on with another WAHA sender, until then."
    )
    event_retention_days: int = Field(default=30, ge=1, description="Until a setting says else.")
    database_pool: int = Field(default=10, ge=2, le=100, description="Connections of one process.")
    api_statement_seconds: int = Field(
        default=20, ge=1, le=60, description="That a statement of the API may take; the workers' have 60."
    )
    disk_reserve_gb: float = Field(
        default=2,
        ge=0,
        description="GiB that stay free on the disk of DATA_DIR: uploads are refused, and health says so.",
    )
    worker_threads: int = Field(default=8, ge=1, le=64, description="Jobs that one worker process does at a time.")
    health_addresses: list[str] | None = Field(
        default=None,
        description="May read /health/detailed without a token. Unset: this machine, but none in production.",
    )
    openai_base_url: str = Field(
        default="https://api.openai.com/v1",
        description="Any endpoint that speaks like OpenAI's, without /chat/completions.",
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), description="Of that endpoint; many in one's house need none."
    )
    openai_model: str = Field(default="", description="Which model answers; empty: the bot answers without one.")
    openai_fallback_model: str = Field(default="", description="Which one does where that fails; empty: none.")
    openai_embedding_model: str = Field(
        default="", description="What finds passages by their meaning; empty: they are found by their words alone."
    )
    openai_timeout: float = Field(default=20, gt=0, le=120, description="Seconds that one call may take.")
    rate_limits: bool = Field(
        default=True, description="off: callers may ask as often as they like, for load tests; not in production."
    )
    introspection: bool | None = Field(default=None, description="Unset: on, but off in production.")
    graphiql: bool | None = Field(default=None, description="Unset: on, but off in production.")

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def own_url(self) -> str:
        """Where clients reach the API, without a slash at its end."""
        return self.public_url.rstrip("/") or f"http://{self.api_host}:{self.api_port}"

    @field_validator("log_file", mode="before")
    @classmethod
    def _no_file(cls, value: object) -> object:
        return None if value == "-" else value

    @model_validator(mode="after")
    def _keys_come_in_pairs(self) -> "Settings":
        if self.s3_bucket and bool(self.aws_access_key_id) is not bool(self.aws_secret_access_key.get_secret_value()):
            raise ValueError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together: set both, or none for a role")
        return self

    @model_validator(mode="after")
    def _safe_in_production(self) -> "Settings":
        """Production starts with no default and no missing secret."""
        if self.introspection is None:
            self.introspection = not self.production
        if self.graphiql is None:
            self.graphiql = not self.production
        if self.health_addresses is None:
            # In production a proxy on this machine may stand before the API, and everyone would come from there.
            self.health_addresses = [] if self.production else ["127.0.0.1", "::1"]
        if not self.production:
            return self
        waha = bool(self.waha_url)
        faults = [
            (_weak(self.secret_key), "SECRET_KEY must be set, 32 characters or more"),
            (
                any(map(_weak, self.secret_keys_old)),
                "SECRET_KEYS_OLD must hold keys of 32 characters or more, and not the one for development",
            ),
            (
                any(provider.issuer.startswith("http:") for provider in self.oauth_providers),
                "OAUTH_PROVIDERS must have issuers of https",
            ),
            (not self.whatsapp_app_secret.get_secret_value(), "WHATSAPP_APP_SECRET must be set"),
            (not self.whatsapp_verify_token.get_secret_value(), "WHATSAPP_VERIFY_TOKEN must be set"),
            (not self.whatsapp_api_url, "WHATSAPP_API_URL must be set, such as Meta's Graph API"),
            (
                0 < len(self.admin_token.get_secret_value()) < 32,
                "ADMIN_TOKEN must have 32 characters or more, or be empty",
            ),
            (waha and not self.waha_api_key.get_secret_value(), "WAHA_API_KEY must be set, as WAHA_URL is"),
            (waha and not self.waha_hmac_key.get_secret_value(), "WAHA_HMAC_KEY must be set, as WAHA_URL is"),
            (not self.database_url, "DATABASE_URL must be set"),
            (not self.redis_url, "REDIS_URL must be set"),
            (not self.rate_limits, "RATE_LIMITS must be on"),
            ("*" in self.cors_origins, "CORS_ORIGINS must list origins, not *"),
            (any(origin.startswith("http:") for origin in self.cors_origins), "CORS_ORIGINS must be https"),
            # A send may take half a minute; what is decided while it is under way may be sent twice.
            (self.send_grace < 60, "SEND_GRACE must be 60 or more"),
        ]
        if wrong := [what for is_wrong, what in faults if is_wrong]:
            raise ValueError("; ".join(wrong))
        return self


def _weak(key: SecretStr) -> bool:
    """Whether others know it or could guess it: what an old key signed holds as well."""
    return key.get_secret_value() == DEVELOPMENT_SECRET or len(key.get_secret_value()) < 32


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
