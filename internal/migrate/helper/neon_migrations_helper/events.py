"""Progress for whoever started us, as lines of JSON on a pipe of their own."""

import json
import os


class Sink:
    """Writes events. A reader who went away stops the telling, never the work."""

    def __init__(self, fd):
        self.fd = fd
        os.set_inheritable(fd, False)  # programs that the project starts must not hold it open

    def send(self, **event):
        """Write one event."""
        if self.fd is None:
            return
        try:
            os.write(self.fd, (json.dumps(event) + "\n").encode("utf-8"))
        except OSError:
            self.fd = None
