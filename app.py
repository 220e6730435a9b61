"""Emoji Fusion in the browser: ``python app.py [--host H] [--port P] [--device auto|cpu|cuda] [--weights W]``."""

from fusion.interrupts import one_sentence

if __name__ == "__main__":
    with one_sentence():
        from fusion.ui.launcher import main

        main()
