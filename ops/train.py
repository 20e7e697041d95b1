"""`make train`: the model and the vectors of the present state, made now if they are not there."""

from __future__ import annotations

import sys

from ops.errors import OpsError
from ops.model import ROOT, ensure_model
from ops.run import say
from ops.vectors import ensure_vectors


def main() -> int:
    """Returns 1 with one clear line when training fails."""
    try:
        model = ensure_model(say)
        ensure_vectors(say)
    except OpsError as error:
        print(f"✖ {error}", file=sys.stderr)
        return 1
    say(f"モデル: {model.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
