"""The daily run as a DAG of Airflow 3: load what is new, then build and test what depends on it.

Airflow has an environment of its own. The tasks run in the project's, which `make setup` creates.
"""

from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

PROJECT = str(Path(__file__).resolve().parents[3])

with DAG("thinkthrift", schedule="0 5 * * *", catchup=False, max_active_runs=1):
    load = BashOperator(
        task_id="load",
        bash_command=".venv/bin/python -m ingest load",
        cwd=PROJECT,
        # a second try loads only what the first one did not
        retries=3,
        retry_exponential_backoff=True,
    )
    build = BashOperator(
        task_id="build",
        bash_command=".venv/bin/dbt build --selector daily",
        cwd=PROJECT,
    )
    load >> build
