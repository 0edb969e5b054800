"""A server that speaks like OpenAI's, and answers as a test tells it to."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from db.core.settings import get_settings

Answer = Callable[["Model", web.Request, dict[str, Any]], Any]


def said(content: Any, *, tokens: int | None = 120) -> web.Response:
    """The usual answer: `content` as it is, or as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    body: dict[str, Any] = {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}
    if tokens is not None:
        body["usage"] = {"prompt_tokens": tokens - 20, "completion_tokens": 20, "total_tokens": tokens}
    return web.json_response(body)


def answering(text: str | None = "Thirty days.", **given: Any) -> web.Response:
    """What a good model answers."""
    usual = {"answer": text, "confidence": 0.9, "escalate": False, "mood": 0.0, "sources": [1]}
    return said({**usual, **given})


class Model:
    """What was asked, and what is answered: each of `answers` once, the last one from then on."""

    def __init__(self, *answers: Any) -> None:
        self.url = ""
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.listed: Callable[[], Awaitable[web.Response]] | None = None
        """What answers in place of the list of models."""
        self.headers: dict[str, str] = {}
        """Of each answer."""

    async def complete(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization"))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, web.Response):
            # One that is sent is spent.
            return web.Response(body=answer.body, status=answer.status, headers={**answer.headers, **self.headers})
        return answer

    async def list_models(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer a-key":
            return web.json_response({"error": {"message": "Incorrect API key provided."}}, status=401)
        if self.listed is not None:
            return await self.listed()
        models = [{"id": name, "object": "model"} for name in ("small", "large")]
        return web.json_response({"object": "list", "data": models}, headers=self.headers)

    @property
    def data(self) -> dict[str, Any]:
        """What the user's message of the last call held."""
        return json.loads(self.asked[-1]["messages"][1]["content"])

    @property
    def rules(self) -> str:
        return self.asked[-1]["messages"][0]["content"]

    @property
    def models(self) -> list[str]:
        return [each["model"] for each in self.asked]


@asynccontextmanager
async def serving(*answers: Any) -> AsyncIterator[Model]:
    """A model that whoever knows its address may ask."""
    made = Model(*answers)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", made.complete)
    app.router.add_get("/v1/models", made.list_models)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/"
    try:
        yield made
    finally:
        await runner.cleanup()


@asynccontextmanager
async def model(*answers: Any, **given: str) -> AsyncIterator[Model]:
    """A model that is configured meanwhile; `given` are further settings of the environment."""
    async with serving(*answers) as made:
        with pytest.MonkeyPatch.context() as patch:
            values = {"OPENAI_BASE_URL": made.url, "OPENAI_API_KEY": "a-key", "OPENAI_MODEL": "large", **given}
            for name, value in values.items():
                patch.setenv(name, value)
            get_settings.cache_clear()
            try:
                yield made
            finally:
                patch.undo()
                get_settings.cache_clear()
