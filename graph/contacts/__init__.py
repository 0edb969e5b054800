"""Contacts, their phone numbers and consent, and imports."""
