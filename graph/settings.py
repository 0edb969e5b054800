"""Settings that are changed while it runs."""

from typing import Annotated

import strawberry

from domain import settings
from domain.health import integrations as services
from graph.core.context import Info
from graph.core.fields import arg, column, computed, mutation, query
from graph.core.inputs import given, optional


@strawberry.type(description="Bounds.")
class LimitSettings:
    max_message_length: int = column("Characters in one text message, in UTF-16 units; 4096 unless changed.")
    max_file_size_mb: int = column("Size of a document in MB; 10 unless changed. Other kinds keep WhatsApp's bounds.")
    messages_per_hour: int | None = column(
        "Messages an hour, for each sender; null: 1000 for WAHA, no limit for the Cloud API, which has its own."
    )
    max_query_cost: int = column("Cost of one operation; see @cost. 5000 unless changed.")
    event_retention_days: int = column("Days that events are kept; EVENT_RETENTION_DAYS, else 30, unless changed.")
    max_conversation_length: int = column(
        "Newest messages of a conversation that the bot takes into account; 1000 unless changed."
    )
    rate_limit_per_minute: int = column("Mutations a minute, for each user or token; 100 unless changed.")
    rate_limit_per_hour: int = column("Mutations an hour, for each user or token; 1000 unless changed.")
    queries_per_minute: int = column("Queries and subscriptions a minute, for each user or token; 1000 unless changed.")
    anonymous_calls_per_minute: int = column(
        "Operations a minute from each address without credentials, each mutation field counting; 100 unless changed."
    )
    calls_per_second: int = column("Operations a second, for each caller of any kind; 20 unless changed.")
    fail_open: bool = column(
        "While Redis is away each process counts calls by itself; true: nobody does. Attempts to sign in are counted "
        "either way. False unless changed."
    )


@strawberry.type(
    description=(
        "Pauses of WAHA senders between messages, in whole seconds; what passes is between three quarters and five "
        "quarters of them, by chance."
    )
)
class DelaySettings:
    message_delay: int = column("Between two messages of one sender; MESSAGE_DELAY, else 0, unless changed.")
    sender_switch_delay: int = column(
        "When sending goes on with another sender; SENDER_SWITCH_DELAY, else 0, unless changed."
    )


@strawberry.type(description="Rules of STOP and START: whole messages, compared without case, accents and punctuation.")
class ConsentSettings:
    stop_words: list[str] = column("Words that opt out, besides the built-in ones of each language.")
    start_words: list[str] = column("Words that opt in again, besides the built-in ones.")
    opt_out_reply: str | None = column("What to answer to an opt-out; null: nothing.")
    opt_in_reply: str | None = column("What to answer to an opt-in; null: nothing.")


@strawberry.type(description="What is switched on; all of it but openRegistration, unless changed.")
class FeatureSettings:
    rag_enabled: bool = column("The bot looks things up in uploaded documents.")
    sentiment_analysis: bool = column("Messages of contacts are rated for their mood.")
    auto_escalation: bool = column(
        "The bot escalates when it is unsure, when the contact is upset, or when asked for a person."
    )
    multilingual_support: bool = column("The bot answers in the language it is written to.")
    open_registration: bool = column("Anyone may register, and becomes VIEWER, who reads nearly everything.")


@strawberry.type(description="Rules of the bot.")
class BotSettings:
    debounce: float = column(
        "Silence of a contact after which the bot answers all that came before, in seconds; 2 unless changed."
    )
    hand_back_after: int | None = column(
        "Silence of operator and contact after which a conversation goes back to the bot, in seconds; null: never."
    )
    escalation_threshold: float = column(
        "Confidence below which the bot escalates instead of answering, 0 to 1; 0.5 unless changed."
    )
    language: str = column("Language of the bot where it may not use the contact's, by ISO 639; en unless changed.")
    daily_token_budget: int | None = column(
        "Tokens a day (of UTC), for all models; above it the bot answers without one. 2,000,000 unless changed."
    )


@strawberry.type(description="An outside service.")
class Integration:
    name: str = column("Which: whatsapp_business_api, waha or openai (any endpoint that speaks like OpenAI's).")
    connected: bool = column("Whether it is configured and answers: WhatsApp and WAHA through a sender that may send.")
    webhook_url: str | None = column("Where it should post to us; null for one that posts nothing.")
    models: list[str] = column("Language models that it offers, at most 200; empty where it has no list of them.")
    rate_limit: int | None = column("Calls a minute that it allows; null when it has not said so in the last minute.")


