"""A translation service on loopback: it turns words round, so that one sees that it did."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

LANGUAGES = [
    {"code": "de", "name": "German", "targets": ["de", "en", "fr"]},
    {"code": "en", "name": "English", "targets": ["de", "en"]},
]


@dataclass
class FakeLibreTranslate:
    """What it was asked, and how it answers: `says` instead of a translation, with `status`."""

    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    says: Any = None
    status: int = 200

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    async def languages(self, _request: web.Request) -> web.Response:
        """Answer GET /languages."""
        return web.json_response(LANGUAGES)

    async def translate(self, request: web.Request) -> web.Response:
        """Answer POST /translate."""
        wish = await request.json()
        self.asked.append(wish)
        if self.says is not None or self.status != 200:
            return web.json_response(self.says, status=self.status)
        answer: dict[str, Any] = {"translatedText": [f"{wish['target']}: {text}" for text in wish["q"]]}
        if wish["source"] == "auto":
            answer["detectedLanguage"] = [{"language": "de", "confidence": 90}] * len(wish["q"])
        return web.json_response(answer)


@asynccontextmanager
async def libretranslate() -> AsyncIterator[FakeLibreTranslate]:
    """Give a service that listens on loopback."""
    service = FakeLibreTranslate()
    application = web.Application()
    application.router.add_get("/languages", service.languages)
    application.router.add_post("/translate", service.translate)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.port = runner.addresses[0][1]
    try:
        yield service
    finally:
        await runner.cleanup()
