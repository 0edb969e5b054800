"""Register the simulator's number as the default sender of a running server. `tidings up` does it by itself."""

import argparse

from db.core.settings import get_settings
from tidings.client import Api
from tidings.first_steps import register_simulated_sender
from tidings.kept import kept
from tidings.provide import address
from tidings.running import join


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", help="the GraphQL endpoint; by API_HOST and API_PORT when left out")


def run(given: argparse.Namespace) -> int:
    join()
    settings = get_settings()
    password = settings.admin_password.get_secret_value() or kept(settings.data_dir, "admin_password")
    with Api(given.url or f"{address(settings.api_host, settings.api_port)}/graphql") as api:
        api.sign_in(settings.admin_email, password)
        print("Registered the simulator's number." if register_simulated_sender(api) else "It is registered already.")
    return 0
