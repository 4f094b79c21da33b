from .models import save_model as save_model
from .single_run import run_one as run_one
from .study import plan_study as plan_study
from .study import run_study as run_study
from .workloads import find_images as find_images
