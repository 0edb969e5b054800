"""Programs that use the SDKs."""

from tests.clients.conftest import readers as readers