@strawberry.type(description="Bounds and rules in force.")
class Settings:
    environment: str = column("Environment: development, test or production.")
    version: str = column("Version of the product.")
    limits: LimitSettings = column("Bounds.")
    delays: DelaySettings = column("Pauses between messages.")
    consent: ConsentSettings = column("Rules of STOP and START.")
    features: FeatureSettings = column("What is switched on.")
    bot: BotSettings = column("Rules of the bot.")

    @computed("Outside services, as they were found within the last minute.", graphql_type=list[Integration], size=3)
    @staticmethod
    async def integrations(info: Info) -> list[services.Integration]:
        return await services.integrations(info.context.viewer)


@strawberry.input(description="Changes to bounds.")
class LimitSettingsInput:
    max_message_length: int | None = optional("Characters in one text message, 1 to 4096.")
    max_file_size_mb: int | None = optional("Size of a document in MB, 1 to 100.")
    messages_per_hour: int | None = optional("Messages an hour, for each sender, 1 to 10000000.")
    max_query_cost: int | None = optional("Cost of one operation, 100 to 100000.")
    event_retention_days: int | None = optional("Days that events are kept, 1 to 3650.")
    max_conversation_length: int | None = optional(
        "Newest messages of a conversation that the bot takes into account, 1 to 1000."
    )
    rate_limit_per_minute: int | None = optional("Mutations a minute, for each user or token, 1 to 100000.")
    rate_limit_per_hour: int | None = optional("Mutations an hour, for each user or token, 1 to 100000.")
    queries_per_minute: int | None = optional(
        "Queries and subscriptions a minute, for each user or token, 1 to 100000."
    )
    anonymous_calls_per_minute: int | None = optional(
        "Operations a minute from each address without credentials, 1 to 100000."
    )
    calls_per_second: int | None = optional("Operations a second, for each caller of any kind, 1 to 10000.")
    fail_open: bool | None = optional("Whether nobody counts calls while Redis is away.")


@strawberry.input(description="Changes to pauses, in whole seconds; in force for the next message.")
class DelaySettingsInput:
    message_delay: int | None = optional("Between two messages of one sender, 0 to 3600.")
    sender_switch_delay: int | None = optional("When sending goes on with another sender, 0 to 3600.")


@strawberry.input(description="Changes to the rules of STOP and START.")
class ConsentSettingsInput:
    stop_words: list[str] | None = optional(
        "Replaces the further words that opt out; at most 200 of up to 50 characters."
    )
    start_words: list[str] | None = optional(
        "Replaces the further words that opt in; at most 200 of up to 50 characters."
    )
    opt_out_reply: str | None = optional("What to answer to an opt-out, 1 to 1000 characters; null: nothing.")
    opt_in_reply: str | None = optional("What to answer to an opt-in, 1 to 1000 characters; null: nothing.")


@strawberry.input(description="Changes to what is switched on.")
class FeatureSettingsInput:
    rag_enabled: bool | None = optional("The bot looks things up in uploaded documents.")
    sentiment_analysis: bool | None = optional("Messages of contacts are rated for their mood.")
    auto_escalation: bool | None = optional("The bot escalates by itself.")
    multilingual_support: bool | None = optional("The bot answers in the language it is written to.")
    open_registration: bool | None = optional("Anyone may register, and becomes VIEWER.")


@strawberry.input(description="Changes to the rules of the bot; in force for the next message.")
class BotSettingsInput:
    debounce: float | None = optional("Silence of a contact after which the bot answers, 0 to 60 seconds.")
    hand_back_after: int | None = optional(
        "Silence after which a conversation goes back to the bot, 60 to 31536000 seconds; null: never."
    )
    escalation_threshold: float | None = optional("Confidence below which the bot escalates, 0 to 1.")
    language: str | None = optional("Language of the bot, by ISO 639, such as en.")
    daily_token_budget: int | None = optional("Tokens a day (of UTC), 0 or more; null: 2,000,000.")


@strawberry.input(
    description="Changes to settings; what is left out stays, and null brings back the value that holds unless changed."
)
class SettingsInput:
    limits: LimitSettingsInput | None = optional("Bounds.")
    delays: DelaySettingsInput | None = optional("Pauses between messages.")
    consent: ConsentSettingsInput | None = optional("Rules of STOP and START.")
    features: FeatureSettingsInput | None = optional("What is switched on.")
    bot: BotSettingsInput | None = optional("Rules of the bot.")


@strawberry.type
class SettingsQuery:
    @query(settings.get, description="Bounds and rules in force.", graphql_type=Settings)
    async def settings(self, info: Info) -> settings.Settings:
        return await settings.get(info.context.viewer)


@strawberry.type
class SettingsMutation:
    @mutation(
        settings.update,
        description="Changes settings; every server and worker follows within 5 seconds.",
        graphql_type=Settings,
    )
    async def update_settings(
        self, info: Info, input: Annotated[SettingsInput, arg("What to change.")]
    ) -> settings.Settings:
        changes = {name: given(section) for name, section in given(input).items()}
        return await settings.update(info.context.viewer, changes)
