"""What the server that forks imports, once. Nothing of it may start a thread or open a store."""

import lr_study.cli.app
import lr_study.importing.tensorboard
import lr_study.report.pages
import lr_study.report.ranking_tables
import lr_study.studies.study
import lr_study.tracking.sending
import lr_study.training.batched
import lr_study.training.live  # noqa: F401
