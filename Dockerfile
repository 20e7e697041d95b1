# The whole house in one image: environments, trained model, supervisor. See docs/operations.md.
ARG BASE=debian:bookworm-slim
FROM ${BASE}

RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libgomp1 python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/madoguchi
COPY . .
RUN ops/bootstrap.sh && .venv/bin/python -m ops.train && rm -rf /root/.cache

ENV MADOGUCHI_HOST=0.0.0.0
EXPOSE 8080
CMD [".venv/bin/python", "-m", "ops.run"]
