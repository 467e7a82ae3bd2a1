"""Inspects one snapshot: verifies it, loads it, measures its recall, asks its golden queries, and reports.

Run as `python -m firstlight_server.inspection.program`, with an order on standard input; the report goes to standard
output. It gives way to the processes that answer. Knows nothing of who answers.
"""

import os
import sys

_NICENESS = 10
"""About a tenth of a core where servers want all of it; whatever is idle otherwise."""


def main() -> None:
    """Reads an order, obeys, reports."""
    os.nice(_NICENESS)
    # NOTE: imported here, so that even this takes nothing from those who answer.
    from firstlight_server.inspection.inspect import inspect  # noqa: PLC0415
    from firstlight_server.inspection.order import Order  # noqa: PLC0415

    sys.stdout.write(inspect(Order.from_json(sys.stdin.readline())).to_json())


if __name__ == "__main__":
    main()
