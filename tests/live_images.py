"""What tests of engine ``live`` train on: three dozen images, and pixels as their features."""

from lr_study.policies import parse
from lr_study.runs import RunSpec
from lr_study.support.runtime import keras, tf

SIZE = 32
PIXELS = SIZE * SIZE * 3


class Watched(keras.layers.Layer):
    """Passes pictures on as features, and tells of each batch, and whether it trains.

    ``on_trace`` is called with the part of each trace.
    """

    def __init__(self, tell, on_trace):
        super().__init__()
        self.tell, self.on_trace = tell, on_trace

    def call(self, pictures, training=False):
        part = "train" if training else "evaluate"
        self.on_trace(part)
        tf.py_function(lambda batch: self.tell(part, batch.numpy()), [pictures], [])
        return tf.reshape(pictures, (-1, PIXELS)) / 255

    def compute_output_shape(self, shape):
        return shape[0], PIXELS


def spec(settings, policy="fixed:lr=0.01", seed=0):
    return RunSpec(parse(policy), seed, settings)


def tiny_backbone(backbone, weights, image_size):
    """Two blocks with batch norms and drop-connect, as backbones have, that build in no time."""
    layers = keras.layers
    start = keras.initializers.RandomNormal(seed=1)
    inputs = keras.Input((image_size, image_size, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    for block in range(2):
        x = layers.Conv2D(8, 3, 2, kernel_initializer=start, name=f"block{block}_conv")(x)
        x = layers.BatchNormalization(name=f"block{block}_bn")(x)
        x = layers.Dropout(0.2, noise_shape=(None, 1, 1, 1), name=f"block{block}_drop")(x)
    model = keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
    model.trainable = False
    return model
