from .assembling import Assembled as Assembled
from .declarations import parse_fields as parse_fields
from .declarations import parse_tags as parse_tags
from .declarations import read_mapping as read_mapping
from .layouts import find_runs as find_runs
from .storing import store_runs as store_runs
from .tensorboard import read_tensorboard as read_tensorboard
