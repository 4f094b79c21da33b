"""The opponent of engine ``cached``: the same training by plain Keras, in 32 and in 64 bits."""

import math
from dataclasses import replace

import numpy as np

from lr_study.policies import Plateau, parse
from lr_study.runs import RunSpec, Settings
from lr_study.studies import find_images, prepare
from lr_study.support.runtime import keras
from lr_study.support.seeding import Stream, generator
from lr_study.training import schedule
from lr_study.training.history import initial_head


def sample_examples():
    """The sample under seed 0, as engine ``cached`` sees it: 1,280 features of real images."""
    settings = Settings(image_size=64)
    return prepare(settings, find_images(settings)).examples(seed=0)


def some(examples, train=200, validation=20, test=20):
    """The same with fewer rows in each part, of all classes, each a group of its own."""
    rng = np.random.default_rng(0)
    return replace(
        examples,
        train=rng.permutation(examples.train)[:train],
        validation=rng.permutation(examples.validation)[:validation],
        test=rng.permutation(examples.test)[:test],
        groups=None,
    )


def specs(*policies, seed=0, **settings):
    return [RunSpec(parse(policy), seed, Settings(**settings)) for policy in policies]


def keras_fit(examples, spec, dtype, order=slice(None)):
    """Train one layer the plain way, in 32 or 64 bits: its weights and curves, by name.

    With the features in another ``order`` Keras adds up the same numbers in another order.
    """
    settings, features = spec.settings, examples.values.shape[1]
    values = examples.values[:, order].astype(dtype)
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        model = keras.Sequential(
            [keras.Input((features,)), keras.layers.Dense(examples.classes, activation="softmax")]
        )
        head = initial_head(spec.seed, features, examples.classes)
        model.set_weights([head.kernel[order], head.bias])
        rate, callback, rates = keras_way(spec, steps_per_epoch(examples, spec))
        model.compile(
            keras.optimizers.get(
                {"class_name": settings.optimizer, "config": {"learning_rate": rate}}
            ),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )

        def data(rows):
            return values[rows], examples.labels[rows]

        def batches():
            order = generator(spec.seed, Stream.BATCH_ORDER)
            while True:
                rows = order.permutation(examples.train)
                for i in range(0, len(rows), settings.batch_size):
                    yield data(rows[i : i + settings.batch_size])

        history = model.fit(
            batches(),
            steps_per_epoch=steps_per_epoch(examples, spec),
            epochs=settings.epochs,
            validation_data=data(examples.validation),
            callbacks=[callback] if callback else [],
            shuffle=False,
            verbose=0,
        )
        test = model.evaluate(*data(examples.test), verbose=0, return_dict=True)
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")
    trained, bias = model.get_weights()
    assert trained.dtype == dtype
    kernel = np.empty_like(trained)
    kernel[order] = trained
    curves = rates | history.history
    return {"kernel": kernel, "bias": bias, "test_accuracy": test["accuracy"], **curves}


def keras_way(spec, steps):
    """A policy in Keras: the optimizer's rate, a callback, and the last rates that no curve has."""
    policy, epochs = spec.policy, spec.settings.epochs
    if policy.changes_by_step:
        rates = schedule(policy, epochs=epochs, steps_per_epoch=steps)
        last = [float(rates((epoch + 1) * steps - 1)) for epoch in range(epochs)]
        return rates, None, {"learning_rate": last}
    if isinstance(policy, Plateau):
        others = policy.parameters()
        return others.pop("initial_lr"), keras.callbacks.ReduceLROnPlateau(**others), {}
    return 0.001, keras.callbacks.LearningRateScheduler(lambda epoch: policy(epoch)), {}


def steps_per_epoch(examples, spec):
    return math.ceil(len(examples.train) / spec.settings.batch_size)


AS_FAR = 8
"""How much farther from the exact result than Keras one may be, by chance of the rounding."""


def assert_as_keras(examples, spec, history, orders=1):
    """As near to what Keras computes in 64 bits as Keras itself comes in 32.

    We add up in another order than Keras, so both are off by the rounding of 32 bits, and training
    amplifies that alike in both: the more, the higher the rate. How far Keras is off is measured
    beside it, so no bound depends on the processor. At high rates that is a matter of luck, so the
    features are tried in several ``orders``, and the farthest counts. Where Keras is exact, the
    rounding of one sum a step is allowed, and one image on the border of two classes.
    """
    exact = keras_fit(examples, spec, "float64")
    rng = np.random.default_rng(0)
    columns = [slice(None), *(rng.permutation(examples.values.shape[1]) for _ in range(1, orders))]
    usual = [keras_fit(examples, spec, "float32", order) for order in columns]
    rounding = spec.settings.epochs * steps_per_epoch(examples, spec) * np.finfo(np.float32).eps
    image = {
        "accuracy": 1 / len(examples.train),
        "val_accuracy": 1 / len(examples.validation),
        "test_accuracy": 1 / len(examples.test),
    }
    ours = {
        name: [getattr(epoch, name) for epoch in history.epochs]
        for name in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
    }
    ours |= {"kernel": history.head.kernel, "bias": history.head.bias}
    ours["test_accuracy"] = history.test_accuracy
    for name, value in ours.items():
        size = np.linalg.norm(exact[name])
        allowed = AS_FAR * max(np.linalg.norm(np.subtract(u[name], exact[name])) for u in usual)
        allowed += rounding * size + image.get(name, 0)
        assert np.linalg.norm(np.subtract(value, exact[name])) <= allowed, name
