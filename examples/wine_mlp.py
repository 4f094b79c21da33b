"""A small network on a table: three sorts of wine by 13 measurements, from scikit-learn.

lr-study study --workload wine_mlp:workload --policy fixed:lr=0.1 --policy fixed:lr=0.01 --seeds 10
"""

import keras
from sklearn.datasets import load_wine

import lr_study


def build_model():
    """Return a network with one hidden layer; batch normalization standardizes the columns."""
    return keras.Sequential(
        [
            keras.Input((13,)),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


workload = lr_study.Workload(
    build_model,
    train=load_wine(return_X_y=True),
    epochs=5,
    batch_size=16,
    name="wine",
    optimizer=keras.optimizers.Adam(),
    loss="sparse_categorical_crossentropy",
)
