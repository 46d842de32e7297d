# The site for any host that runs containers; docs/deploy.md says how. Without the search by photo:
#   docker build --build-arg REQUIREMENTS=requirements-web.txt -t lookalike .

FROM python:3.11-slim AS installed
ARG REQUIREMENTS=requirements.txt
WORKDIR /build
COPY requirements.txt requirements-web.txt ./
COPY bin bin
ENV PATH=/venv/bin:$PATH
RUN python -m venv /venv \
 && pip install --no-cache-dir --disable-pip-version-check --require-hashes -r "${REQUIREMENTS}" \
 && bash bin/post_compile

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home lookalike
WORKDIR /app
COPY --from=installed /venv /venv
COPY app.py gunicorn.conf.py ./
COPY catalogue catalogue
COPY model model
COPY storefront storefront
COPY assets assets
COPY precomputed precomputed
# The disk may be read-only where it runs, so that nothing could be compiled there.
RUN python -m compileall -q app.py gunicorn.conf.py catalogue model storefront
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PORT=8050
USER 10001
EXPOSE 8050
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
CMD ["gunicorn", "app:server"]
