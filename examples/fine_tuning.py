"""Which rates fine-tune the last two blocks of a backbone best, on a folder of images.

python fine_tuning.py --data DIR     # DIR has one folder of images per class

The frozen backbone under the same seeds is the other study: compare the two tables.
"""

import argparse

import lr_study

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", required=True, help="a folder with one folder of images per class")
parser.add_argument("--train", default="2", help="head, all, or how many blocks")
parser.add_argument("--image-size", type=int, default=224)
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--seeds", type=int, default=5)

if __name__ == "__main__":
    given = parser.parse_args()
    fine_tuning = {} if given.train == "head" else {"head_lr_factor": 10}
    ranking = lr_study.study(
        policies=["fixed:lr=0.0003", "fixed:lr=0.001", "cosine:initial_lr=0.001"],
        seeds=given.seeds,
        experiment="fine-tuning",
        data=given.data,
        backbone="efficientnet-lite0",  # its weights are installed with lr-study
        engine="live",
        train=given.train,
        augment="flip-crop",
        dropout=0.2,
        image_size=given.image_size,
        epochs=given.epochs,
        batch_size=16,
        **fine_tuning,
    )
    print(ranking)
