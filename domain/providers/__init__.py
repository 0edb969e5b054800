"""The ways to WhatsApp, one for each provider."""

from db.senders import SenderProvider
from domain.providers.base import Account, Provider
from domain.providers.cloud_api import CloudApi
from domain.providers.waha import Waha


def of(account: Account) -> Provider:
    """The way of a sender's account."""
    return Waha(account) if account.provider is SenderProvider.WAHA else CloudApi(account)
