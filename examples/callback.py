"""Two policies in a script of one's own, which trains its model with Keras itself:

    python callback.py

Digits of scikit-learn; a third of them validates under every seed. Runs go to MLflow's experiment
`callback`, beside which `lr-study compare --experiment callback` finds them later.
"""

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lr_study

POLICIES = ("fixed:lr=0.02", "one_cycle:max_lr=0.3")
EPOCHS, SEEDS = 6, 3


def build_model():
    """Return a small network, compiled: its learning rate is the policy's."""
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    sgd = keras.optimizers.SGD(momentum=0.9)
    model.compile(sgd, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


images, labels = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(images / 16, labels, test_size=1 / 3, random_state=0)

for policy in POLICIES:
    for seed in range(SEEDS):
        keras.utils.set_random_seed(seed)  # initial weights, order of batches and dropout
        callback = lr_study.PolicyCallback(policy, seed=seed, experiment="callback", data=(x, y))
        build_model().fit(
            x,
            y,
            validation_data=(x_val, y_val),
            epochs=EPOCHS,
            batch_size=32,
            verbose=0,
            callbacks=[callback],
        )

print(lr_study.compare(lr_study.load_runs("callback")))
