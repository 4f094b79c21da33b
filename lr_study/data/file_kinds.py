"""What a file under the name of an image is, if it is none: for a reason that is true."""

from lr_study.data.signatures import NOT_AN_IMAGE, SUPPORTED, kind_of

_UNDECODED = "not a JPEG, PNG, GIF, BMP or WebP image"

_STARTS = (
    (b"version https://git-lfs", "a Git LFS pointer, not the image: git lfs pull fetches it"),
    (b"/annex/objects/", "a git-annex pointer, not the image: git annex get fetches it"),
    (b"%PDF-", f"a PDF file, {_UNDECODED}"),
    (b"PK\x03\x04", f"a zip archive, {_UNDECODED}"),
    (b"\x1f\x8b", f"a gzip archive, {_UNDECODED}"),
    (b"\0\5\x16\7", f"a macOS AppleDouble file, {_UNDECODED}"),
)
_MARKUP = (
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<svg", "an SVG image"),
)


def decoded_kind(content: bytes) -> str | None:
    """Return which of the kinds that are decoded a file begins as; None if it is another."""
    kind = kind_of(content)
    return kind if kind in SUPPORTED else None


def why_not_decoded(content: bytes) -> str:
    """Return why a file of another kind is not used, in one line."""
    kind = kind_of(content)
    if kind != NOT_AN_IMAGE:
        article = "an" if kind[0] in "AI" else "a"
        return f"{article} {kind} image, {_UNDECODED}"
    for start, reason in _STARTS:
        if content.startswith(start):
            return reason
    text = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, name in _MARKUP:
        if text.startswith(start):
            return f"{name}, {_UNDECODED}"
    if text.startswith(b"<?xml"):
        return f"{'an SVG image' if b'<svg' in text else 'an XML file'}, {_UNDECODED}"
    return _UNDECODED
