"""MLflow: records written to runs, runs read back as a table."""
