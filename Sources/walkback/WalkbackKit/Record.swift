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
        abstract: "Record what each interface really gives on a walk.",
        discussion: """
            Example: walkback record --interface wlan0 --interface 'wwan*' --output Captures/my-walk

            Captures the headers of every packet into NAME.pcapng, logs bytes and packets of each interface per 100 ms \
            into NAME.throughput.csv, and what happens to links, addresses, routes, WiFi, modems, position and battery \
            into NAME.events.jsonl. Interfaces that vanish and come back are picked up again. Ctrl-C ends it in order; \
            what was captured a second before a crash can be read.

            What passes is capacity only while the link is full: --probe HOST --key-file FILE fills it, with a \
            `walkback field-server` on a public host.

            Needs no root: sudo setcap cap_net_raw,cap_net_admin+ep $(command -v walkback)
            """)

    @Option(help: "An interface, or a pattern as 'wwan*'; may be given several times.")
    var interface: [String] = []

    @Option(help: "Where to: the files' path without what follows the name, as Captures/my-walk.")
    var output: String

    @Option(help: "How long, as 10min. (default: until Ctrl-C)")
    var duration: String?

    @Flag(help: "Keep whole packets, payload included.")
    var full = false

    @Option(help: "Bytes kept of each packet. (default: 128; with --probe 160, which holds all that its datagrams say)")
    var snap: Int?

    @Option(help: "Bin of the throughput log, as 100ms.")
    var bin = "100ms"

    @Option(help: "Begin a new capture after a size or a time, as 100MB or 10min.")
    var rotate: String?

    @Option(help: "End when the disk has no more than this left.")
    var reserve = "200MB"

    @Option(help: "A field server: every interface is filled both ways, through itself, and echoes are sent over it.")
    var probe: String?

    @Flag(
        help: """
            Fill with a TCP connection each way instead of datagrams. It misses seconds after every outage, and \
            whatever TCP itself does not use.
            """)
    var probeTcp = false

    @Option(help: "The field server's port.")
    var probePort: UInt16 = ProbeMessage.port

    @Option(help: "A file with the field server's key.")
    var keyFile: String?

    @Option(help: "Send nothing but echoes for a moment, every so often, as 60s. (default: never)")
    var idleEvery: String?

    @Option(
        help: ArgumentHelp(
            "With --idle-every: leave the links alone for so long each time, to a live transfer, as 30s.",
            discussion: "Three seconds of echoes come before each. `walkback derive --predict` compares."))
    var liveFor: String?

    @Option(
        help: "With --live-for: a shell command that makes the live transfer; told to end (SIGTERM) with the phase.")
    var liveCommand: String?

    @Option(help: "What a probe sends at most, as 50Mbit.")
    var probeRate = "1Gbit"

    @Option(help: "The IPv4 address of a gpsd.")
    var gpsd = "127.0.0.1"

    func validate() throws {
        if interface.isEmpty { throw ValidationError("Name an interface, as in: --interface wlan0") }
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
                "ended in order, because the disk of '\(output)' has no more than \(reserve) left (--reserve); "
                    + "all before can "
                    + "be read")
        case .failed(let fault): throw fault
        }
    }

    private func options() throws -> RecordingOptions {
        var options = RecordingOptions(
            interfaces: interface, output: FilePath(output), application: "walkback \(Walkback.version)")
        options.snap = full ? .zero : ByteCount(Int64(snap ?? (probe == nil ? 128 : 160)))
        options.bin = try time(bin, "--bin", "100ms")
        guard options.bin >= .milliseconds(10), options.bin <= .seconds(60) else {
            throw Fault(.usage, "--bin \(bin) is out of range; choose one from 10ms to 60s")
        }
        options.duration = try duration.map { try time($0, "--duration", "10min") }
        options.positionHost = gpsd
        options.probe = try probeOptions()
        options.liveCommand = liveCommand
        guard let reserve = ByteCount(text: self.reserve) else {
            throw Fault(.usage, "--reserve \(self.reserve) is no size; write it with its unit, as 200MB")
        }
        options.reserve = reserve
        if let rotate {
            if let size = ByteCount(text: rotate), size >= ByteCount(1_000_000) {
                options.rotateSize = size
            } else if let time = Duration(text: rotate), time >= .seconds(1) {
                options.rotateTime = time
            } else {
                throw Fault(.usage, "--rotate \(rotate) is neither a size from 1MB on nor a time from 1s on")
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
                throw Fault(.usage, "\(option) goes with --probe HOST")
            }
            return nil
        }
        guard let keyFile else {
            throw Fault(.usage, "--probe needs the field server's key; give it with --key-file FILE")
        }
        guard let rate = DataRate(text: probeRate), rate > .zero else {
            throw Fault(.usage, "--probe-rate \(probeRate) is no rate; write it with its unit, as 50Mbit")
        }
        var options = ProbeClient.Options(host: probe, key: try SharedKey(file: keyFile))
        options.port = probePort
        options.rate = rate
        options.filling = probeTcp ? .streams : .datagrams
        options.idleEvery = try idleEvery.map { try time($0, "--idle-every", "60s") }
        if let liveFor {
            guard let every = options.idleEvery else {
                throw Fault(.usage, "--live-for needs the time of probing before each; give it with --idle-every 60s")
            }
            // The recording sets the beginning of the phases.
            options.live = LivePhases(every: every, length: try time(liveFor, "--live-for", "30s"), begin: 0)
        } else if liveCommand != nil {
            throw Fault(.usage, "--live-command needs to know for how long; give it with --live-for 30s")
        }
        return options
    }

    private func time(_ text: String, _ option: String, _ example: String) throws -> Duration {
        guard let time = Duration(text: text), time > .zero else {
            throw Fault(.usage, "\(option) \(text) is no time; write it with its unit, as \(example)")
        }
        return time
    }
}
