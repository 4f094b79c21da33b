"""What the server that forks imports, once. Nothing of it may start a thread or open a store."""

import lr_study.cli
import lr_study.ranking_tables
import lr_study.study
import lr_study.training.heads
import lr_study.training.live  # noqa: F401
