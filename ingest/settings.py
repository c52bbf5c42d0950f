"""All settings, read once from the environment and `.env`, then frozen."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Final, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import WrongUsage

LOCAL_MODEL: Final = "all-MiniLM-L6-v2"
LIKE = 0.9  # share of letters that two names have in common, of a slip of the pen


class Settings(BaseSettings):
    """One row a setting: its default and what it does. README and `docs/settings.md` are tested
    against this."""

    model_config = SettingsConfigDict(
        env_prefix="DATELINE_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    data_dir: Path = Field(Path(".dateline"), description="where all state lives")
    model_cache: Path | None = Field(
        None, description="where the embedding graph is cached; default DATA_DIR/models"
    )
    max_article_mb: float = Field(
        5.0, gt=0, description="largest article that is read, in megabytes"
    )
    passage_tokens: int = Field(160, ge=40, le=220, description="longest passage, in cl100k tokens")

    embedding_model: Literal[
        "all-MiniLM-L6-v2", "text-embedding-3-small", "text-embedding-3-large"
    ] = Field(
        LOCAL_MODEL,
        description="model of the vectors; anything but the default asks the model endpoint for them",
    )
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL address of an archive that several processes serve"
    )
    chroma_url: str | None = Field(
        None, description="address of the Chroma server of such an archive"
    )
    chroma_headers: SecretStr | None = Field(
        None, description="headers sent to it, `Name: value`, a semicolon between two"
    )

    uploads: Path | None = Field(
        None,
        description="folder of uploaded files, which all processes of an archive on servers share; "
        "default DATA_DIR/uploads",
    )

    fetch_allow: str = Field(
        "",
        description="hosts, addresses and networks that may be asked though they are not public, "
        "comma-separated, such as intranet.example.org, 10.1.0.0/16",
    )
    fetch_seconds: float = Field(
        30.0, gt=0, le=600, description="longest time for one address, redirects included"
    )
    fetch_a_minute: int = Field(
        60, ge=0, le=100_000, description="requests that one host is sent a minute; 0: any number"
    )
    fetch_pages: int = Field(
        1000,
        ge=1,
        le=1_000_000,
        description="pages of a feed or sitemap that one ingest fetches; the rest comes with the next",
    )

    dense_share: float = Field(
        0.5, ge=0, le=1, description="weight of the vectors against the words in ranking"
    )
    evidence_tokens: int = Field(
        2400, ge=200, description="evidence shown to a model, in cl100k tokens"
    )

    answerer: Literal["auto", "extractive", "openai"] = Field(
        "auto", description="who drafts answers"
    )
    openai_api_key: SecretStr | None = Field(
        None, alias="OPENAI_API_KEY", description="key of the model endpoint"
    )
    openai_base_url: str | None = Field(
        None, alias="OPENAI_BASE_URL", description="address of the model endpoint"
    )
    model: str = Field("gpt-4.1-mini", description="model that drafts answers")
    price: str = Field(
        "",
        description="US dollars for a million tokens that the model reads, and writes, such as "
        "0.40,1.60; empty: no cost is told",
        pattern=r"^\s*(?:\d{1,6}(?:\.\d{1,6})?\s*,\s*\d{1,6}(?:\.\d{1,6})?\s*)?$",
    )
    judge_partial: bool = Field(
        False, description="put claims that are borne out in part to the model: yes or no"
    )
    llm_timeout_seconds: float = Field(30.0, gt=0, description="longest wait for one model call")
    answer_timeout_seconds: float = Field(60.0, gt=0, description="longest time for one answer")

    api_keys: str = Field(
        "", description="keys that may read, comma-separated; empty: no key is asked for"
    )
    admin_keys: str = Field("", description="keys of the role admin, comma-separated")
    max_body_kb: int = Field(1024, ge=16, description="largest request body, in kilobytes")
    public_url: str | None = Field(
        None, description="address under which readers reach this service"
    )

    requests_a_minute: int = Field(
        0, ge=0, le=1_000_000, description="requests that one key has a minute; 0: any number"
    )
    answers_a_minute: int = Field(
        0, ge=0, le=1_000_000, description="of them, answers and checks; 0: any number"
    )
    tokens_a_day: int = Field(
        0,
        ge=0,
        le=10_000_000_000,
        description="tokens of a model that one key has a day; 0: any number",
    )
    key_answers_at_once: int = Field(
        0, ge=0, le=100_000, description="answers that one key may have made at once; 0: any number"
    )
    answers_at_once: int = Field(
        64, ge=1, le=10_000, description="answers that are made at once; more wait their turn"
    )
    answers_waiting: int = Field(
        512, ge=0, le=100_000, description="questions that may wait; more are refused"
    )
    redis_url: SecretStr | None = Field(
        None, description="address of a Redis server that counts them for several processes"
    )

    log_format: Literal["text", "json"] = Field(
        "text", description="log lines of a service: for people, or a JSON object each"
    )
    log_questions: bool = Field(False, description="write the words of questions to the log")
    keep_days: int = Field(
        90,
        ge=0,
        le=36_500,
        description="days that answers, conversations and ratings are kept; 0 keeps none",
    )
    webhook_url: str | None = Field(
        None, description="address that is told when an answer goes stale"
    )
    webhook_secret: SecretStr | None = Field(
        None, description="what it is signed with: `whsec_` and 24 to 64 random bytes in base64"
    )
    url: str | None = Field(
        None, description="another Dateline service that `dateline slack` asks; default this one"
    )
    key: SecretStr | None = Field(
        None, description="key that is sent to DATELINE_URL, and with which Slack asks"
    )

    cors_origins: str = Field(
        "",
        description="origins whose pages may call this API from a browser, comma-separated, such "
        "as https://desk.example.org",
        pattern=r"^\s*(?:[a-z][a-z0-9+.-]*://[^\s/,*]+\s*(?:,\s*|$))*$",
    )

    slack_bot_token: SecretStr | None = Field(
        None, alias="SLACK_BOT_TOKEN", description="Slack bot token"
    )
    slack_signing_secret: SecretStr | None = Field(
        None, alias="SLACK_SIGNING_SECRET", description="Slack signing secret"
    )
    slack_app_token: SecretStr | None = Field(
        None, alias="SLACK_APP_TOKEN", description="Slack app token, for `dateline slack`"
    )
    slack_settings: Path | None = Field(
        None, description="file of what each Slack channel may ask, and how it is answered"
    )
    slack_api_url: str = Field("https://slack.com/api/", description="address of the Slack Web API")

    @property
    def on_servers(self) -> bool:
        """Whether the archive is on servers, where several processes share it."""
        return self.database_url is not None

    def cost_usd(self, tokens_read: int, tokens_written: int) -> float | None:
        """US dollars that the model asks for them; None where its price is not set."""
        if not self.price.strip():
            return None
        reading, writing = map(float, self.price.split(","))
        return round((tokens_read * reading + tokens_written * writing) / 1e6, 8)

    @property
    def uploads_dir(self) -> Path:
        return self.uploads or self.data_dir / "uploads"

    @property
    def openai_url(self) -> str:
        """Always said, so that the SDK reads no variable of its own, which may be set but empty."""
        return self.openai_base_url or "https://api.openai.com/v1"

    @property
    def model_dir(self) -> Path:
        return self.model_cache or self.data_dir / "models"

    @property
    def reader_keys(self) -> tuple[str, ...]:
        return tuple(k.strip() for k in self.api_keys.split(",") if k.strip())

    @property
    def writer_keys(self) -> tuple[str, ...]:
        return tuple(k.strip() for k in self.admin_keys.split(",") if k.strip())

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        return tuple(o.strip().lower() for o in self.cors_origins.split(",") if o.strip())

    @property
    def drafts_with_model(self) -> bool:
        """Whether answers are drafted by a model: asked for, or `auto` with a key or an address
        set."""
        if self.answerer == "auto":
            return bool(self.openai_api_key or self.openai_base_url)
        return self.answerer == "openai"


def read_settings() -> Settings:
    """The settings of this process; one that is empty counts as not set. A bad value, and a name
    that is nearly one of ours, raise WrongUsage naming the variable, never echoing a secret."""
    ours = {_variable(name, field) for name, field in Settings.model_fields.items()}
    # a misspelt one would be as if it were not there: a service without its keys
    for name in {*os.environ, *dotenv_values(".env")} - ours:
        if name.startswith("DATELINE_") and (like := get_close_matches(name, ours, 1, LIKE)):
            raise WrongUsage(f"{name} is no setting; did you mean {like[0]}?")
    try:
        settings = Settings()
        if (settings.database_url is None) != (settings.chroma_url is None):
            raise WrongUsage(
                "DATELINE_DATABASE_URL and DATELINE_CHROMA_URL go together: set both, or neither"
            )
        return settings
    except UnicodeDecodeError as error:
        raise WrongUsage(".env is not UTF-8: save it as UTF-8") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0])
        field = Settings.model_fields.get(name)
        variable = name if name.isupper() or field is None else _variable(name, field)
        wrong = first["msg"]
        if field is not None and first["type"] == "string_pattern_mismatch":
            wrong = f"what it says is not {field.description}"
        elif first["type"] == "bool_parsing":
            wrong = "write true or false"
        raise WrongUsage(
            f"{variable}: {wrong}; correct it in the environment or in .env"
        ) from error


def _variable(name: str, field: FieldInfo) -> str:
    return field.alias or f"DATELINE_{name.upper()}"
