"""Message templates, and what WhatsApp knows of them."""

from graph.templates.roots import TemplatesMutation, TemplatesQuery
from graph.templates.types import MessageTemplate

__all__ = ["MessageTemplate", "TemplatesMutation", "TemplatesQuery"]
