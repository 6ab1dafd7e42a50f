"""The quick way to search: dbt's own runner with a kept manifest, and a table of what was found."""
