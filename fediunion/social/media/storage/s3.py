"""Files in a bucket of an S3-compatible service that the operator named."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from fediunion.config import Media
from fediunion.kit.clock import Clock
from fediunion.kit.errors import NotFound, Unavailable
from fediunion.social.media.storage import CHUNK_BYTES, Content, checked_place
from fediunion.social.media.storage.sigv4 import EMPTY_HASH, signed_headers

_TIMES: Final = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=30)


class S3Storage:
    """Objects of one bucket, addressed by path. The client for strangers is not used: this service may be
    in the operator's own network, and its address comes from the configuration only."""

    def __init__(self, media: Media, clock: Clock) -> None:
        self._media = media
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._host = urlsplit(media.s3_endpoint).netloc

    async def put(self, place: str, source: Path, media_type: str) -> None:
        """See Storage."""
        body_hash, size = await asyncio.to_thread(_measured, source)
        headers = {"content-type": media_type, "content-length": str(size)}
        file = await asyncio.to_thread(source.open, "rb")
        try:
            async with self._asked("PUT", place, headers, body_hash, _chunks_of(file)):
                return
        finally:
            file.close()

    async def get(self, place: str, start: int, length: int) -> Content:
        """See Storage."""
        opened = contextlib.AsyncExitStack()
        headers = {"range": f"bytes={start}-{start + length - 1}"} if length else {}
        try:
            response = await opened.enter_async_context(self._asked("GET", place, headers))
        except BaseException:
            await opened.aclose()
            raise
        return Content(_read(opened, response))

    async def delete(self, place: str) -> None:
        """See Storage."""
        with contextlib.suppress(NotFound):
            async with self._asked("DELETE", place, {}):
                return

    async def close(self) -> None:
        """See Storage."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    @contextlib.asynccontextmanager
    async def _asked(
        self,
        method: str,
        place: str,
        headers: Mapping[str, str],
        body_hash: str = EMPTY_HASH,
        body: AsyncIterator[bytes] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            # Nothing of the environment: no proxy and no login that the configuration does not name.
            self._session = aiohttp.ClientSession(
                timeout=_TIMES,
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        media = self._media
        path = f"/{media.s3_bucket}/{checked_place(place)}"
        signed = signed_headers(
            method,
            path,
            {"host": self._host, **headers},
            body_hash=body_hash,
            region=media.s3_region,
            access_key=media.s3_access_key,
            secret_key=media.s3_secret_key,
            now=self._clock.now(),
        )
        url = URL(media.s3_endpoint.rstrip("/") + path, encoded=True)
        try:
            async with self._session.request(
                method, url, headers=signed, data=body, allow_redirects=False
            ) as response:
                if response.status == 404:
                    raise NotFound("There is no such file.")
                if response.status >= 300:
                    raise Unavailable(f"The store of media answered {response.status}.")
                yield response
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable("The store of media does not answer.") from error


def _measured(source: Path) -> tuple[str, int]:
    """Return the SHA-256 and the length of a file."""
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), source.stat().st_size


async def _chunks_of(file: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk


async def _read(opened: contextlib.AsyncExitStack, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with opened:
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            yield chunk
