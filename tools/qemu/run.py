#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Boot the ROM in QEMU, watch it, judge it.

The ROM speaks on the debug console (port 0x402), Linux on the first serial port. Lines that mean something here:

  phase: <name>               what begins now; named when a run hangs
  check: ok <name>            one check of the test client
  check: FAIL <name>: <why>
  linux: ok <name>            one check of the program that runs in Linux
  linux: FAIL <name>: <why>
  linux: done                 that program came to its end

and the values written to the debug-exit port: 5 the client passed (run without Linux), 0x6f the supervisor stopped in
a panic, 0x7f the ROM met a fatal error. With Linux the guest powers itself off.

The last line printed is "mm run: PASS (...)" or "mm run: FAIL (...)"; exit status 0 or 1, 2 for wrong arguments.
"""
import argparse
import os
import pathlib
import re
import resource
import selectors
import shutil
import subprocess
import sys
import time

from verdict import Transcript, judge

CLIENT_EXIT_PASS = 5
SKIPPED = 77  # what Meson takes for "skipped"
COMMAND_LINE = "console=ttyS0 quiet panic=-1"


def parse_arguments(argv):
    parser = argparse.ArgumentParser(
        prog="run.py", description="Boot the ROM in QEMU, watch it, judge it.",
        epilog="Exit status: 0 PASS, 1 FAIL, 2 wrong arguments.")
    parser.add_argument("--rom", type=pathlib.Path, required=True, help="the ROM image")
    parser.add_argument("--pflash", action="store_true", help="put the ROM into flash instead of -bios")
    parser.add_argument("--cpus", type=int, default=4, help="processors (default 4)")
    parser.add_argument("--memory", default="512M", help="memory (default 512M)")
    parser.add_argument("--tseg", type=int, default=16, help="TSEG in MiB (default 16; 8 turns the extension off)")
    parser.add_argument("--accel", default="tcg,thread=single", help="accelerator (default tcg,thread=single)")
    parser.add_argument("--cpu", default="max", help="processor model (default max)")
    parser.add_argument("--no-linux", action="store_true", help="end after the test client")
    parser.add_argument("--kernel", type=pathlib.Path, default=os.environ.get("MM_KERNEL"),
                        help="Linux kernel (default $MM_KERNEL)")
    parser.add_argument("--initrd", type=pathlib.Path, help="initramfs with the program that runs in Linux")
    parser.add_argument("--append", default=COMMAND_LINE, help=f"kernel command line (default '{COMMAND_LINE}')")
    parser.add_argument("--skip-without-kernel", action="store_true",
                        help="end with status 77, a skipped test, when no kernel is named")
    parser.add_argument("--shell", action="store_true", help="Linux's console on this terminal, no verdict on Linux")
    parser.add_argument("--timeout", type=float, help="limit in seconds (default by the number of processors)")
    parser.add_argument("--at-most", type=float, metavar="S", help="fail when QEMU takes more processor time: what it takes on an idle machine, whatever "
                             "else runs here")
    parser.add_argument("--option", action="append", default=[], metavar="K=V", help="pass opt/mm/K=V to the ROM")
    parser.add_argument("--expect-status", type=int, help="pass only if QEMU ends with this status, whatever the checks")
    parser.add_argument("--expect", action="append", default=[], metavar="REGEX",
                        help="pass only if a line of the log matches (may be repeated)")
    parser.add_argument("--require", type=pathlib.Path, metavar="FILE",
                        help="pass only if every check named in FILE, one a line, said ok")
    parser.add_argument("--logs", type=pathlib.Path, help="folder for debug.log, serial.log and command")
    parser.add_argument("--quiet", action="store_true", help="print the log only when the run fails")
    parser.add_argument("--qemu", default="qemu-system-x86_64", help="QEMU's program")
    parser.add_argument("qemu_args", nargs="*", help="after --: more arguments for QEMU")
    args = parser.parse_args(argv)
    if args.skip_without_kernel and not args.kernel:
        print("run.py: no kernel named, nothing to boot")
        sys.exit(SKIPPED)
    complain = problem(args)
    if complain:
        parser.error(complain)
    return args


def problem(args):
    """What is wrong with the arguments beyond their syntax, or None."""
    if not args.rom.is_file():
        return f"--rom: there is no file {args.rom}"
    if not 1 <= args.cpus <= 255:
        return f"--cpus: {args.cpus} is not within 1 to 255"
    if not shutil.which(args.qemu):
        return f"--qemu: there is no program {args.qemu}"
    for option in args.option:
        if not re.fullmatch(r"[a-z][a-z0-9-]*=[^,]+(,[^,]+)*", option):
            return f"--option: '{option}' is not of the shape name=value"
    if args.no_linux and args.shell:
        return "--shell needs Linux"
    for name in () if args.no_linux else ("kernel", "initrd"):
        path = getattr(args, name)
        if path is None or not pathlib.Path(path).is_file():
            return f"--{name}: there is no file {path} (or use --no-linux)"
    return None


def soaking():
    """Whether the full counts are wanted (./mm test --soak)."""
    return os.environ.get("MM_SOAK") == "1"


def default_timeout(args):
    """Generous on a slow machine, and still the end of a hang."""
    return ((60 if args.no_linux else 180) + 4 * args.cpus) * (20 if soaking() else 1)


def qemu_command(args, debug_fd, serial):
    """The command line; the debug console goes to a descriptor, the serial port where `serial` says."""
    command = [args.qemu, "-machine", "q35,smm=on", "-accel", args.accel, "-cpu", args.cpu, "-smp", str(args.cpus),
               "-m", args.memory, "-nodefaults", "-display", "none", "-no-reboot"]
    if args.pflash:
        command += ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={args.rom}"]
    else:
        command += ["-bios", str(args.rom)]
    # QEMU knows 8 MiB as "no extension"; anything else is what the extension offers.
    command += ["-global", f"mch.extended-tseg-mbytes={0 if args.tseg == 8 else args.tseg}"]
    command += ["-chardev", f"file,id=debug,path=/dev/fd/{debug_fd}", "-device",
                "isa-debugcon,iobase=0x402,chardev=debug", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    command += serial
    options = list(args.option) + (["soak=1"] if soaking() else [])
    if args.no_linux:
        options.append(f"exit={CLIENT_EXIT_PASS}")
    else:
        append = args.append + (" mm.shell" if args.shell else "")
        command += ["-kernel", str(args.kernel), "-initrd", str(args.initrd), "-append", append]
    for option in options:
        name, _, value = option.partition("=")
        command += ["-fw_cfg", f"name=opt/mm/{name},string={value.replace(',', ',,')}"]
    return command + args.qemu_args


class Lines:
    """Bytes of one pipe turned into whole lines for the transcript, the screen and a log file."""

    def __init__(self, transcript, log, screen):
        self.transcript, self.log, self.screen = transcript, log, screen
        self.rest = b""

    def feed(self, data):
        if self.log:
            self.log.write(data)
            self.log.flush()
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.line(line)

    def line(self, raw):
        text = printable(raw)
        self.transcript.add(text)
        if self.screen:
            print(text, file=self.screen, flush=True)

    def finish(self):
        if self.rest:
            self.line(self.rest)
        self.rest = b""


def printable(raw):
    """A line as text without carriage returns, escape sequences and other control characters."""
    text = raw.decode("utf-8", "replace")
    text = re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[=>c78])", "", text)
    return "".join(c for c in text if c == "\t" or c.isprintable())


def watch(process, streams, deadline):
    """Passes on what arrives until QEMU has ended; False when the deadline came first."""
    selector = selectors.DefaultSelector()
    for descriptor, lines in streams.items():
        selector.register(descriptor, selectors.EVENT_READ, lines)
    while selector.get_map():
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        for key, _ in selector.select(min(left, 1.0)):
            data = os.read(key.fd, 65536)
            if data:
                key.data.feed(data)
            else:
                selector.unregister(key.fd)
    try:
        process.wait(max(deadline - time.monotonic(), 1.0))
    except subprocess.TimeoutExpired:
        return False
    return True


def stop(process):
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def open_log(args, name):
    if not args.logs:
        return None
    args.logs.mkdir(parents=True, exist_ok=True)
    return open(args.logs / name, "wb")


def run(args):
    """Runs QEMU once. Returns (transcript, QEMU's status or None for a hang, seconds)."""
    transcript = Transcript()
    screen = None if args.quiet else (sys.stderr if args.shell else sys.stdout)
    debug_read, debug_write = os.pipe()
    streams = {debug_read: Lines(transcript, open_log(args, "debug.log"), screen)}
    descriptors = [debug_write]
    serial = ["-serial", "mon:stdio"]
    if not args.shell:
        serial_read, serial_write = os.pipe()
        streams[serial_read] = Lines(transcript, open_log(args, "serial.log"), screen)
        descriptors.append(serial_write)
        serial = ["-serial", f"file:/dev/fd/{serial_write}"]
    command = qemu_command(args, debug_write, serial)
    if args.logs:
        with open_log(args, "command") as log:
            log.write((" ".join(command) + "\n").encode())
    begun = time.monotonic()
    process = subprocess.Popen(command, pass_fds=descriptors, stdin=None if args.shell else subprocess.DEVNULL)
    for descriptor in descriptors:
        os.close(descriptor)
    limit = args.timeout or (86400 if args.shell else default_timeout(args))
    try:
        ended = watch(process, streams, begun + limit)
    finally:
        if process.poll() is None:
            stop(process)
    for lines in streams.values():
        lines.finish()
    return transcript, process.returncode if ended else None, time.monotonic() - begun


def required_checks(path):
    """The names in a list of checks, without its comments."""
    lines = path.read_text(encoding="utf-8").splitlines() if path else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def main(argv=None):
    args = parse_arguments(argv)
    try:
        transcript, status, seconds = run(args)
    except KeyboardInterrupt:
        print("mm run: FAIL (interrupted)")
        return 1
    failures = judge(transcript, status, seconds, linux=not args.no_linux, shell=args.shell,
                     expect_status=args.expect_status, expect=args.expect,
                     required=required_checks(args.require))
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    if args.at_most and status is not None and not soaking() and usage.ru_utime + usage.ru_stime > args.at_most:
        failures.append(f"took {usage.ru_utime + usage.ru_stime:.1f} s of processor time, allowed are {args.at_most:g} s")
    if failures and args.quiet:
        print("\n".join(transcript.lines))
    if failures:
        print(f"mm run: FAIL ({'; '.join(failures)})")
        return 1
    print(f"mm run: PASS ({transcript.check_count} checks, {args.cpus} CPUs, {seconds:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
