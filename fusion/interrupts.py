"""Ctrl-C on the command line: one sentence and exit code 130, whatever was under way, imports included."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

SENTENCE, CODE = "Interrupted.", 130


@contextmanager
def one_sentence() -> Iterator[None]:
    """Whatever Ctrl-C does to the block, no traceback comes of it: SystemExit with ``CODE``."""
    pressed: list[int] = []

    def press(number: int, _: object) -> NoReturn:
        pressed.append(number)
        raise KeyboardInterrupt

    # Only where Python's own handler stands: others (a shell's background job, a program around this one) know better.
    ours = threading.current_thread() is threading.main_thread()
    ours = ours and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, press)
    try:
        yield
    except KeyboardInterrupt:
        leave()
    except Exception:
        # Compiled modules that are interrupted while they load raise an ImportError of their own instead.
        if not pressed:
            raise
        leave()
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def leave() -> NoReturn:
    """Say so, and end."""
    print(SENTENCE, file=sys.stderr)
    raise SystemExit(CODE) from None
