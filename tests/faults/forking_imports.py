"""What the server that forks imports, once. Nothing of it may start a thread or open a store."""
