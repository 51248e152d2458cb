# The Action's container: the program, and Python with uv for the project of the workflow.
#
# Built in each job that uses the Action by its Dockerfile, so it is kept short. The images are named
# by exact tag and not by digest: whoever publishes a release pins them to what was tested. The tags are
# of the form that docker-library/official-images lists in library/golang and library/python; the job `image`
# of .github/workflows/ci.yml is what pulls them. They are arguments so that scripts/image-test, which has no
# registry, can put others in their place.
ARG GO_IMAGE=docker.io/library/golang:1.26.8-bookworm
ARG PYTHON_IMAGE=docker.io/library/python:3.13.14-slim-bookworm

FROM ${GO_IMAGE} AS build
WORKDIR /src
# The modules first: they change less often than the source, and are then a layer of their own.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# Without VCS stamping, for the context has no .git.
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w" -o /out/neon-migrations .

FROM ${PYTHON_IMAGE}
# git and a compiler are for dependencies that are not wheels: those from a repository, and psycopg2, which
# is built against libpq. psycopg without its binary part loads libpq at run time.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates gcc git libc6-dev libpq-dev \
    && rm -rf /var/lib/apt/lists/* \
    # The workspace belongs to the runner's account and this container runs as root.
    && git config --system --add safe.directory '*'
COPY image/uv.txt /tmp/uv.txt
RUN python3 -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r /tmp/uv.txt \
    && ln -s /opt/uv/bin/uv /opt/uv/bin/uvx /usr/local/bin/ \
    && rm /tmp/uv.txt
# Files of the workspace would stay behind as root's.
ENV PYTHONDONTWRITEBYTECODE=1
COPY --from=build /out/neon-migrations /usr/local/bin/neon-migrations
# No USER and no WORKDIR: GitHub asks for root and sets the directory. The exec form makes the program
# process 1, which gets the signals of a cancelled run.
ENTRYPOINT ["/usr/local/bin/neon-migrations"]
