"""Loads the raw tables that the dbt sources declare, each in one transaction."""
