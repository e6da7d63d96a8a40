# SPDX-License-Identifier: Apache-2.0
# Faults of the verbs that make results: compare, sweep, run, report and derive. torture sources this file.

# line VERB OUTPUT: the command whose result the faults are about; no word has a space.
line() {
    case $1 in
    compare) echo "$walkback compare walk.yaml --output $2" ;;
    sweep) echo "$walkback sweep grid.yaml --output $2" ;;
    run) echo "$walkback run walk.yaml --output $2 -- sh client" ;;
    report) echo "$walkback report $2" ;;
    derive) echo "$walkback derive wifi:wifi=undisturbed/record.pcapng --name derived --output $2" ;;
    esac
}
# earlier VERB OUTPUT: the command whose result is there before, so that it shows whether it was replaced as a whole.
earlier() {
    case $1 in
    compare) echo "$walkback compare walk.yaml --strategies tcp-wifi,tcp-cellular --output $2" ;;
    derive) echo "$(line derive "$2") --bin 500ms" ;;
    *) line "$1" "$2" ;;
    esac
}
# milliseconds COMMAND...: runs a command, which must succeed, and sets $took.
milliseconds() {
    began=$(date +%s%3N)
    "$@" >output 2>errors || { cat errors >&2; exit 1; }
    took=$(($(date +%s%3N) - began))
}

results_undisturbed() {
    for path in wifi cellular; do
        rows='0,9,3,10,10,0,0,1,\n1.5,0,0,10,10,0,0,0,\n2.5,7,2,12,10,0,0,1,\n'
        [ $path = wifi ] || rows='0,3,1,30,30,0,0,1,\n'
        printf '%s\n' '# walkback trace 1' "# path: $path   kind: $path   duration_s: 4   curve: linear" \
            '# queue_down: 64000 B   queue_up: 64000 B   accounting: ip' '# source: made by a test' \
            'time_s,down_mbps,up_mbps,delay_down_ms,delay_up_ms,loss_down,loss_up,attached,signal_dbm' >$path.trace.csv
        printf "$rows" >>$path.trace.csv
    done
    cat >walk.yaml <<END
name: walk
paths:
  wifi:     {kind: wifi, trace: wifi.trace.csv}
  cellular: {kind: cellular, trace: cellular.trace.csv}
strategies: [tcp-wifi, tcp-cellular, mptcp]
seeds: 1
END
    printf 'name: grid\nreplay: walk.yaml\nstrategies: [tcp-wifi, mptcp]\n' >grid.yaml
    echo 'seq 1000; echo whole >"$WALKBACK_OUTPUT/own"' >client
    for verb in compare sweep run; do
        milliseconds $(line $verb undisturbed/$verb)
        eval "took_$verb=$took"
        milliseconds $(earlier $verb before/$verb)
    done
    cp -r undisturbed/compare undisturbed/report
    milliseconds $(line report undisturbed/report)
    took_report=$took
    # The report that is there before is damaged, which does not matter, because it is made from the documents.
    cp -r undisturbed/report before/report
    echo damaged >before/report/report.html
}
# After the recording that it needs.
derive_undisturbed() {
    milliseconds $(line derive undisturbed/derive)
    took_derive=$took
    milliseconds $(earlier derive before/derive)
}
took() { eval "echo \$took_$1"; }

