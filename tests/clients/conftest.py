"""Clients that other people wrote."""

from tests.clients.node import node as node
