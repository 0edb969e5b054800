# Written by codegen.py from asynchronous/: make sdk.
"""The client's parts; the twin without asyncio is written from those with."""
