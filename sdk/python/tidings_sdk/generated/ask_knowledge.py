from pydantic import Field

from .base_model import BaseModel
from .fragments import KnowledgeAnswerFields


class AskKnowledge(BaseModel):
    ask_knowledge: "AskKnowledgeAskKnowledge" = Field(alias="askKnowledge")


AskKnowledgeAskKnowledge = KnowledgeAnswerFields
AskKnowledge.model_rebuild()
