"""Measurements of speed and memory, each with the limits that it must keep."""
