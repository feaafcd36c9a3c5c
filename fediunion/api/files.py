"""Reading a form with files: the parameters of a multipart body."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.types import Receive

from fediunion.api.errors import BadRequest
from fediunion.api.params import nested
from fediunion.kit.multipart import BadForm, multipart_fields


@asynccontextmanager
async def form_with_files(
    receive: Receive, content_type: bytes, folder: Path, most_bytes: int
) -> AsyncIterator[dict[str, Any]]:
    """Give the parameters of a multipart body, files among them as UploadedFile; see params.nested.

    Raises BadRequest for a body that cannot be read or has too many parts (row O22), TooLarge for a file
    of more than `most_bytes` or too much around it, Unavailable where the disk takes no more.
    """
    try:
        async with multipart_fields(receive, content_type, folder, most_bytes) as pairs:
            yield nested(pairs)
    except BadForm as error:
        raise BadRequest(str(error)) from error
