"""`python -m knowledge` is `uv run knowledge`."""

import sys

from knowledge.cli import main

sys.exit(main())
