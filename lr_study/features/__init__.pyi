from .backbones import Weights as Weights
from .backbones import build_backbone as build_backbone
from .backbones import resolve_weights as resolve_weights
from .blocks import blocks as blocks
from .blocks import set_trained as set_trained
from .extraction import load_features as load_features
from .feature_cache import FeatureSet as FeatureSet
