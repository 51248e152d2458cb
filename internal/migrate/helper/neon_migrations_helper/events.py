"""Progress for whoever started us, as lines of JSON on a pipe of their own, and pauses in which
they look at the database."""

import json
import os


class Sink:
    """Writes events. A reader who went away stops the telling, never the work."""

    def __init__(self, fd, resume_fd=None):
        self.fd = fd
        self.resume_fd = resume_fd  # None: nobody asked for pauses
        os.set_inheritable(fd, False)  # programs that the project starts must not hold it open
        if resume_fd is not None:
            os.set_inheritable(resume_fd, False)

    def send(self, **event):
        """Write one event."""
        if self.fd is None:
            return
        line = (json.dumps(event) + "\n").encode("utf-8")
        try:
            while line:  # a signal may cut a long one
                line = line[os.write(self.fd, line) :]
        except OSError:
            self.fd = None

    def pause(self, **event):
        """Wait until we are told to go on. Whoever closes the pipe instead wants us to end."""
        if self.resume_fd is None:
            return
        self.send(event="pause", **event)
        if os.read(self.resume_fd, 1) == b"":
            raise KeyboardInterrupt
