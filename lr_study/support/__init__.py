"""What every other package builds on.

In: nothing of this project. Out: errors and their exit codes, available CPUs and memory, atomic
writes, lock files, progress bars, signals and liveness locks of processes, random streams, masked
credentials, YAML with line numbers, and TensorFlow configured in one place.

Names are loaded when they are first used: TensorFlow takes seconds to import.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