# same VERB OUTPUT [WHICH]: whether a directory holds just what an undisturbed command left. run.log has real times.
same() { diff -r --exclude=run.log "${3:-undisturbed}/$1" "$2" >differences 2>&1; }
# whole VERB OUTPUT: whether the earlier result is whole, or replaced as a whole.
whole() {
    rm -rf looked
    cp -a "$2" looked
    case $1 in
    compare) "$walkback" report looked >output 2>errors || { lost "report says: $(tail -n 1 errors)"; return; } ;;
    # A sweep has finished cells and no result before its end, and a run replaces an earlier one from its beginning.
    sweep) [ -e looked/sweep.json ] || return 0 ;;
    run) [ -e looked/run.json ] || return 0 ;;
    # What it is made from must be whole.
    report) cp undisturbed/report/* looked; cp "$2/comparison.json" "$2/series.csv" "$2/links.csv" looked ;;
    # While the new files are moved, the replay is not there.
    derive) [ -e looked/replay.yaml ] || [ -e looked/.partial/publication ] || { lost "no replay"; return; }
        [ -e looked/replay.yaml ] || return 0 ;;
    esac
    rm -rf looked/.partial looked/walkback-failed.log
    same "$1" looked before || same "$1" looked || lost "neither whole nor replaced: $(head -n 3 differences | tr '\n' ' ')"
}
# again VERB OUTPUT: the same command must give the same bytes as undisturbed, and nothing besides.
again() {
    timeout -k 5 120 $(line "$1" "$2") >output 2>errors || { lost "again: exit $? with $(tail -n 1 errors)"; return; }
    same "$1" "$2" || lost "other bytes: $(head -n 3 differences | tr '\n' ' ')"
}
# begin VERB: draws whether an earlier result is there, or the verb's own is begun anew, and sets $output.
begin() {
    about="$1"
    output=place/out
    drawn 4
    had=yes
    # A report has to have one.
    [ $drawn != 0 ] || [ "$1" = report ] || had=
    [ -z "$had" ] || cp -a "before/$1" $output
}
# judged VERB: the checks after a command that may have ended anyhow.
judged() {
    [ -z "$had" ] || whole "$1" $output
    again "$1" $output
}

killed() {
    begin "$1"
    instant $(($(took "$1") * 11 / 10))
    about="$1 after $instant s"
    $(line "$1" $output) >output 2>errors &
    victim=$!
    sleep "$instant"
    kill -9 $victim 2>/dev/null || true
    wait $victim 2>/dev/null || true
    nothing_left
    judged "$1"
}
fault_kill_compare() { killed compare; }
fault_kill_sweep() { killed sweep; }
fault_kill_run() { killed run; }
fault_kill_report() { killed report; }
fault_kill_derive() { killed derive; }

# Kills where files are made, moved and removed take no time at all, so instants hardly ever meet them.
fault_kill_at_call() {
    chosen compare sweep run report derive
    command -v strace >/dev/null || { killed "$chosen"; return; }
    verb=$chosen
    begin $verb
    calls=renameat,unlinkat,mkdirat
    if ! [ -e "calls.$verb" ]; then
        cp -a before/$verb place/counted
        strace -qq -o calls -e trace=$calls $(line $verb place/counted) >/dev/null 2>&1 || true
        grep -c '^[a-z]' calls >"calls.$verb"
    fi
    drawn "$(cat calls.$verb)"
    about="$verb at call $((drawn + 1)) of $calls"
    { strace -qq -o calls -e trace=$calls -e inject=$calls:signal=KILL:when=$((drawn + 1)) \
        $(line $verb $output) >output 2>errors || true; } 2>/dev/null
    nothing_left
    judged $verb
}

fault_interrupt() {
    chosen compare sweep run
    verb=$chosen
    begin $verb
    chosen INT TERM HUP
    case $chosen in INT) status=130 ;; TERM) status=143 ;; HUP) status=129 ;; esac
    instant "$(took $verb)"
    about="$verb, $chosen after $instant s"
    $(line $verb $output) >output 2>errors &
    victim=$!
    # Signals are handled once SIGHUP, SIGINT and SIGTERM are caught, which are bits 0, 1 and 14.
    while [ -d /proc/$victim ]; do
        caught=$(sed -n 's/^SigCgt:[[:space:]]*.*\([0-9a-f]\{4\}\)$/\1/p' /proc/$victim/status 2>/dev/null) || break
        [ $((0x${caught:-0} & 0x4003)) != $((0x4003)) ] || break
    done
    sleep "$instant"
    kill -$chosen $victim 2>/dev/null || true
    code=0
    wait $victim || code=$?
    exited $code $status errors
    [ -z "$had" ] || ! [ -e $output/.partial ] || left ".partial after an interruption"
    judged $verb
}

# limited VERB COMMAND...: runs it under what the command in front of it sets.
limited() {
    verb=$1
    shift
    code=0
    timeout -k 5 120 "$@" $(line $verb $output) >output 2>errors || code=$?
    # A sweep says what failed, and its result lacks it.
    exited $code '1 77' errors
}

# mounted: a file system of its own for the output, with as much room as `room KILOBYTES` leaves.
mounted() {
    mkdir -p place/disk
    mount -t tmpfs -o size=64m disk place/disk
    [ -z "$had" ] || mv $output place/disk/out
    output=place/disk/out
}
room() {
    used=$(df -k --output=used place/disk | tail -n 1)
    # A size of 0 would be none at all.
    mount -o remount,size=$((used + $1 + 4))k place/disk
}

fault_full_disk() {
    chosen compare sweep run report derive record
    [ "$chosen" != record ] || { fault_full_disk_record; return; }
    verb=$chosen
    begin $verb
    mounted
    needed=$(du -sk undisturbed/$verb | cut -f 1)
    drawn $((needed * 3 / 2))
    about="$verb, ${had:+over a result, }$drawn kB free"
    room $drawn
    limited $verb
    [ $code = 0 ] || grep -qE 'No space left|no room' errors || words "no word of the disk: $(tail -n 1 errors)"
    mount -o remount,size=64m place/disk
    judged $verb
    umount place/disk
}

fault_read_only() {
    chosen compare sweep run report derive record
    [ "$chosen" != record ] || { fault_read_only_record; return; }
    verb=$chosen
    begin $verb
    mounted
    mount -o remount,ro place/disk
    limited $verb
    [ $code != 0 ] || words "success where nothing can be written"
    mount -o remount,rw place/disk
    judged $verb
    umount place/disk
}

fault_descriptors() {
    chosen compare sweep run report derive record
    verb=$chosen
    drawn 60
    number_=$((drawn + 4))
    [ "$verb" != record ] || { fault_limited_record prlimit --nofile=$number_; return; }
    begin $verb
    about="$verb, $number_ descriptors"
    code=0
    timeout -k 5 120 prlimit --nofile=$number_ $(line $verb $output) >output 2>errors || code=$?
    # The program under a replay may be what lacks them. Then its own failure is the result.
    if [ $verb = run ] && grep -q 'the command ended' errors; then had=; else exited $code '1 77' errors; fi
    judged $verb
}

fault_memory() {
    chosen compare sweep run report derive record
    verb=$chosen
    # The program alone needs some 70 MB of address space to start at all.
    drawn 1100
    megabytes=$((drawn + 100))
    [ "$verb" != record ] || { fault_limited_record prlimit --as=${megabytes}000000; return; }
    begin $verb
    about="$verb, $megabytes MB"
    limited $verb prlimit --as=${megabytes}000000
    judged $verb
}

fault_two_at_once() {
    chosen compare sweep run report derive record
    [ "$chosen" != record ] || { fault_two_at_once_record; return; }
    verb=$chosen
    begin $verb
    instant "$(took $verb)"
    about="$verb, the second after $instant s"
    $(line $verb $output) >/dev/null 2>errors.1 &
    first=$!
    sleep "$instant"
    second_code=0
    $(line $verb $output) >output 2>errors || second_code=$?
    code=0
    wait $first || code=$?
    exited $code 1 errors.1
    exited $second_code 1 errors
    [ $code = 0 ] || [ $second_code = 0 ] || words "neither succeeded: $(tail -n 1 errors)"
    same $verb $output || lost "other bytes: $(head -n 3 differences | tr '\n' ' ')"
}

# A link in the place of a file, which leads to somebody's thesis.
fault_planted() {
    chosen compare sweep run report derive record
    [ "$chosen" != record ] || { fault_planted_record; return; }
    verb=$chosen
    begin $verb
    mkdir -p $output place/home
    echo 'chapter 1' >place/home/thesis.tex
    chosen .partial .partial/lock .partial/publication .partial/runs $(ls undisturbed/$verb) report.html.new
    name=$chosen
    about="$verb, $name"
    case $name in */*) mkdir -p $output/.partial ;; esac
    rm -rf "${output:?}/$name"
    chosen ../home/thesis.tex ../home nowhere
    ln -s "$PWD/place/out/$chosen" "$output/$name"
    limited $verb
    [ "$(cat place/home/thesis.tex)" = 'chapter 1' ] && [ "$(ls -A place/home)" = thesis.tex ] || lost "the thesis"
    rm -rf $output
    [ $verb != report ] || cp -r before/report $output
    again $verb $output
}

# The guest's kernel, or one of its processes, ends at any instant and in any way.
fault_panic() {
    chosen compare sweep run
    verb=$chosen
    begin $verb
    instant "$(took $verb)"
    chosen SEGV KILL ABRT ILL BUS TERM
    about="$verb, $chosen after $instant s"
    timeout -k 5 100 $(line $verb $output) >output 2>errors &
    victim=$!
    sleep "$instant"
    guests=
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/exe" 2>/dev/null)" != /mnt/linux ] || guests="$guests ${process#/proc/}"
    done
    signal=$chosen
    if [ -n "$guests" ]; then
        chosen $guests
        kill -$signal "$chosen" 2>/dev/null || true
    fi
    code=0
    wait $victim || code=$?
    exited $code '1 77' errors
    judged $verb
}
