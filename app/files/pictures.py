"""Pictures: decoded and written anew, so that nothing but the pixels is left of what came.

No EXIF, no place, no colour profile, no text, nothing hidden behind the picture. The camera's
orientation is applied first.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, BinaryIO

from PIL import Image, ImageOps

from app.files.found import Found, Unfit
from app.files.rules import LONGEST_SIDE, MOST_PIXELS, THUMBNAIL_SIDE, Refusal

# A JPEG is unpacked at a half, a quarter or an eighth of its size, as it is needed.
_MOST_JPEG_PIXELS = 6 * MOST_PIXELS
_ENOUGH = 2000
# A photo as PNG is many times its size as JPEG; a screenshot is not.
_LARGEST_PNG_PIXELS = 6_000_000
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
_WHITE = (255, 255, 255)


def format_of(head: bytes) -> str | None:
    """The decoder to try; what cannot be decoded is refused all the same."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "HEIF"
    return None


def take(format: str, source: BinaryIO, content: BinaryIO, thumbnail: BinaryIO) -> Found:
    if format == "HEIF":
        _use_heif()
    # The limits are our own; this one would only warn.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(source, formats=[format]) as opened:
        _check_size(opened, format)
        if format == "JPEG":
            opened.draft("RGB", (_ENOUGH, _ENOUGH))
            _check_pixels(opened, MOST_PIXELS)
        picture = _upright(_plain(opened))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    kind = _save(picture, content, as_photo=format in ("JPEG", "HEIF"))
    width, height = picture.size
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    _save(picture, thumbnail, as_photo=kind == "jpeg")
    return Found(kind, is_rewritten=True, has_thumbnail=True, width=width, height=height)


def _use_heif() -> None:
    try:
        import pi_heif
    except ImportError:
        raise Unfit(Refusal.NO_HEIC) from None
    pi_heif.register_heif_opener(thumbnails=False)


def _check_size(picture: Image.Image, format: str) -> None:
    """As the head of the file says it, before anything is unpacked."""
    _check_pixels(picture, _MOST_JPEG_PIXELS if format == "JPEG" else MOST_PIXELS)


def _check_pixels(picture: Image.Image, most: int) -> None:
    width, height = picture.size
    if width * height > most or max(width, height) > 60_000:
        raise Unfit(Refusal.TOO_BIG_OPENED)


def _plain(picture: Image.Image) -> Image.Image:
    """Grey, colours, or colours with see-through places; of an animation the first picture."""
    picture.load()
    has_alpha = "A" in picture.mode or "transparency" in picture.info
    if has_alpha:
        clear: Any = picture.convert("RGBA")
        is_clear_anywhere = clear.getextrema()[3][0] < 255
        wanted: Image.Image = clear if is_clear_anywhere else clear.convert("RGB")
    elif picture.mode in ("L", "RGB"):
        wanted = picture
    elif picture.mode.startswith("I"):
        # 16 bits of grey; converting them straight would cut them off.
        wanted = picture.convert("I").point(lambda value: value / 256).convert("L")
    else:
        wanted = picture.convert("L" if picture.mode == "1" else "RGB")
    return wanted if wanted is not picture else picture.copy()


def _upright(picture: Image.Image) -> Image.Image:
    # EXIF that cannot be read turns nothing round.
    with suppress(Exception):
        picture = ImageOps.exif_transpose(picture) or picture
    # What stands here would be written into the new file: comments, profiles, EXIF.
    picture.info.clear()
    return picture


def _save(picture: Image.Image, out: BinaryIO, *, as_photo: bool) -> str:
    is_opaque = picture.mode != "RGBA"
    if is_opaque and (as_photo or _pixels(picture) > _LARGEST_PNG_PIXELS):
        picture.save(out, "JPEG", quality=86, optimize=False)
        return "jpeg"
    picture.save(out, "PNG", compress_level=4)
    return "png"


def _pixels(picture: Image.Image) -> int:
    return picture.width * picture.height
