"""What a file is, judged by its first bytes: for a reason that is true."""

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP")
"""The formats that are decoded, by Pillow's names."""

NOT_AN_IMAGE = "not a JPEG, PNG, GIF, BMP or WebP image"

_DECODED = (
    ("JPEG", 0, b"\xff\xd8\xff"),
    ("PNG", 0, b"\x89PNG\r\n\x1a\n"),
    ("GIF", 0, b"GIF87a"),
    ("GIF", 0, b"GIF89a"),
    ("BMP", 0, b"BM"),
    ("WEBP", 8, b"WEBP"),
)

_OTHERS = (
    ("a TIFF image", 0, b"II*\0"),
    ("a TIFF image", 0, b"MM\0*"),
    ("a TIFF image", 0, b"II+\0"),
    ("a TIFF image", 0, b"MM\0+"),
    ("an AVIF image", 4, b"ftypavif"),
    ("an AVIF image", 4, b"ftypavis"),
    *(
        ("a HEIC image", 4, b"ftyp" + brand)
        for brand in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
    ),
    ("a video", 4, b"ftyp"),
    ("a JPEG 2000 image", 0, b"\0\0\0\x0cjP  \r\n\x87\n"),
    ("a JPEG 2000 image", 0, b"\xff\x4f\xff\x51"),
    ("a JPEG XL image", 0, b"\0\0\0\x0cJXL \r\n\x87\n"),
    ("a JPEG XL image", 0, b"\xff\x0a"),
    ("a Photoshop file", 0, b"8BPS"),
    ("a macOS AppleDouble file", 0, b"\0\5\x16\7"),
    ("an icon", 0, b"\0\0\1\0"),
    ("a PDF file", 0, b"%PDF-"),
    ("a zip archive", 0, b"PK\x03\x04"),
    ("a gzip archive", 0, b"\x1f\x8b"),
    ("a Git LFS pointer, not the image: git lfs pull fetches it", 0, b"version https://git-lfs"),
    ("a git-annex pointer, not the image: git annex get fetches it", 0, b"/annex/objects/"),
)

_MARKUP = (
    ("an HTML page", b"<!doctype html"),
    ("an HTML page", b"<html"),
    ("an SVG drawing", b"<svg"),
    ("an XML file", b"<?xml"),
)


def decoded_format(content: bytes) -> str | None:
    """Return the format of `FORMATS` that a file begins as; None if it is of another."""
    return next((name for name, at, magic in _DECODED if content.startswith(magic, at)), None)


def other_kind(content: bytes) -> str:
    """Return why a file of another format is not used, in one line."""
    name = next((name for name, at, magic in _OTHERS if content.startswith(magic, at)), None)
    if name is None:
        start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
        name = next((name for name, magic in _MARKUP if start.startswith(magic)), None)
        if name == "an XML file" and b"<svg" in start:
            name = "an SVG drawing"
    if name is None:
        return NOT_AN_IMAGE
    return name if "pointer" in name else f"{name}, {NOT_AN_IMAGE}"
