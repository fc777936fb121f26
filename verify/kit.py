# SPDX-License-Identifier: BSD-2-Clause
"""What the tools of this folder share. Needs only python3-minimal."""

import argparse
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HERE = os.path.join(ROOT, "verify")
TTY = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"

# where the specification is, and the options that let Why3 find it
SPECS = ("libiso/spec", "bindings/direct")
LOAD = ["-L", "libiso/spec", "-L", "libiso/spec/theorems",
        "-L", "bindings/direct"]
INCLUDES = ("libiso/include", "libiso", "libiso/spec", "bindings/direct")

# for a function, a module, and what else is not bounded by itself
WALL_SECONDS = 3600

PACKAGES = {"why3": "why3", "frama-c": "frama-c-base", "z3": "z3",
            "cvc5": "cvc5", "gcc": "gcc"}


def die(text, code=2):
    sys.stdout.flush()
    sys.stderr.write("%s: %s\n" % (os.path.basename(sys.argv[0]), text))
    stop_children()
    os._exit(code) if threading.current_thread() is not \
        threading.main_thread() else sys.exit(code)


def need(*tools):
    """Stop with what to install when a tool is not there."""
    path = os.environ.get("PATH", "").split(":")
    lost = [t for t in tools
            if not any(os.access(os.path.join(d, t), os.X_OK) for d in path)]
    if lost:
        die("not found: %s\non Debian 12:  apt-get install %s"
            % (", ".join(lost), " ".join(PACKAGES.get(t, t) for t in lost)))


def options(about):
    """The options that all tools have."""
    p = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--root", default=ROOT, metavar="DIR",
                   help="the source tree (default: where this tool is)")
    p.add_argument("--out", default="verify-out", metavar="DIR",
                   help="where results go (default: ./verify-out)")
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1,
                   metavar="N", help="run so many at once (default: all CPUs)")
    return p


def out_dir(path):
    """The folder for results; git is told to leave it alone."""
    path = os.path.abspath(path)
    try:
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, ".gitignore"), "w") as f:
            f.write("*\n")
    except OSError as e:
        die("cannot write to %s: %s" % (path, e.strerror))
    return path


def read(path):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except OSError as e:
        die("cannot read %s: %s" % (path, e.strerror))


def write(path, text):
    """In one step, so that a reader never sees half a file."""
    tmp = "%s.%d" % (path, os.getpid())
    with open(tmp, "w", encoding="utf-8") as f:
        f.write(text)
    os.replace(tmp, path)


def why3_conf(root, out, recorder=None):
    """why3.conf with this folder's path, which Why3 cannot work out."""
    text = read(os.path.join(root, "verify", "why3.conf.in"))
    if recorder and recorder.on:
        text = re.sub(r'^(command\w* = ")', lambda m: m.group(1)
                      + recorder.command, text, flags=re.M)
    conf = os.path.join(out, "why3.conf")
    write(conf, text.replace("@verifydir@", os.path.join(root, "verify")))
    os.environ["WHY3CONFIG"] = conf


# ---------------------------------------------------------------- processes

_children = {}
_lock = threading.RLock()


def stop_children(*_):
    """End only what we started: each child leads a process group. Those that
    are tools of this folder end their own children when asked."""
    with _lock:
        groups = list(_children)
    for sig in (signal.SIGTERM, signal.SIGKILL):
        for pid in groups:
            try:
                os.killpg(pid, sig)
            except OSError:
                pass
        if groups and sig == signal.SIGTERM:
            time.sleep(1)


def _quit(signum, _):
    stop_children()
    if TTY:
        sys.stdout.write("\n")
    sys.stdout.flush()
    os._exit(128 + signum)


signal.signal(signal.SIGINT, _quit)
signal.signal(signal.SIGTERM, _quit)


