"""The ways to WhatsApp, one for each provider."""

from domain.providers.base import Account, Provider
from domain.providers.cloud_api import CloudApi


def of(account: Account) -> Provider:
    """The way of a sender's account."""
    return CloudApi(account)
