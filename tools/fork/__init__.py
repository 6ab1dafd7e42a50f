"""Make the project one's own: another name, other sources, marts of one's own teams.

The door is the command line, `python -m tools.fork`; docs/fork.md shows each command.
"""
