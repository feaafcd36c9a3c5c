"""The working process: reads one task as a line of JSON, answers with a line, until nobody asks any more."""

import json
import os
import select
from pathlib import Path
from typing import Any, Final

from fediunion.kit.sentences import Sentence, kept
from fediunion.social.media.workshop import films, pictures, sandbox
from fediunion.social.media.workshop.sniffing import HEAD_BYTES, PICTURES, media_type_of

_IDLE_SECONDS: Final = 60
_NOT_TAKEN: Final = Sentence("This kind of file is not taken here.")
_UNREADABLE: Final = Sentence("The file cannot be read as the picture that it claims to be.")


def main() -> None:
    """Work until standard input ends, or nothing came for a minute. The first line says the bounds."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What a library prints must not be taken for an answer.
    os.dup2(2, 1)
    # Without a buffer: what select does not see must not wait in one.
    tasks = os.fdopen(os.dup(0), "rb", buffering=0)
    bounds = json.loads(tasks.readline())
    sandbox.confine(memory_bytes=bounds["memory_bytes"], file_bytes=bounds["file_bytes"])
    while select.select([tasks], [], [], _IDLE_SECONDS)[0]:
        line = tasks.readline()
        if not line:
            return
        sandbox.allow_seconds(bounds["cpu_seconds"])
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _answer(task: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"made": work_on(task)}
    except pictures.Unusable as error:
        return {"unusable": kept(error.said)}
    except Exception:
        # Decoders meet hostile bytes with any exception there is, MemoryError among them.
        return {"unusable": kept(_UNREADABLE)}


def work_on(task: dict[str, Any]) -> dict[str, Any]:
    """Return what was made of the file of a task; raises pictures.Unusable and what decoders raise."""
    source, folder, use = Path(task["source"]), Path(task["folder"]), task["use"]
    with source.open("rb") as file:
        media_type = media_type_of(file.read(HEAD_BYTES))
    if media_type is None or (use != "attachment" and media_type not in PICTURES):
        raise pictures.Unusable(_NOT_TAKEN)
    if media_type in PICTURES:
        if source.stat().st_size > task["picture_bytes"]:
            raise pictures.Unusable(
                Sentence("A picture has %(most)s bytes at most.", most=task["picture_bytes"])
            )
        return pictures.redraw(source, media_type, use, folder)
    return films.rewrap(source, media_type, folder, task["ffmpeg"])


if __name__ == "__main__":
    main()
