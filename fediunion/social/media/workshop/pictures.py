"""Pictures decoded and written anew: nothing of the file that came is left but what one sees."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageCms, ImageOps

from fediunion.kit.sentences import Sentence
from fediunion.social.media.limits import MAX_PIXELS
from fediunion.social.media.workshop import blurhash

MAX_FRAMES: Final = 1000
MAX_PIXELS_IN_FRAMES: Final = 64_000_000
_STORED_PIXELS: Final = 8_294_400
_THUMBNAIL_PIXELS: Final = 230_400
_EMOJI_SIDE: Final = 512
_FILLED: Final = {"avatar": (400, 400), "header": (1500, 500)}
_FORMATS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
    "image/heic": "HEIF",
}
_QUALITY: Final = {"JPEG": 90, "WEBP": 88}
_FAST_LOSSLESS: Final = 20
"""How hard the encoder tries to make a picture small of which nothing is lost."""


class Unusable(Exception):
    """The file cannot become a picture; `said` is a sentence for its sender."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)
        self.said = said


def redraw(source: Path, media_type: str, use: str, folder: Path) -> dict[str, Any]:
    """Write the picture in `source` anew into `folder`; return what there is to know about it.

    `use` is "attachment", "avatar", "header" or "emoji". Files: `original` and, where there is one,
    `thumbnail`. Orientation is applied, colours are sRGB. What moves goes on moving where `use` allows it: a
    GIF as a GIF, anything else as a WebP, as that is what browsers and apps read.
    Raises Unusable; other exceptions of a decoder mean the same.
    """
    with _opened(source, media_type) as image:
        animated = use in ("attachment", "emoji") and _is_animated(image)
        still = _plain(image, media_type)
        if animated:
            original, stored_type = _write_animation(image, media_type, folder / "original")
            width, height = image.size
        else:
            whole = _fitted(still, use)
            original, stored_type = _write(whole, folder / "original", _kept_format(media_type, whole))
            width, height = whole.size
    made = {
        "kind": "image",
        "media_type": stored_type,
        "original": original.name,
        "animated": animated,
        "width": width,
        "height": height,
    }
    return made | preview(still, folder)


def preview(still: Image.Image, folder: Path) -> dict[str, Any]:
    """Write a thumbnail of a picture; return its name and size and the picture's blurhash."""
    small = _shrunk(still, _THUMBNAIL_PIXELS)
    path, media_type = _write(small, folder / "thumbnail", "PNG" if small.mode == "RGBA" else "JPEG")
    tiny = small.convert("RGB").resize((32, 32), Image.Resampling.BILINEAR)
    pixels = list(zip(*(channel.tobytes() for channel in tiny.split()), strict=True))
    return {
        "thumbnail": path.name,
        "thumbnail_type": media_type,
        "thumbnail_width": small.width,
        "thumbnail_height": small.height,
        "blurhash": blurhash.encode([(r, g, b) for r, g, b in pixels], 32, 32),
    }


def still_of(source: Path, media_type: str) -> Image.Image:
    """Return the first picture in a file, as `redraw` sees it."""
    with _opened(source, media_type) as image:
        return _plain(image, media_type)


