"""A stand-in for the package of Spaces that lend GPUs, with what matters of it: the decorated function runs in a forked
process, in a thread there, and what goes in and comes out is pickled. ``asked`` has the seconds of each call."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any

asked: list[float] = []
workers: list[int] = []
END = "end"


def GPU(duration: Callable[..., float]) -> Callable:
    def decorate(task: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        @wraps(task)
        def lent(*args: Any) -> Iterator[Any]:
            asked.append(duration(*args))
            fork = multiprocessing.get_context("fork")
            ours, theirs = fork.Pipe(duplex=False)
            process = fork.Process(target=work, args=(task, pickle.dumps(args), theirs), daemon=True)
            process.start()
            workers.append(process.pid)
            theirs.close()
            try:
                while (kind := (message := pickle.loads(ours.recv_bytes()))[0]) != END:
                    if kind == "error":
                        raise RuntimeError(message[1])
                    yield message[1]
            finally:
                process.terminate()
                process.join()

        return lent

    return decorate


def work(task: Callable[..., Iterator[Any]], arguments: bytes, answers: Any) -> None:
    def run() -> None:
        try:
            for one in task(*pickle.loads(arguments)):
                answers.send_bytes(pickle.dumps(("row", one)))
            answers.send_bytes(pickle.dumps((END, None)))
        except Exception as error:
            answers.send_bytes(pickle.dumps(("error", type(error).__name__)))  # as there: only its class arrives

    with ThreadPoolExecutor(1) as thread:
        thread.submit(run).result()
