# MLflow's tracking server with what PostgreSQL, S3 and basic-auth need, which its own image lacks.
FROM python:3.13.14-slim-trixie
RUN groupadd --system --gid 10001 mlflow && \
    useradd --system --uid 10001 --gid mlflow --home-dir /tmp --shell /usr/sbin/nologin mlflow
COPY server.lock /tmp/server.lock
RUN python -m pip install --no-cache-dir --disable-pip-version-check --no-deps \
      --requirement /tmp/server.lock && \
    rm /tmp/server.lock
ENV PYTHONUNBUFFERED=1 HOME=/tmp
WORKDIR /tmp
USER 10001:10001
EXPOSE 5000
CMD ["mlflow", "server", "--help"]
