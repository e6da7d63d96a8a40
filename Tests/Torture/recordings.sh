# SPDX-License-Identifier: Apache-2.0
# Faults of the recorder. torture sources this file, after Benchmarks/wire.sh made the interface `walk`.

# recording SECONDS OUTPUT: the command; 0 seconds are until it is ended.
recording() {
    length=
    [ "$1" = 0 ] || length="--duration ${1}s"
    echo "$walkback record --interface walk --reserve 1kB $length --output $2"
}

recordings_undisturbed() {
    $far "$datagrams" sink 9 &
    children=$!
    # 100 packets a second, for as long as faults are tried. While the interface is away there is nowhere to send.
    { while :; do "$datagrams" send 10.9.0.2 9 250 0.2 100000 || sleep 0.01; done; } >/dev/null 2>&1 &
    children="$children $!"
    milliseconds $(recording 3 undisturbed/record)
    derive_undisturbed
}

# packets CAPTURE: how many inspect reads, and when the last one was, in nanoseconds; nothing if it fails.
packets() {
    "$walkback" inspect --json "$1" 2>errors | tr ',{}' '\n\n\n' | awk -F: '
        /"last_ns"/ { gsub(/[ "]/, "", $2); last = $2 }
        /"packets"/ { packets += $2 }
        END { if (NR > 1) print packets + 0, last }'
}
# readable NAME: whether every file of a recording holds whole records to its end. Sets $count and $last.
readable() {
    count=0
    last=
    [ -e "$1.pcapng" ] || return 0
    # In its first instant a recording has an empty file, which is no capture yet.
    [ -s "$1.pcapng" ] || return 0
    found=$(packets "$1.pcapng")
    [ -n "$found" ] || { lost "inspect says: $(tail -n 1 errors)"; return 0; }
    count=${found%% *}
    last=${found#* }
    for log in "$1.events.jsonl" "$1.throughput.csv"; do
        [ -s "$log" ] || { lost "$log is empty"; continue; }
        [ "$(tail -c 1 "$log" | tr '\n' N)" = N ] || lost "$log ends within a line"
    done
    awk '!/^\{ .* \}$/ { exit 1 }' "$1.events.jsonl" || lost "an event is not whole"
    awk -F, 'NF != 6 { exit 1 }' "$1.throughput.csv" || lost "a line of throughput is not whole"
    [ "$count" -lt 20 ] || "$walkback" derive "wifi:wifi=$1.pcapng" --output place/derived >derived 2>errors ||
        lost "derive says: $(tail -n 1 errors)"
}
# complete NAME OUTPUT: whether the numbers that the recorder printed are those of its files.
complete() {
    readable "$1"
    told=$(awk '/^walk:/ { print $2 }' "$2")
    [ "${told:-0}" = "$count" ] || lost "$told packets were recorded, and $count can be read"
    logged=$(awk -F, 'NR > 1 { sum += $4 + $6 } END { print sum + 0 }' "$1.throughput.csv")
    arrived=$(awk '/^walk:/ { print $4 + $7 > 0 }' "$2")
    [ "${arrived:-0}" = 0 ] || [ "$logged" -gt 0 ] || lost "the throughput log is empty"
}
# until_recording NAME PROCESS: waits until there is a capture, or the recorder has ended.
until_recording() {
    until [ -e "$1.pcapng" ]; do
        [ -d "/proc/$2" ] || return 0
        sleep 0.01
    done
}

fault_kill_record() {
    $(recording 0 place/walk) >output 2>errors &
    victim=$!
    drawn 4
    if [ $drawn = 0 ]; then
        # While it starts.
        instant 300
        sleep "$instant"
    else
        until_recording place/walk $victim
        instant 3000
        sleep "$instant"
    fi
    about="after $instant s"
    killed=$(date +%s%N)
    kill -9 $victim 2>/dev/null || true
    wait $victim 2>/dev/null || true
    readable place/walk
    # Packets are handed to the system every second, and the machine may be slow.
    [ -z "$last" ] || [ "$last" = null ] || [ $((killed - last)) -lt 2500000000 ] ||
        lost "the last $(((killed - last) / 1000000)) ms"
    [ "$drawn" -lt 2000 ] || [ "$count" -gt 0 ] || lost "every packet"
}

# Over and over, the interface goes down, or away and comes back.
fault_flaps() {
    $(recording 0 place/walk) >output 2>errors &
    victim=$!
    until_recording place/walk $victim
    drawn 8
    about="$((drawn + 1)) times"
    for _ in $(seq 0 $drawn); do
        instant 300
        sleep "$instant"
        chosen down away
        if [ $chosen = down ]; then
            ip link set walk down
            instant 200
            sleep "$instant"
            ip link set walk up
        else
            ip link del walk
            instant 200
            sleep "$instant"
            wire
        fi
    done
    sleep 0.5
    kill -INT $victim 2>/dev/null || true
    code=0
    wait $victim || code=$?
    [ $code = 0 ] || words "exit $code with: $(tail -n 1 errors)"
    complete place/walk output
    [ "$count" -gt 0 ] || lost "every packet"
}

fault_full_disk_record() {
    about=record
    mkdir place/disk
    drawn 100
    about="record, $((drawn + 4)) kB"
    mount -t tmpfs -o size=$((drawn + 4))k disk place/disk
    code=0
    timeout -k 5 60 $(recording 3 place/disk/walk) >output 2>errors || code=$?
    exited $code 1 errors
    [ $code = 0 ] || grep -qE 'No space left|the disk of' errors || words "no word of the disk: $(tail -n 1 errors)"
    readable place/disk/walk
    umount place/disk
}

fault_read_only_record() {
    about=record
    mkdir place/disk
    mount -t tmpfs -o ro disk place/disk
    code=0
    timeout -k 5 60 $(recording 1 place/disk/walk) >output 2>errors || code=$?
    [ $code != 0 ] || words "success where nothing can be written"
    exited $code '1 77' errors
    umount place/disk
}

# fault_limited_record COMMAND...: under what the command sets.
fault_limited_record() {
    about="record, $*"
    code=0
    timeout -k 5 60 "$@" $(recording 1 place/walk) >output 2>errors || code=$?
    exited $code '1 77' errors
    if [ $code = 0 ]; then complete place/walk output; else readable place/walk; fi
}

fault_two_at_once_record() {
    about=record
    $(recording 0 place/walk) >output.1 2>errors.1 &
    victim=$!
    until_recording place/walk $victim
    code=0
    timeout -k 5 60 $(recording 1 place/walk) >output 2>errors || code=$?
    [ $code != 0 ] || words "two recordings with one name"
    exited $code 1 errors
    kill -INT $victim
    code=0
    wait $victim || code=$?
    exited $code 0 errors.1
    complete place/walk output.1
}

fault_planted_record() {
    mkdir place/home
    echo 'chapter 1' >place/home/thesis.tex
    chosen pcapng events.jsonl throughput.csv
    about="record, $chosen"
    ln -s home/thesis.tex "place/walk.$chosen"
    code=0
    timeout -k 5 60 $(recording 1 place/walk) >output 2>errors || code=$?
    [ $code != 0 ] || words "a link was recorded through"
    exited $code 1 errors
    [ "$(cat place/home/thesis.tex)" = 'chapter 1' ] && [ "$(ls -A place/home)" = thesis.tex ] || lost "the thesis"
}

# The clock of a guest is set, which nothing else notices: by seconds or years, forwards and backwards.
fault_clock() {
    steps=
    drawn 3
    for _ in $(seq 0 $drawn); do
        chosen -100000000 -3600 -60 -2 -1 1 2 60 3600 100000000
        steps="$steps $chosen"
    done
    about="steps of$steps s"
    code=0
    "$walkback" boot -- /bin/sh /mnt/in-guest "$datagrams" $steps >output 2>errors || code=$?
    [ $code = 0 ] || words "exit $code with: $(tail -n 2 output | tr '\n' ' ')"
    sed -n 's/^lost: //p' output | while read -r what; do lost "$what"; done
    grep -q '^packets: [1-9]' output || lost "every packet: $(tail -n 3 output | tr '\n' ' ')"
}
