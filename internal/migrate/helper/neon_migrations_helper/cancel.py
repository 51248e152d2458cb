"""Cancels statements on the server when the process is interrupted.

psycopg2 waits inside libpq, where Python handles no signal: the interrupt would be seen
only after the statement, and killing the process leaves the statement running, with its
locks. Signals do reach the wakeup pipe at once, and another thread can cancel.
psycopg and asyncpg do this by themselves.
"""

import os
import signal
import threading
import weakref


class Canceller:
    """Knows the open connections of psycopg2."""

    def __init__(self):
        self.connections = weakref.WeakSet()
        self.started = False

    def watch(self, driver, connection):
        """Take a connection into care; the first one starts the watch."""
        if driver != "psycopg2":
            return
        self.connections.add(connection)
        if not self.started and threading.current_thread() is threading.main_thread():
            self.started = True
            self.start()

    def start(self):
        """Let signals write to a pipe that a thread waits on."""
        read, write = os.pipe()
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        threading.Thread(target=self.wait, args=(read,), daemon=True).start()

    def wait(self, read):
        """Cancel all that runs, at each interrupt."""
        while True:
            if os.read(read, 1) != bytes([signal.SIGINT]):
                continue
            for connection in list(self.connections):
                try:
                    connection.cancel()
                except Exception:
                    pass  # closed meanwhile; there is nobody to tell
