# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What a run of the ROM said, and what that is worth. Knows nothing of QEMU but its exit status."""
import re

STATUS_CLIENT_PASS = (5 << 1) | 1
STATUS_MEANINGS = {
    (0x6F << 1) | 1: "the supervisor stopped in a panic",
    (0x7F << 1) | 1: "the ROM met a fatal error",
}
LINUX_END = "linux: done"


class Transcript:
    """The lines of a run in the order of their arrival, and what they amount to."""

    def __init__(self):
        self.lines = []
        self.phase = None
        self.client_ok = []
        self.linux_ok = []
        self.failed = []
        self.linux_ended = False

    def add(self, line):
        self.lines.append(line)
        match = re.match(r"\s*(phase|check|linux): (.*?)\s*$", line)
        if not match:
            return
        kind, text = match.groups()
        if kind == "phase":
            self.phase = text
        elif text.startswith("ok "):
            (self.client_ok if kind == "check" else self.linux_ok).append(text[3:])
        elif text.startswith("FAIL"):
            self.failed.append(f"{kind}: {text[4:].strip()}")
        elif f"{kind}: {text}" == LINUX_END:
            self.linux_ended = True

    @property
    def check_count(self):
        return len(self.client_ok) + len(self.linux_ok)


def status_failure(status, wanted):
    """Why QEMU's exit status is not the wanted one, or None."""
    if status == wanted:
        return None
    if status in STATUS_MEANINGS:
        return STATUS_MEANINGS[status]
    if status < 0:
        return f"QEMU was ended by signal {-status}"
    if status & 1 and status > 1:
        return f"the guest ended with exit value {status >> 1:#x}"
    if status == 0:
        return "the guest reset or powered off instead of ending the run"
    return f"QEMU ended with status {status}"


def judge(transcript, status, seconds, linux, shell=False, expect_status=None, expect=(), required=()):
    """The reasons why a run failed, none for a pass. `status` None is a run that met its time limit."""
    failures = []
    if status is None:
        failures.append(f"no end after {seconds:.0f} s, last phase: {transcript.phase or 'none named'}")
    for pattern in expect:
        if not any(re.search(pattern, line) for line in transcript.lines):
            failures.append(f"no line matches '{pattern}'")
    if expect_status is not None:
        if status is not None and status != expect_status:
            failures.append(status_failure(status, expect_status))
        return failures
    if status is not None:
        wrong = status_failure(status, 0 if linux else STATUS_CLIENT_PASS)
        if wrong:
            failures.append(f"{wrong}, last phase: {transcript.phase or 'none named'}")
    failures += transcript.failed
    said = set(transcript.client_ok + transcript.linux_ok)
    failures += [f"the check {name} did not run" for name in required
                 if name not in said and not any(text.partition(": ")[2].startswith(name) for text in transcript.failed)]
    if not transcript.client_ok:
        failures.append("the client passed no check")
    if linux and not shell and status is not None:
        if not transcript.linux_ok:
            failures.append("the program in Linux passed no check")
        elif not transcript.linux_ended:
            failures.append("the program in Linux did not come to its end")
    return failures
