"""Campaigns: a message to an audience."""
