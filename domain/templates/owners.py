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
    sender = (
        await Sender.filter(business_account_id=business_account_id, deleted_at=None)
        .exclude(access_token=None)
        .order_by("-is_default", "id")
        .first()
    )
    return None if sender is None else owner(sender)
