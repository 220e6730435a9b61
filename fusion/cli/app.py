"""``python -m fusion app``: the page in the browser; ``python app.py`` is the same.

Source: DESIGN section 6.
"""

from __future__ import annotations

import argparse

from fusion.ui import launcher

add_arguments = launcher.add_arguments


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted. Raises FusionError for weights, a device or a port that cannot be used."""
    launcher.serve(args)
    return 0
