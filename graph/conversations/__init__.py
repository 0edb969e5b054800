"""Conversations in the schema."""
