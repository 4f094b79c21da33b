# ruff: noqa: F811 (fixtures are imported by name)
"""The reader of PyTorch's legacy checkpoints: what it reads, and what it rejects."""

import os
import pickle
from collections import OrderedDict

import numpy as np
import pytest
from torch_checkpoints import STORAGE, Call, tensor, torch_names, write_checkpoint  # noqa: F401

from lr_study.features.torch_file import read_tensors
from lr_study.support.errors import LrStudyError


def test_strides_and_offsets_are_respected(torch_names, tmp_path):
    state = OrderedDict(
        plain=tensor("0", 0, (3, 4), (4, 1)),
        transposed=tensor("0", 0, (4, 3), (1, 4)),
        corner=tensor("0", 6, (2, 2), (4, 1)),
        scalar=tensor("0", 5, (), ()),
    )
    tensors = read_tensors(write_checkpoint(tmp_path / "state.pth", state))
    matrix = STORAGE.reshape(3, 4)
    assert list(tensors) == list(state)
    np.testing.assert_array_equal(tensors["plain"], matrix)
    np.testing.assert_array_equal(tensors["transposed"], matrix.T)
    np.testing.assert_array_equal(tensors["corner"], matrix[1:, 2:])
    np.testing.assert_array_equal(tensors["scalar"], 5)


@pytest.mark.parametrize("place", ["magic", "state", "tensor"])
def test_a_pickle_that_runs_a_command_is_rejected_and_runs_nothing(place, torch_names, tmp_path):
    marker = tmp_path / "ran"
    attack = Call(os.system, f"touch '{marker}'")
    options = {"magic": attack} if place == "magic" else {}
    state = {"w": attack} if place == "tensor" else attack
    file = write_checkpoint(tmp_path / "evil.pth", {} if options else state, **options)
    with pytest.raises(LrStudyError, match=r"\w+\.system is not allowed"):
        read_tensors(file)
    assert not marker.exists()
    # The pickle module itself does run the command.
    pickle.loads(pickle.dumps(attack))  # noqa: S301
    assert marker.exists()


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (tensor("0", 0, (4, 4), (4, 1)), "reaches outside"),
        (tensor("0", 12, (1,), (1,)), "reaches outside"),
        (tensor("0", -1, (1,), (1,)), "reaches outside"),
        (tensor("0", 11, (2,), (-1,)), "reaches outside"),
        (tensor("0", 0, (-2,), (1,)), "reaches outside"),
        (tensor("0", 0, (2, 2), (1,)), "shorter"),
        (tensor("1", 0, (1,), (1,)), "its storages are not those that it declares"),
        (tensor("0", 0, (1,), (1,), "HalfStorage"), r"torch\.HalfStorage is not allowed"),
        (Call(getattr, "", "join"), r"\w+\.getattr is not allowed"),
        ("not a tensor", "not a PyTorch state dict"),
    ],
)
def test_an_inconsistent_state_dict_is_rejected(made, message, torch_names, tmp_path):
    file = write_checkpoint(tmp_path / "state.pth", {"w": tensor("0", 0, (1,), (1,)), "x": made})
    with pytest.raises(LrStudyError, match=message) as caught:
        read_tensors(file)
    assert "\n" not in str(caught.value)


def test_a_file_of_another_format_is_rejected(torch_names, tmp_path):
    file = tmp_path / "file.pth"
    good = write_checkpoint(file, {"w": tensor("0", 0, (1,), (1,))}).read_bytes()
    for content, message in [
        (b"", "Ran out of input"),
        (b"hello\n", "not a PyTorch state dict"),
        (b"PK\x03\x04", "_use_new_zipfile_serialization=False"),
        (good[:-1], "buffer"),
        (good[:150], "not a PyTorch state dict"),
    ]:
        file.write_bytes(content)
        with pytest.raises(LrStudyError, match=message):
            read_tensors(file)
    with pytest.raises(LrStudyError, match="magic number"):
        read_tensors(write_checkpoint(file, {}, magic=1))
    with pytest.raises(LrStudyError, match="does not have the declared size"):
        read_tensors(write_checkpoint(file, {"w": tensor("0", 0, (1,), (1,))}, count=11))
