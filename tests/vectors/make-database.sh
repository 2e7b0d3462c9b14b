#!/usr/bin/env bash
# Makes what a release leaves on two paired devices, for the tests of later ones: `make-database.sh WHPH FOLDER`, with the `whph` of
# that release and the folder of its format. Run once for a release; what is there is never made anew.
set -euo pipefail
whph=$1 into=$2 work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
laptop() { "$whph" --data "$work/laptop" "$@"; }
phone() { "$whph" --data "$work/phone" "$@"; }

laptop init --name Laptop --listen 127.91.7.1:47421 --keys file
phone init --name Phone --listen 127.91.7.2:47421 --keys file
laptop import - <<'LINES'
{"kind":"tag","id":"00000000-0000-4000-8000-000000000001","fields":{"name":"home"}}
{"kind":"task","id":"00000000-0000-4000-8000-000000000002","fields":{"title":"Water the plants","estimated_minutes":20,"recurrence":"daily","tags":["00000000-0000-4000-8000-000000000001"]}}
{"kind":"task","id":"00000000-0000-4000-8000-000000000003","fields":{"title":"Call the dentist"}}
{"kind":"task","id":"00000000-0000-4000-8000-000000000004","fields":{"title":"Order firewood"}}
{"kind":"habit","id":"00000000-0000-4000-8000-000000000005","fields":{"name":"Read"}}
{"kind":"note","id":"00000000-0000-4000-8000-000000000006","fields":{"title":"Diary","content":"Monday\n\nRain.\n\nTuesday\n"}}
LINES
"$whph" --data "$work/laptop" --json invite --yes >"$work/link" &
until [ -s "$work/link" ]; do sleep 0.1; done
link=$(head -n 1 "$work/link" | sed 's/.*"link":"\([^"]*\)".*/\1/')
phone join --yes <<<"$link"
wait
"$whph" --data "$work/phone" serve >/dev/null & serving=$!
sleep 2

# Merged by itself, waits for a person, and deleted with an edit beside it.
together() { laptop sync Phone; }
together
kill "$serving"
wait "$serving"
laptop set task/00000000-0000-4000-8000-000000000002 'title=Water all plants'
phone set task/00000000-0000-4000-8000-000000000002 'title=Water the garden'
laptop set note/00000000-0000-4000-8000-000000000006 $'content=Monday\n\nRain all day.\n\nTuesday\n'
phone set note/00000000-0000-4000-8000-000000000006 $'content=Monday\n\nRain.\n\nTuesday, sun\n'
laptop rm task/00000000-0000-4000-8000-000000000003
phone set task/00000000-0000-4000-8000-000000000003 'title=Call the dentist at nine'
"$whph" --data "$work/phone" serve >/dev/null & serving=$!
sleep 2
together
kill "$serving"
wait "$serving"

# Not sent yet, and never to be sent.
laptop set task/00000000-0000-4000-8000-000000000004 'title=Order dry firewood'
laptop add note 'title=Only here' --here
phone add task 'title=Charge the bike'
phone rm habit/00000000-0000-4000-8000-000000000005

mkdir -p "$into"
for device in laptop phone; do
    "$device" export >"$into/$device.ndjson"
    "$device" --json review list >"$into/$device.reviews.json"
    zstd -q -19 "$work/$device/whph.db" -o "$into/$device.db.zst"
    (cd "$work/$device/keys" && for key in *; do printf '%s %s\n' "$key" "$(xxd -p "$key" | tr -d '\n')"; done) >"$into/$device.keys"
done
