"""The page of a blind comparison: one pair at a time, served from this machine alone by the standard library.

Addresses tell neither folder: ``/left/3`` and ``/right/3`` are the two pictures of the fourth card.

Source: DESIGN section 6.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from fusion.errors import FusionError
from fusion.evaluation.blind import Card, Vote, cast, write_votes

MOST_BYTES = 4096
"""A vote is shorter than this."""

PAGE = """<!doctype html><meta charset="utf-8"><title>Which would you send?</title>
<style>
body { font: 16px system-ui; text-align: center; margin: 2em auto; max-width: 760px; color-scheme: light dark }
main { display: flex; gap: 2em; justify-content: center }
img { width: 300px; height: 300px; background: #fff; border-radius: 16px }
button { font: inherit; padding: .5em 1em; margin: .2em } button[aria-pressed=true] { outline: 3px solid #36c }
</style>
<h1>Which would you send to a friend?</h1><p id="where"></p>
<main><section><img id="left" alt="left picture"><p id="left-grades"></p></section>
<section><img id="right" alt="right picture"><p id="right-grades"></p></section></main>
<p id="choices"></p>
<script>
const cards = COUNT, grades = ["send", "so-so", "poor"], said = {}; let at = 0;
const by = id => document.getElementById(id);
function options(id, words, key) {
  by(id).replaceChildren(...words.map(word => { const b = document.createElement("button");
    b.textContent = word; b.onclick = () => { said[key] = word; press(id, word); next(); }; return b; })); }
function press(id, word) { for (const b of by(id).children) b.setAttribute("aria-pressed", b.textContent === word); }
function show() { for (const key of ["left", "right", "choice"]) delete said[key];
  if (at >= cards) { by("where").textContent = "Done. Thank you; the votes are stored.";
    document.querySelector("main").remove(); by("choices").replaceChildren(); return; }
  by("where").textContent = `${at + 1} of ${cards}`;
  for (const side of ["left", "right"]) { by(side).src = `/${side}/${at}`; options(side + "-grades", grades, side); }
  options("choices", ["left", "neither", "right"], "choice"); }
async function next() { if (!(said.left && said.right && said.choice)) return;
  const answer = await fetch(`/vote/${at}`, { method: "POST", body: JSON.stringify(said) });
  if (answer.ok) { at += 1; show(); } else by("where").textContent = await answer.text(); }
show();
</script>"""


class BlindServer(ThreadingHTTPServer):
    """Serves the cards and stores every vote at once, so that nothing is lost when the page is closed.

    ``votes``: those of an earlier sitting, whose cards come no more. ``port`` 0 takes a free one.
    """

    daemon_threads = True

    def __init__(
        self, a: Path, b: Path, cards: Sequence[Card], out: Path, votes: Sequence[Vote] = (), port: int = 0
    ) -> None:
        self.a, self.b, self.out = a, b, out
        self.votes = list(votes)
        judged = {vote.name for vote in votes}
        self.cards = [card for card in cards if card.name not in judged]
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def picture(self, side: str, card: Card) -> Path:
        """The file that stands on ``side`` ("left" or "right")."""
        return (self.a if (side == "left") == card.a_left else self.b) / card.name

    def take(self, card: Card, said: dict) -> None:
        """Store one vote, in the place of an earlier one for the same card. Raises FusionError."""
        vote = cast(card, *(str(said.get(key)) for key in ("choice", "left", "right")))
        self.votes = [*(other for other in self.votes if other.name != card.name), vote]
        write_votes(self.out, self.votes, self.a, self.b)


class Handler(BaseHTTPRequestHandler):
    """``GET /``, ``GET /left/N``, ``GET /right/N``, ``POST /vote/N``."""

    server: BlindServer

    def do_GET(self) -> None:
        """The page, or one of its pictures."""
        if self.path == "/":
            page = PAGE.replace("COUNT", str(len(self.server.cards)))
            self.answer(200, "text/html; charset=utf-8", page.encode())
            return
        side, card = self.asked()
        if card is None or side not in ("left", "right"):
            self.answer(404, "text/plain", b"There is nothing here; open the first page.")
            return
        picture = self.server.picture(side, card)
        self.answer(200, f"image/{picture.suffix[1:]}", picture.read_bytes())

    def do_POST(self) -> None:
        """A vote."""
        side, card = self.asked()
        length = int(self.headers.get("Content-Length") or 0)
        if card is None or side != "vote" or length > MOST_BYTES:
            self.answer(404, "text/plain", b"There is nothing to vote on here; open the first page.")
            return
        try:
            said = json.loads(self.rfile.read(length))
            self.server.take(card, said if isinstance(said, dict) else {})
        except (ValueError, FusionError) as error:
            self.answer(400, "text/plain; charset=utf-8", str(error).encode())
            return
        self.answer(204, "text/plain", b"")

    def asked(self) -> tuple[str, Card | None]:
        """The side and the card that the address names."""
        side, _, number = self.path.strip("/").partition("/")
        known = number.isdecimal() and int(number) < len(self.server.cards)
        return side, self.server.cards[int(number)] if known else None

    def answer(self, code: int, kind: str, body: bytes) -> None:
        """Send a whole answer; nothing of it is to be kept by the browser."""
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing: the terminal shows the address and the summary."""
