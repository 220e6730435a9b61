"""SharedCache: its bound, what it forgets, and threads that ask for one thing at once."""

import multiprocessing
import os
import threading
from dataclasses import dataclass

import numpy as np
import pytest

from fusion.cache import Budget, SharedCache, held_bytes


def cache_of(limit: int) -> SharedCache[bytes]:
    return SharedCache(limit, len)


def test_what_was_not_used_for_longest_goes_first():
    cache = cache_of(30)
    for key in "abc":
        cache.get(key, lambda: b"x" * 10)
    cache.get("a", lambda: b"made anew")
    cache.get("d", lambda: b"x" * 10)
    assert [key in cache for key in "abcd"] == [True, False, True, True]
    assert (cache.held, cache.limit, len(cache)) == (30, 30, 3)


def test_a_kept_value_is_not_made_again():
    cache, made = cache_of(30), []
    for _ in range(3):
        assert cache.get("a", lambda: made.append(1) or b"value") == b"value"
    assert len(made) == 1


def test_what_is_too_large_is_given_and_not_kept():
    cache = cache_of(30)
    cache.get("small", lambda: b"x")
    assert cache.get("large", lambda: b"x" * 31) == b"x" * 31
    assert "large" not in cache
    assert "small" in cache


def test_threads_that_make_one_thing_at_once_get_the_same_object():
    cache, together, found = SharedCache(1000, lambda array: array.nbytes), threading.Barrier(4, timeout=30), []

    def make() -> np.ndarray:
        together.wait()  # nobody is done before everybody has begun
        return np.zeros(10)

    threads = [threading.Thread(target=lambda: found.append(cache.get("a", make))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({id(one) for one in found}) == 1
    assert cache.held == 80


def test_caches_of_one_budget_share_its_bound_and_not_their_keys():
    budget = Budget(30)
    first, second = SharedCache[bytes](budget, len), SharedCache[bytes](budget, len)
    first.get("a", lambda: b"1" * 10)
    second.get("a", lambda: b"2" * 10)
    second.get("b", lambda: b"2" * 10)
    assert (first.kept("a"), second.kept("a")) == (b"1" * 10, b"2" * 10)
    second.get("c", lambda: b"2" * 10)  # over the bound: the oldest goes, and that is b
    assert (first.held, second.held, budget.held) == (10, 20, 30)
    assert "b" not in second
    first.get("large", lambda: b"x" * 25)
    assert (len(first), len(second)) == (1, 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
def test_a_forked_process_waits_for_no_lock_of_the_other():
    cache = SharedCache[bytes](30, len)
    cache.get("a", lambda: b"1")
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=lambda: answers.put((len(cache), cache.get("a", lambda: b"2"))))
    with cache._budget.lock:  # as another thread may hold it at that moment
        child.start()
    child.join(60)
    assert child.exitcode == 0
    assert answers.get() == (0, b"2")
    assert cache.get("a", lambda: b"3") == b"1"


def test_arrays_count_wherever_they_are():
    @dataclass
    class Trace:
        pictures: dict[str, np.ndarray]
        pair: tuple[np.ndarray, str]

    assert held_bytes(Trace({"up3": np.zeros(10)}, (np.zeros(3, np.uint8), "name"))) == 83
