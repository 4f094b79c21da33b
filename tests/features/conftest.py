"""The backbones, built once; no test changes their weights."""

import numpy as np
import pytest
from sample_images import crop

from lr_study.features import build_backbone, resolve_weights


@pytest.fixture(scope="session")
def lite0_weights():
    return resolve_weights("efficientnet-lite0", "imagenet")


@pytest.fixture(scope="session")
def lite0(lite0_weights):
    return build_backbone("efficientnet-lite0", lite0_weights, 64)


@pytest.fixture(scope="session")
def random_lite0():
    weights = resolve_weights("efficientnet-lite0", "random")
    return build_backbone("efficientnet-lite0", weights, 64)


@pytest.fixture(scope="session")
def b0():
    return build_backbone("efficientnet-b0", resolve_weights("efficientnet-b0", "random"), 64)


@pytest.fixture
def images():
    return np.stack([crop(64), crop(64, 2), crop(64, 3), 255 - crop(64)])
