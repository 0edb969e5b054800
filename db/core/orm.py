"""Tortoise's configuration under the fixed name that its own command line wants: `tortoise makemigrations`."""

from db.core.connect import tortoise_config
from db.core.settings import get_settings

CONFIG = tortoise_config(get_settings())
