"""The dashboard: pages over the marts and the search, and the same charts as one HTML page."""
