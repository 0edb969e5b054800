from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import MessageAuthor
from .fragments import (  # noqa: F401
    ContactCardFields,
    MessageFields,
    MessageFieldsCampaign,
    MessageFieldsContact,
    MessageFieldsConversation,
    MessageFieldsDetailsContactsDetails,
    MessageFieldsDetailsInteractiveDetails,
    MessageFieldsDetailsInteractiveReplyDetails,
    MessageFieldsDetailsLocationDetails,
    MessageFieldsDetailsOrderDetails,
    MessageFieldsDetailsUnsupportedDetails,
    MessageFieldsGeneration,
    MessageFieldsMedia,
    MessageFieldsOperator,
    MessageFieldsReferral,
    MessageFieldsReplyTo,
    MessageFieldsSchedule,
    MessageFieldsSender,
    MessageFieldsTemplate,
    OrderItemFields,
)


class Message(BaseModel):
    message: Optional["MessageMessage"]


class MessageMessage(MessageFields):
    reactions: list["MessageMessageReactions"]
    details: Optional[
        Annotated[
            Union[
                "MessageMessageDetailsInteractiveDetails",
                "MessageMessageDetailsInteractiveReplyDetails",
                "MessageMessageDetailsLocationDetails",
                "MessageMessageDetailsContactsDetails",
                "MessageMessageDetailsOrderDetails",
                "MessageMessageDetailsUnsupportedDetails",
            ],
            Field(discriminator="typename__"),
        ]
    ]


class MessageMessageReactions(BaseModel):
    id: str
    content: Optional[str]
    author: MessageAuthor


class MessageMessageDetailsInteractiveDetails(BaseModel):
    typename__: Literal["InteractiveDetails"] = Field(alias="__typename")
    sections: list["MessageMessageDetailsInteractiveDetailsSections"]


class MessageMessageDetailsInteractiveDetailsSections(BaseModel):
    title: Optional[str]
    rows: list["MessageMessageDetailsInteractiveDetailsSectionsRows"]


class MessageMessageDetailsInteractiveDetailsSectionsRows(BaseModel):
    payload: str
    title: str
    description: Optional[str]


class MessageMessageDetailsInteractiveReplyDetails(BaseModel):
    typename__: Literal["InteractiveReplyDetails"] = Field(alias="__typename")


class MessageMessageDetailsLocationDetails(BaseModel):
    typename__: Literal["LocationDetails"] = Field(alias="__typename")


class MessageMessageDetailsContactsDetails(BaseModel):
    typename__: Literal["ContactsDetails"] = Field(alias="__typename")
    cards: list["MessageMessageDetailsContactsDetailsCards"]


MessageMessageDetailsContactsDetailsCards = ContactCardFields


class MessageMessageDetailsOrderDetails(BaseModel):
    typename__: Literal["OrderDetails"] = Field(alias="__typename")
    items: list["MessageMessageDetailsOrderDetailsItems"]


MessageMessageDetailsOrderDetailsItems = OrderItemFields


class MessageMessageDetailsUnsupportedDetails(BaseModel):
    typename__: Literal["UnsupportedDetails"] = Field(alias="__typename")


Message.model_rebuild()
MessageMessage.model_rebuild()
MessageMessageDetailsInteractiveDetails.model_rebuild()
MessageMessageDetailsInteractiveDetailsSections.model_rebuild()
MessageMessageDetailsContactsDetails.model_rebuild()
MessageMessageDetailsOrderDetails.model_rebuild()
