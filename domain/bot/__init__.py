"""The bot: it answers people from what it knows, until a person takes over."""
