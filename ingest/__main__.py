"""python -m ingest: load, watch, status, quarantine, replicate, and more; see `ingest.commands`."""

import signal

if __name__ == "__main__":
    # while the rest is imported, Ctrl-C ends this without a traceback
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ingest.commands import main

    signal.signal(signal.SIGINT, before)
    main()
