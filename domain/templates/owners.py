"""The WhatsApp Business accounts that templates belong to, and the tokens that may change them."""

from db.senders import Sender, SenderProvider
from db.templates import MessageTemplate
from domain.core.secrets import unseal
from domain.providers.cloud_templates import Owner


def owner(sender: Sender) -> Owner | None:
    """The account of a sender; None where it has none, or no token."""
    if sender.provider is not SenderProvider.CLOUD_API or not sender.business_account_id or not sender.access_token:
        return None
    return Owner(sender.business_account_id, unseal(sender.access_token))


async def owner_of(template: MessageTemplate) -> Owner | None:
    """The account of a template, through any of its senders that is left."""
    return await owner_named(template.business_account_id)


async def owner_named(business_account_id: str | None) -> Owner | None:
    """The same by the account's id."""
    sender = await _any(business_account_id)
    return None if sender is None else owner(sender)


async def sender_of(template: MessageTemplate) -> int | None:
    """Any sender of its account that is left."""
    sender = await _any(template.business_account_id)
    return None if sender is None else sender.id


async def _any(business_account_id: str | None) -> Sender | None:
    found = Sender.filter(business_account_id=business_account_id, deleted_at=None).exclude(access_token=None)
    return await found.order_by("-is_default", "id").first()
