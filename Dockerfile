# One image for every part: `tidings api`, `tidings worker`, `tidings migrate`, or `tidings up` to try it.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM packages AS pages
COPY requirements-dev.lock ./
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements-dev.lock
COPY docs docs
COPY graph graph
COPY mkdocs.yml schema.graphql ./
RUN /opt/venv/bin/python docs/reference.py && /opt/venv/bin/zensical build --strict

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ENVIRONMENT=production \
    API_HOST=0.0.0.0 \
    LOG_FILE=- \
    DATA_DIR=/data
RUN useradd --system --uid 10001 --user-group --no-create-home tidings && install -d -o tidings -g tidings /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY db db
COPY domain domain
COPY --from=pages /app/graph graph
COPY workers workers
COPY simulator simulator
COPY tidings tidings
COPY examples examples
COPY schema.graphql LICENSE ./
USER tidings
VOLUME /data
EXPOSE 8000
# PID 1 must pass signals on and answer them: both `tidings` and uvicorn do.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('API_PORT', '8000')}/health\", timeout=4)"]
ENTRYPOINT ["python", "-m", "tidings"]
CMD ["api"]
