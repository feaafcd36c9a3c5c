"""What a file is, told from its first bytes; neither its name nor what the sender says counts."""

from typing import Final

HEAD_BYTES: Final = 512
"""How much of a file `media_type_of` wants to see."""

PICTURES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic")
FILMS: Final = ("video/mp4", "video/quicktime", "video/webm")
SOUNDS: Final = ("audio/mpeg", "audio/ogg", "audio/mp4", "audio/flac", "audio/wav")

EXTENSIONS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/flac": "flac",
    "audio/wav": "wav",
}
"""How names of stored files end. What is not here is never stored and never served."""

_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
# Brands of ISO base media files. Source: https://mp4ra.org/registered-types/brands
_BRANDS: Final = {
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1"), "image/heic"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"),
        "video/mp4",
    ),
    b"qt  ": "video/quicktime",
}
_MPEG_LAYERS: Final = (0x02, 0x04, 0x06)


def media_type_of(head: bytes) -> str | None:
    """Return the media type that the first bytes show, None for what we do not take.

    Not taken on purpose: SVG, HTML, PDF, TIFF, PSD, JPEG 2000, playlists, archives.
    """
    for beginning, media_type in _BEGINNINGS:
        if head.startswith(beginning):
            return media_type
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else None
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 in _MPEG_LAYERS:
        return "audio/mpeg"
    return None


def _of_brands(head: bytes) -> str | None:
    """Return what the major brand says; where it says little, the compatible ones."""
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    found = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
    if not found:
        return None
    if brands[0] == b"mif1" and "image/avif" in found:
        return "image/avif"
    return found[0]
