"""Runs the Compose file's services on this machine without Docker; `trial.py` is what is done with them.

Each service gets what a container would have: a network, a process table and a file system of its own
(an overlay of this machine's, read-only but for its volumes), its user, its mounts, its environment,
its health check, and a restart when it ends. So the very files of a cluster run as they are, under
their own names. Needs root, Linux with overlay, and the packages that the Dockerfile names.
"""

import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import yaml

HERE = pathlib.Path(__file__).resolve().parent
DOMAIN = "rollcall.internal"
NEW_MOUNTS, NEW_NETWORK, NEW_PROCESSES = 0x20000, 0x40000000, 0x20000000
ORPHANS_ARE_OURS = 36  # PR_SET_CHILD_SUBREAPER
READY_WITHIN_SECONDS = float(os.environ.get("READY_WITHIN_SECONDS", "180"))
LINES_SHOWN = 12
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LIBC = ctypes.CDLL(None, use_errno=True)


def run(*command, **more):
    return subprocess.run([str(word) for word in command], check=True, **more)


def unshare(flags):
    if LIBC.unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "unshare: this needs root")


def images():
    """What the Dockerfile says of each target: its user and its command."""
    text = (HERE / "Dockerfile").read_text()
    found = {}
    for stage in re.split(r"^FROM ", text, flags=re.M)[1:]:
        name = stage.split("\n", 1)[0].rsplit(" ", 1)[-1]
        words = {key: re.search(rf"^{key} (.*)$", stage, re.M) for key in ("USER", "ENTRYPOINT", "CMD")}
        if words["USER"]:
            command = json.loads(words["ENTRYPOINT"][1])
            command += json.loads(words["CMD"][1]) if words["CMD"] else []
            found[name] = (int(words["USER"][1].split(":")[0]), command)
    return found


class Service:
    def __init__(self, name, number, spec, lab):
        self.name, self.spec, self.lab = name, spec, lab
        self.address = f"10.77.0.{10 + number}"
        self.uid, self.command = lab.images[spec["build"]["target"]]
        self.root = lab.folder / name
        self.pid = None
        self.lay_out()

    def lay_out(self):
        layers = [self.root / part for part in ("upper", "work", "all")]
        for layer in layers:
            layer.mkdir(parents=True)
        upper, work, self.all = layers
        run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={upper},workdir={work}", self.all)
        shutil.copy(self.lab.binary, self.all / "usr/bin/rollcall")
        (self.all / "etc/hosts").write_text(self.lab.hosts)
        users = (self.all / "etc/passwd").read_text().splitlines()
        users = [line for line in users if not line.startswith(("postgres:", "etcd:"))]
        users.append("postgres:x:10002:10002::/var/lib/postgresql:/bin/sh")
        (self.all / "etc/passwd").write_text("\n".join(users) + "\n")
        shutil.rmtree(self.all / "var/lib/postgresql", ignore_errors=True)
        for place in ("proc", "dev"):
            run("mount", "--rbind", f"/{place}", self.all / place)
        for secret in self.spec.get("secrets", []):
            source = self.lab.compose["secrets"][secret["source"]]["file"]
            self.bind(self.lab.folder / source, secret["target"])
        for volume in self.spec.get("volumes", []):
            source, target = volume.split(":")[:2]
            if source.startswith("."):
                self.bind((HERE / source).resolve(), target)
            else:
                self.volume(source, target)
        for mount in self.spec.get("tmpfs", []):
            place, _, options = mount.partition(":")
            self.mounted(place).mkdir(parents=True, exist_ok=True)
            run("mount", "-t", "tmpfs", "-o", options or "mode=1777", "tmpfs", self.mounted(place))
        # As `read_only: true`: what is mounted on top stays writable.
        if self.spec.get("read_only"):
            run("mount", "-o", "remount,ro", self.all)

    def mounted(self, place):
        """Within the service's own root, also where the path goes over an absolute link."""
        place = place.replace("/var/run/", "/run/")
        return self.all / place.lstrip("/")

    def bind(self, source, target):
        target = self.mounted(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
        run("mount", "--bind", source, target)

    def volume(self, name, target):
        kept = self.lab.folder / "volumes" / name
        kept.mkdir(parents=True)
        os.chown(kept, self.uid, self.uid)
        kept.chmod(0o700)
        self.mounted(target).mkdir(parents=True, exist_ok=True)
        run("mount", "--bind", kept, self.mounted(target))

    def start(self):
        """Three processes: ours, the one that opens the namespaces, and the first of the new ones."""
        ready, go = os.pipe(), os.pipe()
        opener = os.fork()
        if opener == 0:
            try:
                unshare(NEW_MOUNTS | NEW_NETWORK | NEW_PROCESSES)
                first = os.fork()
                if first == 0:
                    os.read(go[0], 1)
                    self.become()
                os.write(ready[1], str(first).encode())
            finally:
                os._exit(0)
        self.pid = int(os.read(ready[0], 16))
        os.waitpid(opener, 0)
        link = f"v{self.address.rsplit('.', 1)[1]}"
        subprocess.run(["ip", "link", "del", link], stderr=subprocess.DEVNULL, check=False)
        run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", self.pid)
        run("ip", "link", "set", link, "master", "cluster", "up")
        os.write(go[1], b"!")
        for end in ready + go:
            os.close(end)

    def become(self):
        """What stands here never returns: it becomes the service."""
        try:
            for words in (
                "link set lo up", f"addr add {self.address}/24 dev eth0", "link set eth0 up",
            ):
                run("ip", *words.split())
            for name, value in self.spec.get("sysctls", {}).items():
                pathlib.Path("/proc/sys", name.replace(".", "/")).write_text(str(value))
            run("mount", "--make-rprivate", "/")
            run("mount", "-t", "proc", "proc", self.all / "proc")
            log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.chroot(self.all)
            os.chdir("/")
            words = self.as_user(self.command)
            os.execve("/usr/bin/setpriv", words, self.environment)
        except BaseException as error:  # a child that must not run its parent's code
            print(f"{self.name}: {error}", file=sys.stderr, flush=True)
        os._exit(70)

    def as_user(self, command):
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups", "--no-new-privs",
                "--bounding-set=-all", "--inh-caps=-all", "--", *command]

    @property
    def environment(self):
        own = {name: str(value) for name, value in (self.spec.get("environment") or {}).items()}
        home = "/var/lib/postgresql" if self.uid == 10002 else "/"
        return {"PATH": PATH, "HOME": home, **own}

    @property
    def log(self):
        return self.lab.folder / f"{self.name}.log"

    def within(self, command, **more):
        words = ["nsenter", f"--target={self.pid}", "--net", "--mount", "--pid", f"--root={self.all}", "--wd=/", "--"]
        return subprocess.run(words + self.as_user(command), env=self.environment, capture_output=True,
                              text=True, timeout=60, **more)

    def is_healthy(self):
        test = self.spec["healthcheck"]["test"]
        try:
            return self.is_alive() and self.within(test[1:]).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def is_alive(self):
        reap()
        return self.pid is not None and pathlib.Path(f"/proc/{self.pid}").exists()

    def kill(self):
        """The first process of its table takes all others along, as a machine without power would."""
        if self.is_alive():
            os.kill(self.pid, signal.SIGKILL)
        while self.is_alive():
            time.sleep(0.05)


