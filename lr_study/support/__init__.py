"""What every other package builds on, and which knows none of them.

In: nothing of this project. Out: errors and their exit codes, files that appear whole or not at
all, progress bars, signals and liveness locks of processes, random streams, masked credentials,
YAML with line numbers, and TensorFlow set up in one place.

Names are loaded when they are first used: TensorFlow takes seconds to import.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
