"""How many sends a second the simulator answers on one core while its webhooks go out, and what a send costs.

`python benchmarks/simulator_throughput.py [--sends 30000] [--connections 8] [--depth 16]`, from the top folder

Starts the simulator and a sink for its webhooks, each as a process of its own. The client pipelines raw HTTP/1.1, so
that it is cheaper than what it measures. CPU seconds come from /proc: on a machine with other work they say more than
the rate. The baseline is the same traffic against the sink's bare route: aiohttp alone, no simulator behind it.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import uvloop
from aiohttp import web

_READY_TIMEOUT = 20.0
_DRAIN_TIMEOUT = 60.0


def _cpu_seconds(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(int(each) for each in ticks) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _sink(tell: Callable[[str], object]) -> None:
    """A webhook endpoint that counts statuses, and a bare route that answers like a send."""
    told = 0
    reply = orjson.dumps({"messages": [{"id": "wamid." + "x" * 24}]})

    async def shake(request: web.Request) -> web.Response:
        return web.Response(text=request.query["hub.challenge"])

    async def take(request: web.Request) -> web.Response:
        nonlocal told
        told += (await request.read()).count(b'"status":"')
        return web.Response()

    async def count(_: web.Request) -> web.Response:
        return web.json_response({"told": told})

    async def bare(request: web.Request) -> web.Response:
        orjson.loads(await request.read())
        return web.Response(body=reply, content_type="application/json")

    app = web.Application()
    app.add_routes(
        [
            web.get("/hook", shake),
            web.post("/hook", take),
            web.get("/count", count),
            web.post("/v24.0/{id}/messages", bare),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tell(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.Event().wait()


def _request(number: int) -> bytes:
    to, name = f"+3519{number % 89_999_999 + 10_000_001:08d}", f"Person {number}"
    body = orjson.dumps(
        {
            "messaging_product": "whatsapp",
            "to": to,
            "type": "template",
            "biz_opaque_callback_data": f"0198c0de-0000-7000-8000-{number:012d}",
            "template": {
                "name": "bench",
                "language": {"code": "en"},
                "components": [{"type": "body", "parameters": [{"type": "text", "text": name}]}],
            },
        }
    )
    head = (
        f"POST /v24.0/209900/messages HTTP/1.1\r\nHost: simulator\r\nAuthorization: Bearer bench\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _send(host: str, port: int, numbers: range, depth: int, latencies: list[float]) -> None:
    """Keep `depth` requests on the way over one connection and note how long each reply took."""
    reader, writer = await asyncio.open_connection(host, port)
    waiting: list[float] = []
    at = 0
    try:
        while at < len(numbers) or waiting:
            room = min(depth - len(waiting), len(numbers) - at)
            if room > 0:
                waiting += [time.perf_counter()] * room
                writer.write(b"".join(_request(number) for number in numbers[at : at + room]))
                at += room
            for _ in range(max(1, len(waiting) // 2)):
                head = await reader.readuntil(b"\r\n\r\n")
                if not head.startswith(b"HTTP/1.1 200"):
                    raise SystemExit(head.decode())
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length))
                latencies.append(time.perf_counter() - waiting.pop(0))
    finally:
        writer.close()


async def _load(url: str, first: int, sends: int, connections: int, depth: int) -> tuple[float, list[float]]:
    host, _, port = url.removeprefix("http://").partition(":")
    latencies: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(
        *(
            _send(host, int(port), range(first + n, first + sends, connections), depth, latencies)
            for n in range(connections)
        )
    )
    return time.perf_counter() - started, latencies


def _call(url: str, body: object = None) -> dict[str, Any]:
    data = None if body is None else orjson.dumps(body)
    headers = {"Authorization": "Bearer bench", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as reply:  # loopback only
        return orjson.loads(reply.read())


def _started(command: list[str], ready_file: Path) -> tuple[subprocess.Popen[bytes], str]:
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    until = time.monotonic() + _READY_TIMEOUT
    while time.monotonic() < until and process.poll() is None:
        if ready_file.exists() and ready_file.stat().st_size:
            return process, str(json.loads(ready_file.read_text())["url"])
        time.sleep(0.05)
    process.terminate()
    raise SystemExit(f"{command} did not start")


def _report(name: str, sends: int, seconds: float, cpu: float, latencies: list[float]) -> None:
    ordered = sorted(latencies)
    p50, p95, p99 = (1000 * ordered[round((len(ordered) - 1) * part)] for part in (0.5, 0.95, 0.99))
    print(
        f"{name:<10} {sends / seconds:8.0f} sends/s   cpu {1e6 * cpu / sends:6.1f} µs/send "
        f"= {sends / cpu:6.0f} sends/core-second   p50 {p50:.1f} ms  p95 {p95:.1f} ms  p99 {p99:.1f} ms"
    )


def _measure(folder: Path, sends: int, connections: int, depth: int) -> None:
    sink, sink_url = _started([sys.executable, __file__, "--sink", str(folder / "sink")], folder / "sink")
    flags = ["--port", "0", "--ready-file", str(folder / "simulator"), "--webhook-url", f"{sink_url}/hook"]
    flags += ["--throughput", "0", "--template-review", "0", "--read-share", "1", "--not-on-whatsapp-suffix", ""]
    simulator, url = _started([sys.executable, "-m", "simulator", *flags], folder / "simulator")
    try:
        template = {"name": "bench", "language": "en", "category": "UTILITY"}
        _call(f"{url}/v24.0/318800221144667/message_templates", {**template, "components": [_BODY]})
        time.sleep(0.3)
        uvloop.run(_load(url, 0, 1000, connections, depth))

        before = _cpu_seconds(sink.pid)
        seconds, latencies = uvloop.run(_load(sink_url, 0, sends, connections, depth))
        bare = _cpu_seconds(sink.pid) - before
        _report("bare route", sends, seconds, bare, latencies)

        while _pending(url):
            time.sleep(0.1)
        before, memory = _cpu_seconds(simulator.pid), _resident_mb(simulator.pid)
        seconds, latencies = uvloop.run(_load(url, 1000, sends, connections, depth))
        during = _cpu_seconds(simulator.pid) - before
        _report("simulator", sends, seconds, during, latencies)
        until = time.monotonic() + _DRAIN_TIMEOUT
        while _pending(url) and time.monotonic() < until:
            time.sleep(0.1)
        cpu = _cpu_seconds(simulator.pid) - before
        told = _call(f"{sink_url}/count")["told"]
        print(f"with every webhook told: cpu {1e6 * cpu / sends:.1f} µs/send = {sends / cpu:.0f} sends/core-second")
        print(f"ratio to the bare route (cpu per send, webhooks included): {cpu / bare:.2f}")
        print(f"statuses told {told} of {3 * (sends + 1000)}; memory {_resident_mb(simulator.pid) - memory:+.0f} MB")
        print(orjson.dumps(_call(f"{url}/_simulator/ledger/summary")).decode())
    finally:
        for process in (simulator, sink):
            process.terminate()
            process.wait(10)


_BODY = {"type": "BODY", "text": "Hello {{1}}, your table is ready."}


def _pending(url: str) -> bool:
    return bool(_call(f"{url}/_simulator/health")["webhooks"]["pending"])


def main() -> None:
    """Measure, or be the sink."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sends", type=int, default=30_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--depth", type=int, default=16)
    parser.add_argument("--sink", type=Path, help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    if parsed.sink is not None:
        uvloop.run(_sink(lambda url: parsed.sink.write_text(json.dumps({"url": url}))))
        return
    print(f"{parsed.sends} sends, {parsed.connections} connections, {parsed.depth} deep, {os.cpu_count()} cores")
    print(f"load average before {os.getloadavg()[0]:.2f}")
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), parsed.sends, parsed.connections, parsed.depth)


if __name__ == "__main__":
    main()
