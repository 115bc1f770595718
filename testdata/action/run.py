"""Runs the steps of a workflow as a runner of GitHub Actions does, as far as workflow.yml needs it.

    python3 testdata/action/run.py [--skip STEP] WORKFLOW JOB

It prints the log, then the annotations, and the summaries of the steps. Its status is 1 if the job has
failed. Steps that use an action of another repository are left out, and those that --skip names. What
runs in the background ends with the job. It needs PyYAML.
"""
import os, re, signal, subprocess, sys, tempfile, yaml

# What a line of a log must be to be a command. The second form is an old one that the runner still takes.
COMMANDS = r"(?:error|warning|notice|debug|group|endgroup|add-mask|set-output|save-state|stop-commands|add-matcher|echo)"
NEW = re.compile(r"\s*::(%s)(?: ([^\n]*?))?::(.*)" % COMMANDS, re.I)
OLD = re.compile(r"##\[(%s)(?: ([^\]]*))?\](.*)" % COMMANDS, re.I)


def unescape(text, more=""):
    for c in "\r\n" + more + "%":
        text = text.replace("%%%02X" % ord(c), c)
    return text


class Job:
    def __init__(self, name, temp):
        self.temp, self.annotations, self.failed, self.summaries, self.groups = temp, [], False, "", []
        self.env = dict(os.environ, CI="true", GITHUB_ACTIONS="true", GITHUB_JOB=name, RUNNER_OS="Linux",
                        RUNNER_TEMP=temp, GITHUB_WORKSPACE=os.getcwd())

    def value(self, text, inputs):
        """Replaces the expressions in a text."""
        known = {"inputs." + k: v for k, v in inputs.items()} | {"env." + k: v for k, v in self.env.items()}
        known["runner.temp"] = self.temp
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda m: known[m[1]], str(text))

    def files(self):
        """Makes the files that a step may write to."""
        files = {k: os.path.join(self.temp, k) for k in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for name in files.values():
            open(name, "w").close()
        return files

    def script(self, step, inputs):
        """Runs a script, and returns its status."""
        name, files = os.path.join(self.temp, "script.sh"), self.files()
        with open(name, "w") as f:
            f.write(self.value(step["run"], inputs))
        env = self.env | {k: self.value(v, inputs) for k, v in step.get("env", {}).items()} | files
        with tempfile.TemporaryFile() as log:  # not a pipe: what runs in the background keeps it open
            bash = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", name]
            process = subprocess.Popen(bash, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            self.groups.append(process.pid)
            status = process.wait()
            log.seek(0)
            if text := log.read().decode("utf-8", "replace").removesuffix("\n"):
                for line in re.split(r"\r\n|\r|\n", text):
                    self.line(line)
        self.summaries += open(files["GITHUB_STEP_SUMMARY"]).read()
        for line in open(files["GITHUB_ENV"]):
            key, _, value = line.rstrip("\n").partition("=")
            self.env[key] = value
        for line in open(files["GITHUB_PATH"]):
            self.env["PATH"] = line.rstrip("\n") + ":" + self.env["PATH"]
        return status

    def line(self, line):
        """Prints a line of the log, or takes it as a command."""
        m = NEW.match(line) or OLD.search(line)
        if not m:
            print(line)
            return
        name, properties, text = m[1], m[2] or "", unescape(m[3])
        pairs = dict(p.split("=", 1) for p in properties.split(",") if "=" in p)
        self.annotations.append((name, unescape(pairs.get("title", ""), ":,"), text))
        print("%s: %s" % (name.capitalize(), text))

    def step(self, step, inputs={}):
        """Runs a step, and returns its status."""
        if "run" in step:
            return self.script(step, inputs)
        if not step["uses"].startswith("./"):
            return 0
        action = yaml.safe_load(open(os.path.join(step["uses"], "action.yml")))
        given = {k: self.value(v, inputs) for k, v in step.get("with", {}).items()}
        for name in given:
            assert name in action["inputs"], "%s has no input %s" % (step["uses"], name)
        for name, about in action["inputs"].items():
            assert name in given or not about.get("required"), "%s needs the input %s" % (step["uses"], name)
            given.setdefault(name, about.get("default", ""))
        for inner in action["runs"]["steps"]:
            assert inner["shell"] == "bash"  # each script of a composite action must name it
            if status := self.step(inner, given):
                return status
        return 0

    def run(self, steps, skip):
        for step in steps:
            name = step.get("name") or step["uses"]
            if name in skip or self.failed and step.get("if") != "always()" or "uses" in step and not step["uses"].startswith("./"):
                print("--- %s: left out" % name, flush=True)
                continue
            print("--- " + name, flush=True)
            if status := self.step(step):
                self.failed = True
                print("Error: Process completed with exit code %d." % status)

    def end(self):
        for group in self.groups:
            try:
                os.killpg(group, signal.SIGTERM)
            except ProcessLookupError:
                pass


args, skip = sys.argv[1:], []
while args[0] == "--skip":
    skip.append(args[1])
    args = args[2:]
job_name = args[1]
with tempfile.TemporaryDirectory() as temp:
    job = Job(job_name, temp)
    try:
        job.run(yaml.safe_load(open(args[0]))["jobs"][job_name]["steps"], skip)
    finally:
        job.end()
print("=== annotations")
for level, title, text in job.annotations:
    print("%s: %s\n    %s" % (level, title, text.replace("\n", "\n    ")))
print("=== summary\n" + job.summaries, end="")
sys.exit(job.failed)