def run(cmd, cwd, seconds, line=None, env=()):
    """Run cmd, give each line of its output to line(); (code, output). When
    line() answers True the run is ended there. seconds is a backstop against
    a solver that hangs: what a proof may cost is bounded in solver steps."""
    # Frama-C believes PWD, so it must not be the caller's
    p = subprocess.Popen(cmd, cwd=cwd, env=dict(os.environ, PWD=cwd,
                                                **dict(env)),
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, start_new_session=True)
    with _lock:
        _children[p.pid] = p
    end = time.monotonic() + seconds
    sel = selectors.DefaultSelector()
    sel.register(p.stdout, selectors.EVENT_READ)
    got = b""
    done = 0
    while True:
        left = end - time.monotonic()
        if left <= 0:
            os.killpg(p.pid, signal.SIGKILL)
            got += b"\nstopped after %d seconds\n" % seconds
            break
        if not sel.select(left):
            continue
        data = os.read(p.stdout.fileno(), 65536)
        if not data:
            break
        got += data
        while line and b"\n" in got[done:]:
            cut = got.index(b"\n", done)
            text = got[done:cut].decode("utf-8", "replace")
            done = cut + 1
            if line(text):
                os.killpg(p.pid, signal.SIGKILL)
                line = None
    sel.close()
    p.stdout.close()
    code = p.wait()
    with _lock:
        _children.pop(p.pid, None)
    return code, got.decode("utf-8", "replace")


def pool(jobs, work, count):
    """work(job) for each, count at a time; results in the order of jobs."""
    results = [None] * len(jobs)
    todo = list(range(len(jobs)))[::-1]
    broken = []

    def loop():
        while True:
            with _lock:
                if not todo or broken:
                    return
                i = todo.pop()
            try:
                results[i] = work(jobs[i])
            except BaseException as e:  # passed on to the caller, below
                broken.append(e)
                return

    threads = [threading.Thread(target=loop, daemon=True)
               for _ in range(max(1, min(count, len(jobs))))]
    for t in threads:
        t.start()
    for t in threads:
        while t.is_alive():
            t.join(0.2)
    if broken:
        stop_children()
        raise broken[0]
    return results


# ------------------------------------------------------------------ queries

class Recorder:
    """Keeps what solvers are asked, with `proofstats record` (of the program
    that PROOFSTATS names; without it nothing is kept)."""

    def __init__(self, out, name):
        tool = os.environ.get("PROOFSTATS", "")
        self.store = os.path.join(out, "queries", name)
        self.on = bool(tool and name)
        self.logs = 0
        if not self.on:
            return
        if re.search("[%'\"\\\\]", tool + self.store):
            die("Why3 cannot take this path in a command: %s"
                % (tool + " " + self.store))
        self.command = "'%s' record '%s' %%f " % (tool, self.store)
        shutil.rmtree(self.store, ignore_errors=True)
        os.makedirs(self.store)

    def log(self):
        """For the environment of one run that asks one goal after the other,
        and for hashes()."""
        if not self.on:
            return {}
        with _lock:
            self.logs += 1
            return {"PROOFSTATS_LOG": os.path.join(
                self.store, "asked.%d" % self.logs)}

    def hashes(self, log, least, most):
        """Of what was asked, in that order; nulls when nothing is kept."""
        if not log:
            return [None] * most
        path = log["PROOFSTATS_LOG"]
        asked = read(path).split("\n")[:-1] if os.path.exists(path) else []
        bad = [l for l in asked if not re.match("[0-9a-f]{64}$", l)]
        if bad:
            die("proofstats could not keep a query: " + bad[0])
        if not least <= len(asked) <= most:
            die("%d to %d queries were expected, and %d kept: %s"
                % (least, most, len(asked), path))
        if asked:
            os.remove(path)
        return asked

    def index(self, rows):
        """rows: goal, prover or Qed, hash or -, place"""
        write(os.path.join(self.store, "index"), "# proofstats index 1\n"
              + "".join("%s\t%s\t%s\t%s\n" % r for r in sorted(rows)))


# ----------------------------------------------------------------- terminal

_told = [time.monotonic()]


def progress(text):
    """One line that is written over on a terminal; in a log a line a minute,
    so that a long run is seen to live."""
    with _lock:
        if TTY:
            width = os.get_terminal_size().columns - 1
            sys.stdout.write("\r\033[K" + text[:width])
            sys.stdout.flush()
        elif time.monotonic() - _told[0] >= 60:
            _told[0] = time.monotonic()
            print(text, flush=True)


