"""The rules: check, write, record the event."""

VERSION = "0.1.0"
"""Of the product; pyproject.toml reads it here, since the image runs from its source and is not installed."""
