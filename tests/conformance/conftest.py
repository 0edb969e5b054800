"""The toy, for suites that other people wrote."""

from tests.clients.node import node as node
from tests.graph.core.conftest import served as served
