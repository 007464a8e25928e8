"""How much memory this machine gives the program: looked at before anything heavy is loaded."""

import contextlib
import resource
from pathlib import Path

from ccs_qa.errors import MemoryLimitError

# In MB. What answering touches, and what it reserves, most of which it never does.
RESIDENT = 384
ADDRESSES = 1536
_GROUPS = Path("/sys/fs/cgroup")


def refuse_little_memory() -> None:
    """Raise `MemoryLimitError` where the program would be killed, or fail inside a library."""
    addresses = resource.getrlimit(resource.RLIMIT_AS)[0]
    limits = [(addresses, ADDRESSES)] if addresses != resource.RLIM_INFINITY else []
    limits += [(limit, RESIDENT) for limit in group_limits(Path("/proc/self/cgroup"), _GROUPS)]
    for given, needed in limits:
        if given < needed << 20:
            raise MemoryLimitError(given=given >> 20, needed=needed)


def group_limits(listed: Path, groups: Path) -> list[int]:
    """Read the limits of the control groups, of either version, that a process is in; in bytes."""
    found = []
    with contextlib.suppress(OSError):
        for line in listed.read_text("utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            first = groups if not controllers else groups / "memory"
            name = "memory.max" if not controllers else "memory.limit_in_bytes"
            if controllers and "memory" not in controllers.split(","):
                continue
            # In a container its own group is the root of what it sees.
            for folder in {first / path.lstrip("/"), first}:
                with contextlib.suppress(OSError, ValueError):
                    found.append(int((folder / name).read_text("ascii")))
    return found