class Lab:
    def __init__(self, binary):
        unshare(NEW_MOUNTS | NEW_NETWORK)
        run("mount", "--make-rprivate", "/")
        LIBC.prctl(ORPHANS_ARE_OURS, 1, 0, 0, 0)
        self.binary = pathlib.Path(binary).resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rclab", dir="/tmp"))
        # Of its own, so that an overlay of / may lie in it; gone with this process.
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", self.folder)
        self.images = images()
        self.compose = yaml.safe_load((HERE / "compose.yml").read_text())
        run(HERE.parent / "make-secrets.sh", self.folder / "secrets", env={**os.environ, "ROLLCALL": str(self.binary)},
            stdout=subprocess.DEVNULL)
        (self.folder / "secrets").chmod(0o755)
        names = list(self.compose["services"])
        lines = [f"10.77.0.{10 + n} {name} {name}.{DOMAIN}" for n, name in enumerate(names)]
        self.hosts = "127.0.0.1 localhost\n" + "\n".join(lines) + "\n"
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "cluster", "type", "bridge")
        run("ip", "addr", "add", "10.77.0.1/24", "dev", "cluster")
        run("ip", "link", "set", "cluster", "up")
        self.services = {
            name: Service(name, n, spec, self) for n, (name, spec) in enumerate(self.compose["services"].items())
        }

    def tend(self, but=()):
        """`restart: unless-stopped`."""
        for name, service in self.services.items():
            if not service.is_alive() and name not in but:
                service.start()

    def wait(self, what, is_so, but=()):
        began = time.monotonic()
        while not is_so():
            self.tend(but)
            if time.monotonic() - began > READY_WITHIN_SECONDS:
                self.show_logs()
                raise SystemExit(f"not within {READY_WITHIN_SECONDS} s: {what}")
            time.sleep(0.5)
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    def show_logs(self):
        for name in self.sick():
            log = self.services[name].log
            last = log.read_text(errors="replace").splitlines()[-LINES_SHOWN:] if log.exists() else []
            print(f"-- {name}, which is not healthy", *last, sep="\n   ", file=sys.stderr)

    def sick(self):
        return [name for name, service in self.services.items() if not service.is_healthy()]

    def end(self):
        for service in self.services.values():
            service.kill()
        run("umount", "--lazy", self.folder)
        self.folder.rmdir()


def reap():
    """Processes of the services become ours when their opener is gone."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
