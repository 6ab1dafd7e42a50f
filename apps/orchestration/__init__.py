"""The daily run: by Dagster, or by one command for cron, with a summary of how it went."""
