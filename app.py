"""Emoji Fusion in the browser: ``python app.py [--host H] [--port P] [--device auto|cpu|cuda] [--weights W]``."""

from fusion.ui.launcher import main

if __name__ == "__main__":
    main()
