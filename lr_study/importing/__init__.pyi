from .declarations import parse_fields as parse_fields
from .declarations import read_mapping as read_mapping
from .layouts import find_runs as find_runs
from .tensorboard import import_tensorboard as import_tensorboard
