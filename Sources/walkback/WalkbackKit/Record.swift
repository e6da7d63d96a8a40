// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import Glibc
import Probe
import ProbeFormat
import Quantities
import Recorder
import System
import SystemPackage

struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Record what the network interfaces really deliver on a walk.",
        discussion: """
            Example: walkback record --interface wlan0 --interface 'wwan*' --output Captures/my-walk

            The command captures the headers of all packets to NAME.pcapng. It logs the bytes and packets of each \
            interface per 100 ms to NAME.throughput.csv, and changes of links, addresses, routes, WiFi, modems, \
            position and battery to NAME.events.jsonl. If an interface vanishes and comes back, it is recorded again. \
            Ctrl-C ends the recording in order. After a crash, everything but about the last second can be read.

            Throughput equals capacity only while the link is full. --probe HOST --key-file FILE keeps every link full \
            with the help of a `walkback field-server` on a public host.

            The command needs no root after: sudo setcap cap_net_raw,cap_net_admin+ep $(command -v walkback)
            """)

    @Option(help: "Interface to record, or a pattern such as 'wwan*'; may be repeated.")
    var interface: [String] = []

    @Option(help: "Path of the files without their extensions, for example Captures/my-walk.")
    var output: String

    @Option(help: "Length of the recording, for example 10min. (default: until Ctrl-C)")
    var duration: String?

    @Flag(help: "Capture whole packets, with their payload.")
    var full = false

    @Option(
        help: "Number of bytes to capture of each packet. (default: 128, or 160 with --probe, as its datagrams need)")
    var snap: Int?

    @Option(help: "Bin of the throughput log, for example 100ms.")
    var bin = "100ms"

    @Option(help: "Size or time after which a new capture file begins, for example 100MB or 10min.")
    var rotate: String?

    @Option(help: "Free space on the disk at which the recording ends.")
    var reserve = "200MB"

    @Option(
        help: """
            Host of a field server. Every interface is kept full in both directions, and echoes over it measure \
            round-trip times.
            """)
    var probe: String?

    @Flag(
        help: """
            Fill the links with one TCP connection in each direction instead of datagrams. This misses some seconds \
            after every outage, and all capacity that TCP leaves unused.
            """)
    var probeTcp = false

    @Option(help: "Port of the field server.")
    var probePort: UInt16 = ProbeMessage.port

    @Option(help: "File with the key of the field server.")
    var keyFile: String?

    @Option(
        help: "Which packets to record, as an expression of pcap-filter(7), for example 'not port 22'. (default: all)")
    var filter: String?

    @Option(
        help: "Interval between short phases in which only echoes are sent, for example 60s. (default: no such phases)")
    var idleEvery: String?

    @Option(
        help: ArgumentHelp(
            "With --idle-every: length of phases without probes, for a live transfer, for example 30s.",
            discussion:
                "Three seconds with only echoes precede each phase. `walkback derive --predict` predicts the transfers."
        ))
    var liveFor: String?

    @Option(
        help: "With --live-for: shell command for the live transfer. SIGTERM ends it at the end of each phase.")
    var liveCommand: String?

    @Option(help: "Highest sending rate of a probe, for example 50Mbit.")
    var probeRate = "1Gbit"

    @Option(help: "IPv4 address of the gpsd that reports the position.")
    var gpsd = "127.0.0.1"

    func validate() throws {
        if interface.isEmpty { throw ValidationError("Name an interface, for example: --interface wlan0") }
        if let snap, !(64...65_535).contains(snap) { throw ValidationError("--snap must be from 64 to 65535 bytes.") }
    }

    func run() throws {
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        let display = RecordDisplay()
        let recording = try Recording(
            try options(), say: { display.say($0) }, show: { display.show($0) })
        let reason = recording.run(until: cancellation.descriptor)
        display.end()
        for one in recording.summaries {
            Walkback.write(
                "\(one.interface): \(one.packets) packets, \(one.inBytes.bytes) IP bytes in, "
                    + "\(one.outBytes.bytes) out, "
                    + "\(one.drops) dropped by the capture, \(one.interfaceDrops) by the interface\n", to: 1)
        }
        let files =
            recording.captures == 1 ? "\(output).pcapng" : "\(output).pcapng to \(output).\(recording.captures).pcapng"
        Walkback.write("\(files), \(output).throughput.csv, \(output).events.jsonl\n", to: 1)
        switch reason {
        case .duration, .toldTo: break
        case .diskNearlyFull:
            throw Fault(
                .failed,
                "the recording ended in order, because the disk of '\(output)' has no more than \(reserve) left "
                    + "(--reserve); free some space before you record again")
        case .failed(let fault): throw fault
        }
    }

    private func options() throws -> RecordingOptions {
        var options = RecordingOptions(
            interfaces: interface, output: FilePath(output), application: "walkback \(Walkback.version)")
        options.snap = full ? .zero : ByteCount(Int64(snap ?? (probe == nil ? 128 : 160)))
        options.filter = filter
        options.bin = try time(bin, "--bin", "100ms")
        guard options.bin >= .milliseconds(10), options.bin <= .seconds(60) else {
            throw Fault(.usage, "--bin \(bin) is out of range; choose one from 10ms to 60s")
        }
        options.duration = try duration.map { try time($0, "--duration", "10min") }
        options.positionHost = gpsd
        options.probe = try probeOptions()
        options.liveCommand = liveCommand
        guard let reserve = ByteCount(text: self.reserve) else {
            throw Fault(.usage, "--reserve \(self.reserve) is not a size; write it with its unit, like 200MB")
        }
        options.reserve = reserve
        if let rotate {
            if let size = ByteCount(text: rotate), size >= ByteCount(1_000_000) {
                options.rotateSize = size
            } else if let time = Duration(text: rotate), time >= .seconds(1) {
                options.rotateTime = time
            } else {
                throw Fault(.usage, "--rotate \(rotate) is neither a size of at least 1MB nor a time of at least 1s")
            }
        }
        return options
    }

    private func probeOptions() throws -> ProbeClient.Options? {
        guard let probe else {
            let those = [
                ("--key-file", keyFile != nil), ("--idle-every", idleEvery != nil), ("--probe-tcp", probeTcp),
                ("--live-for", liveFor != nil), ("--live-command", liveCommand != nil),
            ]
            for (option, isThere) in those where isThere {
                throw Fault(.usage, "\(option) needs --probe HOST")
            }
            return nil
        }
        guard let keyFile else {
            throw Fault(.usage, "--probe needs the field server's key; give it with --key-file FILE")
        }
        guard let rate = DataRate(text: probeRate), rate > .zero, rate <= .megabitsPerSecond(1e6) else {
            throw Fault(
                .usage,
                "--probe-rate \(probeRate) is not a rate above 0 and up to 1 Tb/s; write it with its unit, like 50Mbit")
        }
        var options = ProbeClient.Options(host: probe, key: try SharedKey(file: keyFile))
        options.port = probePort
        options.rate = rate
        options.filling = probeTcp ? .streams : .datagrams
        options.idleEvery = try idleEvery.map { try time($0, "--idle-every", "60s") }
        if let liveFor {
            guard let every = options.idleEvery else {
                throw Fault(
                    .usage, "--live-for needs --idle-every, the time of probing before each phase; add --idle-every 60s"
                )
            }
            // The recording sets the beginning of the phases.
            options.live = LivePhases(every: every, length: try time(liveFor, "--live-for", "30s"), begin: 0)
        } else if liveCommand != nil {
            throw Fault(.usage, "--live-command needs --live-for, the length of each phase; add --live-for 30s")
        }
        return options
    }

    private func time(_ text: String, _ option: String, _ example: String) throws -> Duration {
        guard let time = Duration(text: text), time > .zero else {
            throw Fault(.usage, "\(option) \(text) is not a time above 0; write it with its unit, like \(example)")
        }
        return time
    }
}
