#!/usr/bin/env bash
# A smoke test in an emulator that runs already: installs the app (`apk/`), opens it, and pairs it with a device without a window on this
# machine, by the link that its code holds. Has not run yet.
set -euo pipefail
whph=${WHPH:-target/debug/whph}
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

adb install "$(find apk -name '*.apk' | head -n 1)"
adb shell am start -W -n io.github.whph.sync/.MainActivity

# What the page shows, as the system's own tools for accessibility see it.
tap() {
    for _ in $(seq 60); do
        adb shell uiautomator dump /sdcard/page.xml >/dev/null 2>&1 || true
        place=$(adb shell cat /sdcard/page.xml | tr '>' '\n' | grep -F "text=\"$1\"" | grep -o 'bounds="[^"]*"' | head -n 1 || true)
        if [ -n "$place" ]; then
            read -r left top right bottom <<<"$(tr -c '0-9\n' ' ' <<<"$place")"
            adb shell input tap $(((left + right) / 2)) $(((top + bottom) / 2))
            return
        fi
        sleep 2
    done
    echo "waited in vain for \"$1\"" >&2
    adb exec-out screencap -p >emulator.png
    return 1
}

"$whph" --data "$work" init --name Computer --keys file
"$whph" --data "$work" add task title="Water the plants"
tap Continue
tap "Start empty"
"$whph" --data "$work" --json invite --yes >"$work/invite" &
until [ -s "$work/invite" ]; do sleep 0.2; done
link=$(sed -n 's/.*"link":"\([^"]*\)".*/\1/p' "$work/invite")
adb shell "am start -W -a android.intent.action.VIEW -d '$link'"
tap Pair
tap "They match"
wait -n
tap Done
for _ in $(seq 30); do
    "$whph" --data "$work" --json devices | grep -q '"device"' && exit 0
    sleep 2
done
echo "the two are not paired" >&2
exit 1