def say(text=""):
    if TTY:
        sys.stdout.write("\r\033[K")
    print(text, flush=True)


def good(text):
    return "\033[32m%s\033[0m" % text if TTY else text


def bad(text):
    return "\033[31m%s\033[0m" % text if TTY else text


def table(head, rows):
    """Text in columns: the first two to the left, numbers to the right."""
    rows = [[str(c) for c in r] for r in rows]
    width = [max(len(r[i]) for r in [head] + rows) for i in range(len(head))]

    def cell(i, c, model):
        right = re.match(r"^[0-9.,:]+$|^$", model or "") is not None
        return c.rjust(width[i]) if right else c.ljust(width[i])

    model = rows[0] if rows else head
    return "\n".join("  ".join(cell(i, c, model[i]) for i, c in enumerate(r))
                     .rstrip() for r in [head] + rows)


def json(x, pad=""):
    """x as JSON (dict, list, str, number, bool, None)."""
    more = pad + "  "
    if x is None or isinstance(x, bool):
        return {None: "null", True: "true", False: "false"}[x]
    if isinstance(x, (int, float)):
        return repr(x)
    if isinstance(x, dict):
        if not x:
            return "{}"
        return "{\n" + ",\n".join(
            "%s%s: %s" % (more, json(str(k)), json(v, more))
            for k, v in x.items()) + "\n" + pad + "}"
    if isinstance(x, (list, tuple)):
        if not x:
            return "[]"
        return "[\n" + ",\n".join(more + json(v, more) for v in x) \
            + "\n" + pad + "]"
    esc = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(
        esc.get(c) or (c if c >= " " else "\\u%04x" % ord(c))
        for c in str(x)) + '"'


def html_text(s):
    return str(s).replace("&", "&amp;").replace("<", "&lt;") \
        .replace(">", "&gt;")


def html_page(title, parts):
    """A page that needs nothing else. parts: text, or (head, rows)."""
    body = []
    for p in parts:
        if isinstance(p, str):
            body.append("<p>%s</p>" % html_text(p))
            continue
        head, rows = p
        body.append("<table><tr>%s</tr>" % "".join(
            "<th>%s</th>" % html_text(h) for h in head))
        for r in rows:
            fail = any(str(c).startswith("NOT ") for c in r)
            body.append("<tr%s>%s</tr>" % (
                " class=bad" if fail else "",
                "".join("<td>%s</td>" % html_text(c) for c in r)))
        body.append("</table>")
    return ("<!DOCTYPE html>\n<html lang=en><meta charset=utf-8>"
            "<title>%s</title>\n<style>body{font:15px sans-serif;margin:2em}"
            "table{border-collapse:collapse;margin:1em 0}"
            "td,th{padding:.2em .8em;border-bottom:1px solid #ccc;"
            "text-align:left}.bad{background:#fdd}</style>\n<h1>%s</h1>\n%s\n"
            "</html>\n" % (html_text(title), html_text(title),
                           "\n".join(body)))


# ------------------------------------------------------------------- source

def tree(root, folder, ending):
    """Files of a folder, deep, sorted, as paths from root."""
    found = []
    for at, dirs, names in os.walk(os.path.join(root, folder)):
        dirs.sort()
        found += [os.path.relpath(os.path.join(at, n), root)
                  for n in names if n.endswith(ending)]
    return sorted(found)


def is_unit(file):
    """Such a file only puts the others of its folder together for the compiler,
    as lint checks. Archives tell members apart by their names alone, so each has
    one of its own."""
    return re.fullmatch(r"all_\w+\.c", os.path.basename(file))


def c_files(root):
    """The C that is proved."""
    return [f for d in ("libiso", "libiso/stage2", "bindings/direct")
            for f in tree(root, d, ".c")
            if os.path.dirname(f) == d and not is_unit(f)]


def h_files(root):
    return [f for d in ("libiso", "bindings/direct")
            for f in tree(root, d, ".h")]


