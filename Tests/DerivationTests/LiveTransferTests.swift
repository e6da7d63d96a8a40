// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Pcap
import Quantities
import Scrubbing
import SystemPackage
import Testing
import Traces

@testable import Derivation

/// Live transfers as captures show them.
@Suite struct `A live transfer` {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    private func all(_ names: [String], shift: Duration = .zero) throws -> [LiveTransfer] {
        var notes: [String] = []
        return try LiveTransfer.all(
            in: names.map { CaptureSource(file: scratch.file($0).string) }, shifts: names.map { _ in shift },
            alignsStarts: false, notes: &notes)
    }

    private static func four(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    private static let key: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    /// The options of the answer to the first SYN, with the connection's key, and of a later subflow's SYN, with the
    /// key's token.
    private static let capable: [UInt8] = [30, 12, 0x01, 0x01] + key
    private static func join(_ token: UInt32) -> [UInt8] { [30, 12, 0x10, 1] + four(token) + four(7) }
    private static var token: UInt32 { UInt32(SHA256.hexadecimal(of: key).prefix(8), radix: 16) ?? 0 }

    /// The option of a data acknowledgement of 64 bits, and nothing else.
    private static func acknowledges(_ number: UInt32) -> [UInt8] { [30, 12, 0x20, 0x03, 0, 0, 0, 9] + four(number) }

    /// A subflow whose own sequence numbers count its bytes twice, while its data acknowledgements count the
    /// connection's bytes.
    private func subflow(_ name: String, at start: Double, nearPort: Int, opening: [UInt8], growth: [Double: UInt32])
        throws
    {
        var capture = try CaptureMaker(scratch.file("\(name).pcapng"), name: name)
        let isFirst = opening == Self.capable
        try capture.add(
            PacketMaker.tcp(
                outbound: true, sequence: 1, flags: 2, nearPort: nearPort, multipath: isFirst ? [] : opening),
            at: start, outbound: true)
        if isFirst {
            try capture.add(
                PacketMaker.tcp(outbound: false, sequence: 9, flags: 0x12, nearPort: nearPort, multipath: opening),
                at: start + 0.01, outbound: false)
        }
        for (time, number) in growth.sorted(by: { $0.key < $1.key }) {
            try capture.add(
                PacketMaker.tcp(
                    outbound: true, sequence: 2, acknowledgement: number &* 2, nearPort: nearPort,
                    multipath: Self.acknowledges(number)), at: time, outbound: true)
        }
        try capture.finish()
    }

    @Test func `over TCP has the bytes that were acknowledged, when they were, and the longest wait`() throws {
        var capture = try CaptureMaker(scratch.file("live.pcapng"), name: "wlan0")
        var sequence: UInt32 = 1000
        try capture.connect(at: 3)
        try capture.download(from: 3.1, to: 8, rate: 6, queue: 0, sequence: &sequence)
        try capture.download(from: 9.5, to: 12, rate: 6, queue: 0, sequence: &sequence)
        try capture.add(PacketMaker.tcp(outbound: false, sequence: sequence, flags: 0x11), at: 13, outbound: false)
        // A packet long after the connection was closed.
        try capture.add(PacketMaker.tcp(outbound: false, sequence: sequence, flags: 0x14), at: 50, outbound: false)
        try capture.finish()
        let transfer = try #require(try all(["live.pcapng"]).first)
        #expect(!transfer.isMultipath && transfer.path == "wlan0" && transfer.direction == .down)
        // The first acknowledgement that was captured counts as the beginning.
        #expect(transfer.bytes == ByteCount(Int64(sequence) - 1000 - 1448))
        #expect(transfer.start.nanoseconds == (PacketMaker.start + 3) * 1_000_000_000)
        #expect(transfer.duration == .seconds(10))
        let waits = transfer.bins.split(whereSeparator: { $0 > 0 }).map(\.count).max()
        #expect(abs((waits ?? 0) - 150) <= 1)
    }

    @Test func `over MPTCP is one, with its subflows' data counted once, whatever capture they are in`() throws {
        // Near the end of 32 bits, so that the numbers wrap around.
        let zero = UInt32.max - 300_000
        try subflow(
            "wlan0", at: 1, nearPort: 40000, opening: Self.capable,
            growth: [1.1: zero, 2.0: zero &+ 200_000, 4.0: zero &+ 700_000])
        try subflow(
            "wwan0", at: 1.2, nearPort: 40001, opening: Self.join(Self.token),
            growth: [1.4: zero, 3.0: zero &+ 500_000, 4.5: zero &+ 700_000, 5.0: zero &+ 900_000])
        for names in [["wlan0.pcapng", "wwan0.pcapng"], ["wwan0.pcapng", "wlan0.pcapng"]] {
            let transfers = try all(names, shift: .seconds(2))
            #expect(transfers.count == 1)
            let transfer = try #require(transfers.first)
            #expect(transfer.isMultipath && transfer.path == "wlan0" && transfer.direction == .down)
            #expect(transfer.bytes == ByteCount(900_000))
            #expect(transfer.start.nanoseconds == (PacketMaker.start + 3) * 1_000_000_000)
            let grown = transfer.bins.indices.filter { transfer.bins[$0] > 0 }.map { ($0, transfer.bins[$0]) }
            #expect(grown.map(\.0) == [100, 200, 300, 400])
            #expect(grown.map(\.1) == [200_000, 300_000, 200_000, 200_000])
        }
    }

    @Test func `is the same when its captures are scrubbed, each by itself`() throws {
        try subflow("wlan0", at: 1, nearPort: 40000, opening: Self.capable, growth: [1.1: 0, 2.0: 300_000])
        try subflow("wlan1", at: 5, nearPort: 40000, opening: Self.capable, growth: [5.1: 77, 6.0: 400_077])
        try subflow("wwan0", at: 5.2, nearPort: 40001, opening: Self.join(Self.token), growth: [5.3: 77, 7.0: 600_077])
        let names = ["wlan0", "wlan1", "wwan0"]
        for name in names {
            var pseudonyms = Pseudonyms(key: "k")
            _ = try CaptureScrub.scrub(
                scratch.file("\(name).pcapng").string, to: scratch.file("\(name)-public.pcapng"), &pseudonyms)
        }
        let before = try all(names.map { "\($0).pcapng" })
        // By its token the subflow belongs to the first connection, and not to the one that was opened last.
        #expect(before.map(\.bytes) == [ByteCount(600_077)])
        #expect(try all(names.map { "\($0)-public.pcapng" }) == before)
    }

    @Test func `of another connection's token is another`() throws {
        try subflow("wlan0", at: 1, nearPort: 40000, opening: Self.capable, growth: [1.1: 0, 2.0: 300_000])
        try subflow("wlan1", at: 5, nearPort: 40000, opening: Self.capable, growth: [5.1: 77, 6.0: 400_077])
        try subflow("wwan0", at: 5.2, nearPort: 40001, opening: Self.join(12), growth: [5.3: 77, 7.0: 600_077])
        // A subflow with an unknown token belongs to the connection that was opened last.
        let transfers = try all(["wwan0.pcapng", "wlan0.pcapng", "wlan1.pcapng"])
        #expect(transfers.map(\.bytes) == [ByteCount(300_000), ByteCount(600_000)])
    }

    @Test func `is missed where there is none`() throws {
        var capture = try CaptureMaker(scratch.file("idle.pcapng"), name: "wlan0")
        var sequence: UInt32 = 1000
        try capture.connect(at: 0.1)
        try capture.download(from: 0.2, to: 0.4, rate: 6, queue: 0, sequence: &sequence)
        try capture.finish()
        let fault = #expect(throws: Fault.self) { try all(["idle.pcapng"]) }
        #expect(fault?.code == .badInput)
        #expect(fault?.message.contains("no live transfer in") == true)
        #expect(fault?.message.contains("idle.pcapng") == true)
    }

    @Test func `beside a larger one is left out, and that is said`() throws {
        for (name, rate) in [("wlan0", 6.0), ("wwan0", 2.0)] {
            var capture = try CaptureMaker(scratch.file("\(name).pcapng"), name: name)
            var sequence: UInt32 = 1000
            try capture.connect(at: 1)
            try capture.download(from: 1.1, to: 5, rate: rate, queue: 0, sequence: &sequence)
            try capture.finish()
        }
        var notes: [String] = []
        let sources = ["wlan0", "wwan0"].map { CaptureSource(file: scratch.file("\($0).pcapng").string) }
        let transfers = try LiveTransfer.all(
            in: sources, shifts: [.zero, .zero], alignsStarts: false, notes: &notes)
        #expect(transfers.map(\.path) == ["wlan0"])
        #expect(notes.count == 1)
    }
}
