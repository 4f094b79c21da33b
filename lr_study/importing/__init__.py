"""Runs that others trained, made runs of ours: read from their files, written to MLflow."""
