"""Checks of what lies outside: WhatsApp, and what the world may know."""

from collections.abc import Iterator

import httpx

from db.core.settings import DEVELOPMENT_SECRET, LOOPBACK, Settings
from tidings.doctor.finding import Finding


def check_secrets(settings: Settings) -> Iterator[Finding]:
    """Production refuses to start on these; elsewhere they are worth knowing when others can reach the API."""
    if settings.api_host in LOOPBACK:
        return
    if settings.secret_key.get_secret_value() == DEVELOPMENT_SECRET:
        yield Finding(
            f"Others reach the API on {settings.api_host}, and SECRET_KEY is the default: they can sign in as anyone.",
            'Set SECRET_KEY: python -c "import secrets; print(secrets.token_urlsafe(48))"',
        )
    if not settings.production:
        yield Finding(
            f"Others reach the API on {settings.api_host}, and ENVIRONMENT is {settings.environment}.",
            "Set ENVIRONMENT=production, or API_HOST=127.0.0.1.",
        )


def check_public_address(settings: Settings) -> Iterator[Finding]:
    if settings.production and not settings.public_url.startswith("https://"):
        yield Finding(
            f"PUBLIC_URL is {settings.public_url or 'empty'}: WhatsApp delivers webhooks to https addresses only.",
            "Set PUBLIC_URL to the https address under which the world reaches the API.",
        )


def check_whatsapp(settings: Settings) -> Iterator[Finding]:
    url = settings.whatsapp_api_url
    if not url:
        yield Finding("WhatsApp is simulated: WHATSAPP_API_URL is empty.")
        return
    try:
        httpx.get(url, timeout=10.0)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        yield Finding(
            f"WhatsApp's API at {url} does not answer: {str(error) or type(error).__name__}.",
            "Mend WHATSAPP_API_URL (Meta: https://graph.facebook.com); a proxy or firewall may stand between.",
        )
    else:
        yield Finding(f"WhatsApp's API answers at {url}.")


def check_waha(settings: Settings) -> Iterator[Finding]:
    if not settings.waha_url:
        yield Finding("WAHA is not used: WAHA_URL is empty.")
        return
    key = settings.waha_api_key.get_secret_value()
    try:
        answer = httpx.get(f"{settings.waha_url.rstrip('/')}/api/sessions", headers={"X-Api-Key": key}, timeout=10.0)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        yield Finding(
            f"WAHA at {settings.waha_url} does not answer: {str(error) or type(error).__name__}.",
            "Mend WAHA_URL, or start WAHA.",
        )
        return
    if answer.status_code == 401:
        yield Finding(f"WAHA at {settings.waha_url} refuses WAHA_API_KEY.", "Set WAHA_API_KEY to the key of WAHA.")
    elif not answer.is_success:
        yield Finding(f"WAHA at {settings.waha_url} answers HTTP {answer.status_code}.", "Look into WAHA's log.")
    else:
        yield Finding(f"WAHA answers at {settings.waha_url}.")
    if not settings.waha_hmac_key.get_secret_value():
        yield Finding(
            "WAHA_HMAC_KEY is empty: anyone who reaches /webhooks/waha may write there.",
            'Set WAHA_HMAC_KEY: python -c "import secrets; print(secrets.token_urlsafe(48))"',
        )
