"""What the manifests and the files that they name must say. Gradle merges them; here they are looked at together."""

import json
import re
import xml.etree.ElementTree as xml

TOOLS = "{http://schemas.android.com/tools}"
ANDROID = "{http://schemas.android.com/apk/res/android}"

# Every permission that is asked for, with the last version of Android that needs it. No other may come in unnoticed.
PERMISSIONS = {
    "ACCESS_COARSE_LOCATION": "32",
    "ACCESS_FINE_LOCATION": "32",
    "ACCESS_LOCAL_NETWORK": None,
    "ACCESS_NETWORK_STATE": None,
    "ACCESS_WIFI_STATE": None,
    "CAMERA": None,
    "CHANGE_WIFI_MULTICAST_STATE": None,
    "CHANGE_WIFI_STATE": None,
    "FOREGROUND_SERVICE": None,
    "FOREGROUND_SERVICE_CONNECTED_DEVICE": None,
    "INTERNET": None,
    "NEARBY_WIFI_DEVICES": None,
    "POST_NOTIFICATIONS": None,
    "RECEIVE_BOOT_COMPLETED": None,
}
# What those permissions would otherwise make a phone have to have.
FEATURES = {
    "camera", "camera.any", "camera.autofocus", "location", "location.gps", "location.network", "wifi", "wifi.direct",
}
DOMAINS = {
    "root", "file", "database", "sharedpref", "external",
    "device_root", "device_file", "device_database", "device_sharedpref",
}
COMPONENTS = ("activity", "activity-alias", "service", "receiver", "provider")


