"""What people look at: the dashboard, the search without a parse, the orchestrator."""
