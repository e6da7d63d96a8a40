// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import SystemPackage
import Testing

@Suite(
    .enabled(
        if: Walkback.canRun && Walkback.isRoot && access("/usr/sbin/slurmctld", X_OK) == 0
            && access("/usr/sbin/slurmd", X_OK) == 0 && access("/usr/sbin/munged", X_OK) == 0,
        "runs a Slurm of one node: needs root, slurmctld, slurmd, slurm-client and munge, and what walkback needs"))
struct `A sweep through Slurm` {
    /// A Slurm of one node that keeps all its state in `DIR` and lives while the rest of the line runs.
    private static let cluster = """
        dir=DIR; host=$(hostname -s); export SLURM_CONF=$dir/slurm.conf
        mkdir -m 700 "$dir/munge"; mkdir "$dir/state" "$dir/spool"
        (umask 377; head -c 1024 /dev/urandom >"$dir/munge/key")
        munged --force --key-file="$dir/munge/key" --socket="$dir/munge/socket" --pid-file="$dir/munge/pid" \\
            --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"
        cat >"$SLURM_CONF" <<END
        ClusterName=walkback
        SlurmctldHost=$host(127.0.0.1)
        SlurmUser=root
        SlurmdUser=root
        AuthType=auth/munge
        AuthInfo=socket=$dir/munge/socket
        CredType=cred/munge
        StateSaveLocation=$dir/state
        SlurmdSpoolDir=$dir/spool
        SlurmctldPidFile=$dir/slurmctld.pid
        SlurmdPidFile=$dir/slurmd.pid
        SlurmctldLogFile=$dir/slurmctld.log
        SlurmdLogFile=$dir/slurmd.log
        SlurmctldPort=16817
        SlurmdPort=16818
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/none
        SelectType=select/cons_tres
        SelectTypeParameters=CR_Core
        JobAcctGatherType=jobacct_gather/none
        MpiDefault=none
        ReturnToService=2
        NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
        PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
        END
        slurmctld -c && slurmd
        for wait in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sinfo -h -o %T | grep -q idle && break; sleep 1; done
        sh "$dir/work"; status=$?
        for pid in slurmd.pid slurmctld.pid munge/pid; do kill "$(cat "$dir/$pid")"; done
        exit $status
        """

    @Test(.timeLimit(.minutes(5))) func `gives what a sweep in one place gives`() throws {
        let scratch = try Scratch()
        _ = try scratch.walk()
        let file = try scratch.write(
            "grid.yaml",
            """
            name: grid
            replay: walk.yaml
            grid: {transport.congestion_control: [cubic, reno, bbr]}
            strategies: [tcp-cellular, mptcp]
            """)
        let whole = scratch.path.appending("here")
        #expect(try Walkback.run(["sweep", file.string, "--output", whole.string]).status == 0)

        let array = scratch.path.appending("array")
        let written = try Walkback.run(
            ["sweep", file.string, "--slurm", "2", "--jobs", "1", "--output", array.string])
        #expect(written.status == 0, "\(written.errors)")
        let commands = written.output.split(separator: "\n").map(String.init)
        try #require(commands.count == 2)
        try #require(commands[0].hasPrefix("sbatch "))
        // The commands as they were printed, except that the first is waited for.
        try scratch.write("work", "\(commands[0].replacing("sbatch ", with: "sbatch --wait "))\n\(commands[1])\n")
        let outcome = try Walkback.run([], wrapper: Self.cluster.replacing("DIR", with: "'\(scratch.path)'"))
        let log = try Walkback.text(array.appending("part-1.log"))
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)\(log)")
        for name in ["sweep.csv", "sweep.json", "report.html"] {
            let text = try Walkback.text(whole.appending(name))
            #expect(!text.isEmpty)
            #expect(text == (try Walkback.text(array.appending("whole").appending(name))), "\(name) differs")
        }
    }
}
