# Two stages: a virtual environment built from the hashed lock, then a small image that runs it as nobody special.
FROM docker.io/library/python:3.12-slim AS build
WORKDIR /src
# requirements-dev.lock has the Slack client, too
ARG LOCK=requirements.lock
RUN python3 -m venv /opt/dateline
COPY ${LOCK} ./
RUN --mount=type=cache,target=/root/.cache/pip \
    /opt/dateline/bin/pip install --disable-pip-version-check --no-compile --no-deps --require-hashes -r ${LOCK}
COPY pyproject.toml README.md LICENSE dateline.py ./
COPY ingest ingest
COPY service service
COPY evals evals
# what never runs goes: packages' own tests, headers, types, packed data beside the unpacked, tools for making other models;
# only what is imported is compiled, once and for all: the code that runs cannot be written to
RUN /opt/dateline/bin/pip install --disable-pip-version-check --no-deps --no-build-isolation . \
    && find /opt/dateline \( -type d -name test -o -type d -name tests -o -name '*.h' -o -name '*.pyi' -o -name '*.zip' \
        -o -path '*/onnxruntime/transformers' -o -path '*/onnxruntime/quantization' \) -prune -exec rm -r {} + \
    && /opt/dateline/bin/python -c "import chromadb, dateline, onnx, onnxruntime, openai, service.app" \
    && /opt/dateline/bin/pip uninstall --yes --quiet editables hatchling pip setuptools

FROM docker.io/library/python:3.12-slim
RUN useradd --create-home --uid 1000 dateline \
    && mkdir /data && chown dateline:dateline /data
COPY --from=build /opt/dateline /opt/dateline
ENV PATH=/opt/dateline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATELINE_DATA_DIR=/data \
    TMPDIR=/data
USER 1000:1000
WORKDIR /home/dateline
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=4 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["dateline"]
CMD ["up", "--host", "0.0.0.0", "--port", "8000"]
