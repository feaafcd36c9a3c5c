"""Films and sounds: copied into a new container without their metadata where ffmpeg is there."""

import re
import subprocess
from pathlib import Path
from typing import Any, Final

from fediunion.kit.sentences import Sentence
from fediunion.social.media.workshop import pictures
from fediunion.social.media.workshop.sniffing import EXTENSIONS

_SECONDS: Final = 60
_LONGEST_REPORT: Final = 65_536
# Container as it came: what reads it, what writes it, and the media type that results.
_CONTAINERS: Final = {
    "video/mp4": ("mov", "mp4", "video/mp4"),
    "video/quicktime": ("mov", "mp4", "video/mp4"),
    "video/webm": ("matroska", "webm", "video/webm"),
    "audio/mpeg": ("mp3", "mp3", "audio/mpeg"),
    "audio/ogg": ("ogg", "ogg", "audio/ogg"),
    "audio/mp4": ("mov", "mp4", "audio/mp4"),
    "audio/flac": ("flac", "flac", "audio/flac"),
    "audio/wav": ("wav", "wav", "audio/wav"),
}
_DURATION = re.compile(r"Duration: (\d{1,4}):(\d\d):(\d\d\.\d{1,3})")


def rewrap(source: Path, media_type: str, folder: Path, ffmpeg: str) -> dict[str, Any]:
    """Return what there is to know about a film or sound; with `ffmpeg` (a path) its files are in `folder`.

    Without, the file is stored as it is, and there is no thumbnail. Raises pictures.Unusable.
    """
    kind = media_type.partition("/")[0]
    if not ffmpeg:
        return {"kind": kind, "media_type": media_type, "original": None}
    demuxer, muxer, made_type = _CONTAINERS[media_type]
    original = folder / f"original.{EXTENSIONS[made_type]}"
    # The container is the one that the first bytes show, and nothing but this file is ever opened (M10).
    read = [ffmpeg, "-nostdin", "-hide_banner", "-protocol_whitelist", "file", "-f", demuxer]
    read += ["-i", f"file:{source}"]
    streams = ["-map", "0:a:0"] if kind == "audio" else ["-map", "0:v:0", "-map", "0:a:0?"]
    bare = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]
    fast = ["-movflags", "+faststart"] if muxer == "mp4" else []
    report = _run([*read, *streams, *bare, "-c", "copy", *fast, "-f", muxer, f"file:{original}"])
    made: dict[str, Any] = {
        "kind": kind,
        "media_type": made_type,
        "original": original.name,
        "seconds": _duration_in(report),
    }
    if kind == "video":
        frame = folder / "frame.png"
        _run([*read, "-map", "0:v:0", "-frames:v", "1", "-c:v", "png", "-f", "image2", f"file:{frame}"])
        still = pictures.still_of(frame, "image/png")
        frame.unlink()
        made |= {"width": still.width, "height": still.height} | pictures.preview(still, folder)
    return made


def _run(command: list[str]) -> str:
    """Return what ffmpeg says about the file."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell; our own words and our own paths
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise pictures.Unusable(Sentence("The file takes too long to be read.")) from None
    if done.returncode != 0:
        raise pictures.Unusable(
            Sentence("The file cannot be read as the film or sound that it claims to be.")
        )
    return done.stderr[:_LONGEST_REPORT].decode("utf-8", "replace")


def _duration_in(report: str) -> float | None:
    found = _DURATION.search(report)
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
