"""The limits of Pillow are those of whoever uses it beside us, except while we decode."""

import io
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from encoded_images import COLOUR, encoded
from PIL import Image, PngImagePlugin

from lr_study.data import ImageError, images
from lr_study.data.images import decode_image
from lr_study.data.pillow_limits import own_limits


def limits() -> tuple[int | None, int]:
    return Image.MAX_IMAGE_PIXELS, PngImagePlugin.MAX_TEXT_CHUNK


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> tuple[int | None, int]:
    """Limits that another library has set."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    monkeypatch.setattr(PngImagePlugin, "MAX_TEXT_CHUNK", 10)
    return limits()


def test_an_import_changes_no_limit() -> None:
    code = (
        "from PIL import Image, PngImagePlugin\n"
        "before = Image.MAX_IMAGE_PIXELS, PngImagePlugin.MAX_TEXT_CHUNK\n"
        "import lr_study.data.images\n"
        "assert before == (Image.MAX_IMAGE_PIXELS, PngImagePlugin.MAX_TEXT_CHUNK), before\n"
        "assert before[0] is not None\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_image_beyond_the_limit_of_others_is_decoded(small: tuple[int, int]) -> None:
    content = encoded(Image.new("RGB", (99, 99), COLOUR), "PNG")
    assert decode_image(content, 8).pixels.shape == (8, 8, 3)
    assert limits() == small
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(content))


@pytest.mark.parametrize("content", [b"", b"text", encoded(Image.new("L", (99, 99)), "GIF")[:-40]])
def test_the_limits_are_back_after_an_image_that_is_refused(
    small: tuple[int, int], content: bytes
) -> None:
    with pytest.raises(ImageError):
        decode_image(content, 8)
    assert limits() == small


def test_our_own_limit_holds(small: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 9800)
    with pytest.raises(ImageError, match=r"99 x 99 pixels exceed the limit of 9,800 pixels"):
        decode_image(encoded(Image.new("RGB", (99, 99)), "PNG"), 8)
    assert limits() == small


def test_the_last_thread_puts_the_limits_back(small: tuple[int, int]) -> None:
    entered, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with own_limits():
            entered.set()
            assert leave.wait(30)

    thread = threading.Thread(target=stay)
    thread.start()
    assert entered.wait(30)
    with own_limits():
        pass
    assert limits() == (None, PngImagePlugin.MAX_TEXT_MEMORY)  # the other still decodes
    leave.set()
    thread.join(30)
    assert limits() == small


def test_threads_decode_beyond_the_limit_at_once(small: tuple[int, int]) -> None:
    content = encoded(Image.new("RGB", (99, 99), COLOUR), "PNG")
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: decode_image(content, 8).pixels, range(200)))
    assert all(np.array_equal(pixels, found[0]) for pixels in found)
    assert limits() == small


def test_filters_of_warnings_are_back_though_a_copy_of_them_was_taken(
    small: tuple[int, int],
) -> None:
    before = list(warnings.filters)
    with warnings.catch_warnings():  # which copies the list, and puts the first back
        warnings.simplefilter("error")
        within = list(warnings.filters)
        with own_limits():
            warnings.warn_explicit("of Pillow", UserWarning, "x", 1, module="PIL.Image")
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with own_limits():
                    warnings.warn_explicit("of Pillow", UserWarning, "x", 1, module="PIL.Image")
        assert warnings.filters == within
        with pytest.raises(UserWarning):
            warnings.warn_explicit("of Pillow", UserWarning, "x", 1, module="PIL.Image")
    assert warnings.filters == before
