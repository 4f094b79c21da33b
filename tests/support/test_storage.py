"""Small files that tell whether they are as they were written."""

import pytest

from lr_study.support.storage import checked_json, read_checked_json

VALUE = {"caf\udce9.png": ["0f3a", 0.1, None], "seconds": 12.5}


def test_a_value_comes_back_as_it_was(tmp_path):
    file = tmp_path / "x.json"
    file.write_text(checked_json(VALUE), encoding="ascii")
    assert read_checked_json(file) == VALUE


def test_no_flipped_bit_and_no_cut_passes_for_what_was_written(tmp_path):
    file = tmp_path / "x.json"
    whole = checked_json(VALUE).encode()
    harmed = [whole[:at] for at in range(len(whole))]
    for at in range(len(whole)):
        for bit in range(8):
            harmed.append(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    for content in harmed:
        file.write_bytes(content)
        try:
            assert read_checked_json(file) == VALUE  # as where E for e changes nothing
        except ValueError:
            continue


@pytest.mark.parametrize("content", ["null", "[]", "{}", '{"value": 1}'])
def test_what_has_no_checksum_is_refused(tmp_path, content):
    file = tmp_path / "x.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match="no checksum"):
        read_checked_json(file)