class Manifests:
    def __init__(self, project, plugin, others):
        """`others` are the manifests that Rust crates bring along."""
        self.project, self.main = project, project / "app/src/main"
        self.app = xml.parse(self.main / "AndroidManifest.xml").getroot()
        self.plugin = xml.parse(plugin / "src/main/AndroidManifest.xml").getroot()
        self.all = [self.app, self.plugin, *(xml.parse(other).getroot() for other in others)]
        self.sources = [self.main / "java", plugin / "src/main/java"]

    def each(self, *tags):
        return [node for root in self.all for tag in tags for node in root.iter(tag)]

    def checks(self):
        """The name of each check, and what it found wrong."""
        return [
            ("permissions are these and no others", self.permissions()),
            ("no phone is shut out for what it lacks", self.features()),
            ("only the launcher's activity is exported", self.exported()),
            ("links whph://pair open the one activity", self.activity()),
            ("nothing goes into a backup or to a new phone", self.backup()),
            ("the page reaches nothing in clear text", self.network()),
            ("services have their type, process and guard", self.services()),
            ("every class that is named is there", self.classes()),
            ("the Gradle project fits the app", self.gradle()),
        ]

    def permissions(self):
        found = {}
        asked = self.each("uses-permission", "uses-permission-sdk-23")
        removed = {get(node, "name") for node in asked if node.get(TOOLS + "node") == "remove"}
        for node in asked:
            if get(node, "name") in removed:
                continue
            name = get(node, "name").removeprefix("android.permission.")
            if found.get(name, get(node, "maxSdkVersion")) != get(node, "maxSdkVersion"):
                yield f"{name} is asked for twice, with another maxSdkVersion"
            found[name] = get(node, "maxSdkVersion")
            if name == "NEARBY_WIFI_DEVICES" and get(node, "usesPermissionFlags") != "neverForLocation":
                yield f"{name} is not marked neverForLocation"
        for name in sorted(found.keys() | PERMISSIONS.keys()):
            if name not in PERMISSIONS:
                yield f"{name} is asked for and not expected"
            elif name not in found:
                yield f"{name} is missing"
            elif found[name] != PERMISSIONS[name]:
                yield f"{name} has maxSdkVersion {found[name]}, not {PERMISSIONS[name]}"

    def features(self):
        # What the app replaces is as the app says.
        nodes = sorted(self.each("uses-feature"), key=lambda node: node.get(TOOLS + "replace") == "android:required")
        found = {get(node, "name").removeprefix("android.hardware."): get(node, "required") for node in nodes}
        for name in sorted(FEATURES - found.keys()):
            yield f"{name} would be required"
        for name, required in sorted(found.items()):
            if required != "false":
                yield f"{name} is required"

    def exported(self):
        for node in self.each(*COMPONENTS):
            name, exported = get(node, "name"), get(node, "exported")
            if exported is None:
                yield f"{name} does not say whether it is exported"
            elif (exported == "true") != (name == ".MainActivity"):
                yield f"{name} has exported={exported}"

    def activity(self):
        activities = self.each("activity", "activity-alias")
        if [get(node, "name") for node in activities] != [".MainActivity"]:
            yield "there is not exactly one activity"
            return
        if get(activities[0], "launchMode") != "singleTask":
            yield "a link would open a second copy of it"
        filters = []
        for node in activities[0].iter("intent-filter"):
            words = {get(part, "name").split(".")[-1] for part in node if part.tag in ("action", "category")}
            data = [{key.removeprefix(ANDROID): value for key, value in part.attrib.items()} for part in node.iter("data")]
            filters.append((words, data))
        if ({"MAIN", "LAUNCHER"}, []) not in filters:
            yield "the launcher does not show it"
        if ({"VIEW", "DEFAULT", "BROWSABLE"}, [{"scheme": "whph", "host": "pair"}]) not in filters:
            yield "links whph://pair do not open it"
        if len(filters) != 2:
            yield f"it has {len(filters)} filters, not 2"

    def backup(self):
        application = self.app.find("application")
        if get(application, "allowBackup") != "false":
            yield "allowBackup is not false"
        rules = self.resource(application, "dataExtractionRules")
        yield from excludes(rules, "cloud-backup")
        yield from excludes(rules, "device-transfer")
        yield from excludes(self.resource(application, "fullBackupContent"), None)

    def network(self):
        application = self.app.find("application")
        if get(application, "usesCleartextTraffic") not in (None, "false"):
            yield "usesCleartextTraffic is set"
        config = self.resource(application, "networkSecurityConfig")
        if config is None:
            yield "networkSecurityConfig is missing"
            return
        if [node.tag for node in config] != ["base-config"] or config[0].get("cleartextTrafficPermitted") != "false":
            yield "there are exceptions to it"

    def services(self):
        expected = {
            "SyncService": {"foregroundServiceType": "connectedDevice", "process": None, "permission": None},
            "CatchUpJob": {
                "foregroundServiceType": None, "process": ":sync", "permission": "android.permission.BIND_JOB_SERVICE",
            },
        }
        for node in self.each("service"):
            name = get(node, "name").split(".")[-1]
            for key, value in expected.pop(name, {"name": "nothing"}).items():
                if get(node, key) != value:
                    yield f"{name} has {key}={get(node, key)}, not {value}"
        for name in expected:
            yield f"{name} is missing"

    def classes(self):
        for root, package in ((self.app, "io.github.whph.sync"), (self.plugin, "io.github.whph.nearby")):
            for tag in COMPONENTS:
                for node in root.iter(tag):
                    name = get(node, "name")
                    path = (package + name if name.startswith(".") else name).replace(".", "/") + ".kt"
                    if not any((source / path).is_file() for source in self.sources):
                        yield f"{name} is not there"

    def gradle(self):
        build = (self.project / "app/build.gradle.kts").read_text()
        identifier = json.loads((self.project / "../../tauri.conf.json").read_text())["identifier"]
        for key, value in {
            "applicationId": f'"{identifier}"', "namespace": f'"{identifier}"', "minSdk": "24", "targetSdk": "37",
        }.items():
            if not re.search(rf"\b{key} = {re.escape(value)}\n", build):
                yield f"{key} is not {value}"
        for file in [self.project / "app/build.gradle.kts", self.sources[1].parents[2] / "build.gradle.kts"]:
            # The app must work on phones without Google's services.
            for word in re.findall(r"com\.google\.(?:android\.gms|firebase|mlkit|android\.play)[\w.]*", file.read_text()):
                yield f"{file.name} brings {word}"

    def resource(self, node, key):
        name = (get(node, key) or "").removeprefix("@xml/")
        path = self.main / f"res/xml/{name}.xml"
        return xml.parse(path).getroot() if name and path.is_file() else None


def get(node, key):
    return node.get(ANDROID + key)


def excludes(rules, section):
    """Whether a file of backup rules leaves everything out."""
    node = rules if section is None or rules is None else rules.find(section)
    where = section or "full-backup-content"
    if node is None:
        yield f"{where} is missing"
        return
    left_out = {part.get("domain") for part in node.findall("exclude") if part.get("path") == "."}
    for domain in sorted(DOMAINS - left_out):
        yield f"{where} takes {domain}"
    if node.find("include") is not None:
        yield f"{where} includes something"
