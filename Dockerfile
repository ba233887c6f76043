# syntax=docker/dockerfile:1
# One image for every process: `serve`, `worker`, `migrate`, `seed` and the rest of `cnt-grpc`. The voice agent needs more
# packages: `docker build --build-arg REQUIREMENTS=voice .`

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/venv
ARG REQUIREMENTS=runtime
COPY requirements/runtime.txt requirements/voice.txt /requirements/
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
    --requirement /requirements/${REQUIREMENTS}.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home cnt \
    && install --directory --owner=cnt --mode=0700 /var/lib/cnt \
    && install --directory --owner=cnt /etc/cnt-envoy
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/cnt
# The program runs from its source: it finds migrations/ and envoy/ beside itself, as in the repository.
COPY cnt_grpc cnt_grpc
COPY migrations migrations
COPY envoy envoy
RUN /opt/venv/bin/python -m compileall -q cnt_grpc
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ENVIRONMENT=production \
    CNT_GRPC_HOST=0.0.0.0 \
    CNT_STATE_DIR=/var/lib/cnt
USER cnt
VOLUME /var/lib/cnt
EXPOSE 50051 50151
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "cnt_grpc"]
CMD ["serve"]
