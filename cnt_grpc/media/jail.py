"""Start one program with nothing around it but its folder. Run as a script; imports none of ours.

What to run comes as JSON on stdin. By the time that the program begins it has no network, no file but its folder and
the system's libraries, no way to start another program, and bounds on time, memory and the size of what it writes. Each
of these is the kernel's doing, so that a program that was taken over by a hostile file cannot take them off.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import resource
import signal
import struct
import sys
import time
from pathlib import Path
from typing import Any, Final, NoReturn

REFUSED: Final = 125
"""Exit status when the walls cannot be put up; why is on stderr."""

_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWNET = 0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x40000000
_RDONLY, _NOSUID, _NODEV, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_PDEATHSIG, _NO_NEW_PRIVS, _SECCOMP = 1, 38, 22
_NOBODY: Final = 65534

_KEPT_FLAGS: Final = {os.ST_NOEXEC: 8, os.ST_NOATIME: 1024, os.ST_NODIRATIME: 2048, os.ST_RELATIME: 1 << 21}
"""How statvfs calls flags of a mounted disk, and how mount does."""
_LIBRARIES: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Become the one program that was asked for."""
    asked = json.load(sys.stdin)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    yield_to_others(asked["nice"])
    program = asked["program"]
    try:
        if asked["namespaces"]:
            program = _alone(Path(asked["folder"]), program, asked["inputs"])
        for name, most in asked["limits"].items():
            _limit(getattr(resource, f"RLIMIT_{name}"), most)
        # As late as this, since a new user namespace takes it off; so look whether the parent is there still.
        _call("prctl", _PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() not in {asked["parent"], 0}:
            os.kill(os.getpid(), signal.SIGKILL)
        if asked["filter"]:
            _forbid()
    except OSError as error:
        _refuse(error)
    os.execve(program, [program, *asked["arguments"]], asked["environment"])  # noqa: S606


# -- whose turn it is -------------------------------------------------------------------------------------------------

GROUP_TRIES: Final = 6
GROUP_SECONDS: Final = 0.11
"""Between two tries."""


def yield_to_others(niceness: int) -> None:
    """Have this process, and its session if it leads one, come behind others by so much."""
    reached = os.nice(niceness)
    if os.getsid(0) != os.getpid():
        return  # the session's other programs asked for nothing
    for _ in range(GROUP_TRIES):
        if yield_group("self", reached):
            return
        time.sleep(GROUP_SECONDS)


def yield_group(process: str, niceness: int) -> bool:
    """Have the session that a process leads come behind others; False when it must be tried again a little later.

    A session is a group to the scheduler (sched(7), "The autogroup feature"), and a process's niceness counts among
    those of its own group alone: a program in a session of its own would be nice to nobody.
    """
    try:
        Path(f"/proc/{process}/autogroup").write_text(str(niceness))
    except BlockingIOError:
        return False  # ten times a second, all processes of the machine together, for whoever is not root
    except OSError:
        return True  # a kernel without such groups: niceness alone does it there
    return True


# -- namespaces -------------------------------------------------------------------------------------------------------


def _alone(folder: Path, program: str, inputs: list[str]) -> str:
    """Leave the network and all files but the folder's behind; where the program is then found."""
    user, group = os.geteuid(), os.getegid()
    _call("unshare", _NEWUSER | _NEWNS | _NEWNET | _NEWIPC | _NEWUTS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_NOBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{_NOBODY} {group} 1")
    _mount(None, Path("/"), _REC | _PRIVATE)
    root = folder / ".root"
    root.mkdir(exist_ok=True)
    _call("mount", b"tmpfs", os.fsencode(root), b"tmpfs", _NOSUID | _NODEV, b"size=1m,mode=755")
    for each in _LIBRARIES:
        _show(Path(each), root)
    (root / "bin").mkdir(exist_ok=True)
    (root / "bin/program").touch()
    _mount(Path(program), root / "bin/program", _BIND)
    _make_read_only(root / "bin/program")
    work = root / "work"
    work.mkdir()
    _mount(folder, work, _BIND)
    for name in inputs:
        _show_input(folder / name, work / name, root)
    os.chroot(root)
    os.chdir("/work")
    return "/bin/program"


def _show(folder: Path, root: Path) -> None:
    """A folder of libraries, to be read; as a link where it is one."""
    shown = root / folder.relative_to("/")
    if folder.is_symlink():
        shown.parent.mkdir(parents=True, exist_ok=True)
        shown.symlink_to(folder.readlink())
    elif folder.is_dir():
        shown.mkdir(parents=True, exist_ok=True)
        _mount(folder, shown, _BIND | _REC)
        _make_read_only(shown)


def _show_input(path: Path, shown: Path, root: Path) -> None:
    """A file to be read; where the store is on another disk it is a link, and so its end must be here as well."""
    if path.is_symlink():
        shown = root / path.readlink().relative_to("/")
        shown.parent.mkdir(parents=True, exist_ok=True)
        shown.touch()
    _mount(path.resolve(), shown, _BIND)
    _make_read_only(shown)


def _make_read_only(shown: Path) -> None:
    """Whoever owns a namespace may add such flags to a mount, and take none of its disk's away."""
    kept = os.statvfs(shown).f_flag
    flags = sum(flag for of_disk, flag in _KEPT_FLAGS.items() if kept & of_disk)
    _mount(None, shown, _BIND | _REMOUNT | _RDONLY | _NOSUID | _NODEV | flags)


def _mount(source: Path | None, target: Path, flags: int) -> None:
    _call("mount", os.fsencode(source) if source else None, os.fsencode(target), None, flags, None)


# -- limits -----------------------------------------------------------------------------------------------------------


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (bound, bound))


# -- system calls -----------------------------------------------------------------------------------------------------

_FORBIDDEN: Final = {
    # socket, socketpair, fork, vfork, ptrace, pivot_root, chroot, mount, umount2, init_module, finit_module,
    # kexec_load, add_key, request_key, keyctl, unshare, setns, perf_event_open, process_vm_readv, process_vm_writev,
    # bpf, userfaultfd, io_uring_setup
    "x86_64": (41, 53, 57, 58, 101, 155, 161, 165, 166, 175, 313, 246, 248, 249, 250, 272, 308, 298, 310, 311, 321, 323,
               425),
    "aarch64": (198, 199, 117, 41, 51, 40, 39, 105, 273, 104, 217, 218, 219, 97, 268, 241, 270, 271, 280, 282, 425),
}  # fmt: skip
_CLONE: Final = {"x86_64": 56, "aarch64": 220}
_CLONE3: Final = 435
_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE_THREAD: Final = 0x00010000
_X32: Final = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


def _forbid() -> None:
    """Threads but no processes, files but no sockets, and none of what sandboxes are broken with (seccomp(2))."""
    machine = platform.machine()
    denied = _ERRNO | errno.EPERM
    rules: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, denied),
        # Its flags lie behind a pointer, which no filter can read; the library falls back to clone.
        (_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]
    for number in _FORBIDDEN[machine]:
        rules += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, denied)]
    rules += [
        (_EQUAL, 0, 3, _CLONE[machine]),
        (_LOAD, 0, 0, 16),
        (_ANY_BIT, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, denied),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", *rule) for rule in rules)
    held = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxP", len(rules), ctypes.addressof(held))
    _call("prctl", _NO_NEW_PRIVS, 1, 0, 0, 0)
    _call("prctl", _SECCOMP, 2, program, 0, 0)


def _call(name: str, *arguments: Any) -> None:  # noqa: ANN401  (numbers, bytes and None, as C takes them)
    wide = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
    if getattr(_libc, name)(*wide) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _refuse(error: OSError) -> NoReturn:
    print(error, file=sys.stderr)  # noqa: T201
    sys.stderr.flush()
    os._exit(REFUSED)


if __name__ == "__main__":
    main()