def ml_files(root):
    """The WhyML: specification and theorems."""
    return [f for d in SPECS for f in tree(root, d, ".mlw")]


def drivers(root, path):
    """The WP drivers that a C file's contracts speak through."""
    return [f for d in ("libiso/spec", os.path.dirname(path))
            for f in tree(root, d, ".driver") if os.path.dirname(f) == d]


def blank(text):
    """As many lines and columns, of spaces."""
    return re.sub(r"[^\n]", " ", text)


def split_c(text):
    """(code, acsl, comments): the text with all else blanked out."""
    code, acsl, notes = [], [], []
    token = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
                       r"|'(?:\\.|[^'\\\n])*'", re.S)
    at = 0
    for m in token.finditer(text):
        t = m.group()
        plain = text[at:m.start()]
        gap = blank(plain)
        is_acsl = t[:3] in ("/*@", "//@")
        is_note = t[:2] in ("/*", "//") and not is_acsl
        is_str = not is_acsl and not is_note
        code += [plain, blank(t) if not is_str else
                 t[0] + blank(t[1:-1]) + t[-1]]
        acsl += [gap, t if is_acsl else blank(t)]
        notes += [gap, t if is_note else blank(t)]
        at = m.end()
    code.append(text[at:])
    acsl.append(blank(text[at:]))
    notes.append(blank(text[at:]))
    return "".join(code), "".join(acsl), "".join(notes)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def functions(code):
    """Functions defined in code without comments: (name, first line, line of
    the opening brace, last line, is static)."""
    found = []
    code = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: blank(m.group()), code,
                  flags=re.M)
    depth = 0
    start = 0
    for m in re.finditer(r"[{};]", code):
        c = m.group()
        if c == "{":
            if depth == 0:
                head = code[start:m.start()]
                f = re.match(r"\s*([\w\s*]*?)(\w+)\s*\(([^;]*)\)\s*$", head,
                             re.S)
                name = f.group(2) if f else None
                first = line_of(code, start + len(head) -
                                len(head.lstrip()))
                brace = line_of(code, m.start())
                static = bool(f and "static" in f.group(1).split())
            depth += 1
        elif c == "}":
            depth -= 1
            if depth == 0:
                if name:
                    found.append((name, first, brace,
                                  line_of(code, m.start()), static))
                start = m.end()
        elif depth == 0:
            start = m.end()
    return found


def counted(text):
    """Lines that are not empty."""
    return sum(1 for l in text.split("\n") if l.strip())


def no_ml_comments(text):
    """WhyML without comments, same lines and columns."""
    out, depth, i = [], 0, 0
    while i < len(text):
        two = text[i:i + 2]
        if two == "(*" and text[i:i + 3] != "(*)":
            depth += 1
            out.append("  ")
            i += 2
        elif two == "*)" and depth:
            depth -= 1
            out.append("  ")
            i += 2
        else:
            out.append(text[i] if not depth or text[i] == "\n" else " ")
            i += 1
    return "".join(out)


def modules(text):
    """(name, line, text) of each WhyML module, comments blanked."""
    text = no_ml_comments(text)
    marks = list(re.finditer(r"^[ \t]*(?:module|theory)\s+(\w+)", text, re.M))
    ends = [m.start() for m in marks[1:]] + [len(text)]
    return [(m.group(1), line_of(text, m.start(1)), text[m.start():e])
            for m, e in zip(marks, ends)]


# ------------------------------------------------------------------- ledger

def ledger(root):
    """verify/ledger.list: name -> why, in order."""
    path = os.path.join(root, "verify", "ledger.list")
    if not os.path.exists(path):
        return {}
    entries = {}
    for n, l in enumerate(read(path).split("\n"), 1):
        l = l.strip()
        if not l or l.startswith("#"):
            continue
        name, bar, why = l.partition("|")
        name, why = " ".join(name.split()), why.strip()
        if not bar or not name or not why:
            die("verify/ledger.list:%d: not `name | why`: %s" % (n, l))
        if name in entries:
            die("verify/ledger.list:%d: listed twice: %s" % (n, name))
        entries[name] = why
    return entries