def _opened(source: Path, media_type: str) -> Image.Image:
    """Open without decoding: only the decoder that the first bytes name is asked."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    if media_type == "image/heic":
        try:
            import pi_heif
        except ImportError:
            raise Unusable(Sentence("HEIC pictures cannot be read here; send a JPEG.")) from None
        pi_heif.register_heif_opener(thumbnails=False)
    image = Image.open(source, formats=[_FORMATS[media_type]])
    if image.width * image.height > MAX_PIXELS:
        raise Unusable(Sentence("A picture has %(most)s pixels at most.", most=MAX_PIXELS))
    return image


def _is_animated(image: Image.Image) -> bool:
    frames = _count_frames(image)
    if frames > MAX_FRAMES or frames * image.width * image.height > MAX_PIXELS_IN_FRAMES:
        raise Unusable(
            Sentence(
                "An animation has %(frames)s frames and %(pixels)s pixels in all at most.",
                frames=MAX_FRAMES,
                pixels=MAX_PIXELS_IN_FRAMES,
            )
        )
    return frames > 1


def _count_frames(image: Image.Image) -> int:
    return int(getattr(image, "n_frames", 1))


def _plain(image: Image.Image, media_type: str) -> Image.Image:
    """Return the first frame, upright, in sRGB, as RGB or RGBA, with nothing attached to it."""
    if media_type == "image/jpeg":
        # Decodes at half or a quarter of the size where that is still more than we keep.
        side = int(_STORED_PIXELS**0.5)
        image.draft("RGB", (side, side))
    image.seek(0)
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    has_alpha = upright.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in upright.info
    if profile and upright.mode in ("RGB", "RGBA", "CMYK", "L"):
        upright = _in_srgb(upright, profile)
    plain = upright.convert("RGBA" if has_alpha else "RGB")
    if has_alpha and plain.getchannel("A").getextrema() == (255, 255):
        plain = plain.convert("RGB")
    plain.info = {}
    return plain


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        ours = ImageCms.createProfile("sRGB")
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, theirs, ours, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A broken or unfitting profile is ignored, as browsers do.
        return image


def _fitted(still: Image.Image, use: str) -> Image.Image:
    if use in _FILLED:
        return ImageOps.fit(still, _FILLED[use], Image.Resampling.LANCZOS)
    if use == "emoji":
        return _shrunk(still, _EMOJI_SIDE * _EMOJI_SIDE)
    return _shrunk(still, _STORED_PIXELS)


def _shrunk(image: Image.Image, pixels: int) -> Image.Image:
    """Return the picture with at most so many pixels, and its shape kept."""
    ratio = (pixels / (image.width * image.height)) ** 0.5
    if ratio >= 1:
        return image
    size = (max(1, int(image.width * ratio)), max(1, int(image.height * ratio)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _kept_format(media_type: str, image: Image.Image) -> str:
    """Return in which format a picture is stored: its own, or one that every client reads."""
    kept = _FORMATS[media_type]
    if kept in ("PNG", "WEBP"):
        return kept
    return "PNG" if image.mode == "RGBA" or kept == "GIF" else "JPEG"


def _write(image: Image.Image, stem: Path, format_name: str) -> tuple[Path, str]:
    extension = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[format_name]
    path = stem.with_suffix(f".{extension}")
    more: dict[str, Any] = {"quality": _QUALITY[format_name]} if format_name in _QUALITY else {}
    if format_name == "JPEG":
        more |= {"progressive": True, "optimize": True}
    image.save(path, format_name, **more)
    return path, f"image/{format_name.lower()}"


def _write_animation(image: Image.Image, media_type: str, stem: Path) -> tuple[Path, str]:
    durations = []
    for number in range(_count_frames(image)):
        image.seek(number)
        if media_type != "image/gif":
            # Other decoders know how long a frame is shown only when they have decoded it.
            image.load()
        durations.append(max(20, min(10_000, int(image.info.get("duration", 100)))))
    loops = image.info.get("loop")
    if media_type == "image/gif":
        return _write_gif(image, durations, {} if loops is None else {"loop": int(loops)}, stem)
    path = stem.with_suffix(".webp")
    image.info = {}
    # With the fastest method the most pixels that are taken cost a few seconds.
    image.save(
        path,
        "WEBP",
        save_all=True,
        duration=durations,
        loop=int(loops or 0),
        background=(0, 0, 0, 0),
        lossless=media_type == "image/png",
        quality=_FAST_LOSSLESS if media_type == "image/png" else _QUALITY["WEBP"],
        method=0,
    )
    return path, "image/webp"


def _write_gif(
    image: Image.Image, durations: list[int], loop: dict[str, int], stem: Path
) -> tuple[Path, str]:
    def frames() -> Iterator[Image.Image]:
        for number in range(len(durations)):
            image.seek(number)
            frame = image.convert("RGBA")
            frame.info = {}
            yield frame

    kept, path = frames(), stem.with_suffix(".gif")
    next(kept).save(
        path, "GIF", save_all=True, append_images=kept, duration=durations, disposal=2, optimize=False, **loop
    )
    return path, "image/gif"
