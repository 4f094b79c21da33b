"""Event files that Keras and TensorFlow write, through the command line."""

from pathlib import Path

import numpy as np
import pytest
from forked import lr_study

from lr_study.policies import parse
from lr_study.tracking.reading import load_runs

EPOCHS, BATCH, IMAGES = 8, 16, 48
STEPS = IMAGES // BATCH
TYPED = "warmup:epochs=2,start=0.1,every=epoch+cosine:initial_lr=0.1,final_lr=0.0,every=epoch"
BY_STEP = "warmup:epochs=1,start=0.0+cosine:initial_lr=0.1,final_lr=0.001"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # from tensorflow and tensorboard
def test_schedules_are_recognised_in_event_files(tmp_path: Path) -> None:
    import tensorflow as tf

    from lr_study.support.runtime import keras

    random = np.random.default_rng(0)
    inputs = random.normal(size=(IMAGES, 5)).astype(np.float32)
    labels = np.eye(3, dtype=np.float32)[random.integers(0, 3, IMAGES)]

    def train(name: str, rate: object, *callbacks: object) -> None:
        model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, "softmax")])
        model.compile(keras.optimizers.SGD(rate), "categorical_crossentropy", metrics=["accuracy"])
        model.fit(
            inputs,
            labels,
            batch_size=BATCH,
            epochs=EPOCHS,
            validation_data=(inputs, labels),
            callbacks=[*callbacks, keras.callbacks.TensorBoard(str(tmp_path / "logs" / name))],
            verbose=0,
        )

    policy = parse(TYPED)
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch: policy(epoch, EPOCHS))
    train("scheduler", 0.1, scheduler)
    train("object", keras.optimizers.schedules.CosineDecay(0.1, EPOCHS * STEPS, alpha=0.01))
    by_step = parse(BY_STEP)
    with tf.summary.create_file_writer(str(tmp_path / "logs" / "steps")).as_default():
        for epoch in range(EPOCHS):
            for i, rate in enumerate(by_step.step_rates(epoch, EPOCHS, STEPS)):
                tf.summary.scalar("train/lr", rate, step=STEPS * epoch + i)
            for name in ("val_loss", "val_accuracy"):
                tf.summary.scalar(name, 0.5 + epoch / 100, step=STEPS * (epoch + 1) - 1)

    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    answer = lr_study(
        "import", "tensorboard", "logs", "--experiment", "x", "--tracking-uri", uri, cwd=tmp_path
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines() == [
        f"object: cosine:initial_lr=0.1,final_lr=0.001 (policy from: rates), {EPOCHS} epochs",
        f"scheduler: {TYPED} (policy from: rates), {EPOCHS} epochs",
        f"steps: {BY_STEP} (policy from: rates), {EPOCHS} epochs",
        "3 runs imported",
    ]
    runs = load_runs("x", uri).set_index("name")
    rates = {name: row["curves"]["learning_rate"] for name, row in runs.iterrows()}
    assert rates["scheduler"] == pytest.approx([policy(e, EPOCHS) for e in range(EPOCHS)])
    last = [by_step.step_rates(epoch, EPOCHS, STEPS)[-1] for epoch in range(EPOCHS)]
    assert rates["steps"] == pytest.approx(last)
    # What Keras logs of a schedule object is not the rate of an epoch's last step.
    assert rates["object"] == []
