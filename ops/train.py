"""`make train`: the model of the present state, trained now if it is not there."""

from __future__ import annotations

import sys

from ops.errors import OpsError
from ops.model import ROOT, ensure_model
from ops.run import say


def main() -> int:
    """Returns 1 with one clear line when training fails."""
    try:
        model = ensure_model(say)
    except OpsError as error:
        print(f"✖ {error}", file=sys.stderr)
        return 1
    say(f"モデル: {model.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
