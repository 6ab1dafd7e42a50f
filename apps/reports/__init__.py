"""Reports with vars, the quick way: the function that dbt makes of a report, without dbt."""
