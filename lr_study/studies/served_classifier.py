"""What MLflow runs to load a registered model: a `Classifier` behind MLflow's own interface.

MLflow copies this file into the model, with this package's code beside it, and runs it there. So
nothing of lr-study need be installed where the model is used.
"""

import base64
import binascii
import os
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PythonModel, PythonModelContext

# Set in the processes of `mlflow models serve`.
_SERVED = "__pyfunc_model_path__"


class ServedClassifier(PythonModel):  # type: ignore[misc]
    """Images in (paths, or the content of files), classes with their probabilities out."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the Keras model, from the file that ``lr-study model`` would save."""
        from lr_study.studies.classifier import load_classifier

        self._classifier = load_classifier(Path(context.artifacts["model"]))

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Return a row per image: ``class``, ``probability`` and ``probabilities`` by class.

        Parameters
        ----------
        model_input
            One column of paths and of contents of image files, as bytes or as text in base64;
            MLflow makes it of a list. A server opens no path that a client names.

        Raises
        ------
        MlflowException
            If an image cannot be used.
        """
        answers = list(self._classifier.predict(map(_image, model_input.iloc[:, 0])))
        for place, answer in enumerate(answers):
            if answer.error is not None:
                raise MlflowException.invalid_parameter_value(
                    f"image {place} ({answer.image[:100]}) cannot be used: {answer.error}"
                )
        columns = ("class", "probability", "probabilities")
        return pd.DataFrame([{n: answer.to_dict()[n] for n in columns} for answer in answers])


def _image(value: Any) -> str | bytes:
    """A path, or the content of a file."""
    if isinstance(value, bytes):
        return value
    text = str(os.fspath(value))
    is_served = _SERVED in os.environ
    if not is_served and os.path.exists(text):  # noqa: PTH110 - false of texts that are no path
        return text
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        if not is_served:
            return text
        raise MlflowException.invalid_parameter_value(
            "an image is the content of an image file in base64, such as "
            '{"dataframe_records": [{"image": "iVBORw0KGgo..."}]}'
        ) from None


mlflow.models.set_model(ServedClassifier())
