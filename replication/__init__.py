"""Live replication: a source followed by PostgreSQL itself, and the history of its changes."""
