"""`python -m simulator`: serve until SIGTERM or SIGINT."""

import argparse
import asyncio
import gc
import json
import logging
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import uvloop
from aiohttp import web

from simulator.app import make_app
from simulator.cloud import Cloud
from simulator.scripts import ScriptError, Step, read
from simulator.settings import SettingError, add_flags, from_flags

log = logging.getLogger("simulator")


def _tell_ready(ready_file: Path, url: str) -> None:
    """Written aside and renamed, so that a reader never sees half of it."""
    aside = ready_file.with_name(f"{ready_file.name}.{os.getpid()}")
    aside.write_text(json.dumps({"url": url, "pid": os.getpid()}))
    aside.replace(ready_file)


async def _serve(cloud: Cloud, script: Sequence[Step], host: str, port: int, ready_file: Path | None) -> None:
    runner = web.AppRunner(make_app(cloud, script), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
        url = f"http://{host}:{runner.addresses[0][1]}"
        stop = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, stop.set)
        if ready_file is not None:
            _tell_ready(ready_file, url)
        log.info(
            "simulator on %s (a page to write as a customer), webhooks to %s",
            url,
            cloud.settings.webhook_url or "nobody",
        )
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> None:
    """Read the flags and serve; flags that cannot be used end it with status 2."""
    parser = argparse.ArgumentParser(
        prog="simulator",
        description="A stand-in for WhatsApp: the Cloud API and WAHA, and a page to write as a customer.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9900, help="port; 0 picks a free one")
    parser.add_argument("--ready-file", type=Path, help='gets {"url", "pid"} once it serves')
    parser.add_argument("--script", type=Path, help="what is to happen when: TOML, as in examples/faults.toml")
    parser.add_argument("--time-scale", type=float, default=1.0, help="how fast time runs; 3600: an hour a second")
    add_flags(parser)
    parsed = parser.parse_args()
    try:
        settings = from_flags(parsed)
        script = read(parsed.script) if parsed.script else []
        if parsed.time_scale <= 0:
            raise SettingError("--time-scale must be above 0.")
    except (SettingError, ScriptError) as error:
        parser.error(str(error))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    # A million ledger rows live for ever: walking them again and again would cost more than all the sends.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    cloud = Cloud(settings)
    cloud.clock.change(scale=parsed.time_scale)
    uvloop.run(_serve(cloud, script, parsed.host, parsed.port, parsed.ready_file))


if __name__ == "__main__":
    main()
