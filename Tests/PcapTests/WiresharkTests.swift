// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Testing

@testable import Pcap

/// Compares the shipped captures and every published one with what Wireshark's programs count.
@Suite(.enabled(if: SharedCaptures.hasWireshark, SharedCaptures.noWireshark))
struct WiresharkTests {
    struct Count: Equatable, CustomStringConvertible {
        var packets = 0
        var bytes: Int64 = 0
        var first: Int64?
        var last: Int64?

        mutating func add(_ time: Int64?, _ length: Int64) {
            packets += 1
            bytes += length
            guard let time else { return }
            first = min(first ?? time, time)
            last = max(last ?? time, time)
        }

        var description: String { "\(packets) packets, \(bytes) bytes, \(first ?? -1) to \(last ?? -1)" }
    }

    /// What tshark counts, from each packet's interface, length and time.
    static func counted(_ path: String) throws -> [Int: Count] {
        let fields = ["frame.interface_id", "frame.len", "frame.time_epoch"].flatMap { ["-e", $0] }
        let text = try #require(
            SharedCaptures.run(["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=,"] + fields))
        let isPcapng = try ScratchDirectory.read(path).starts(with: [0x0a, 0x0d, 0x0d, 0x0a])
        var counts: [Int: Count] = [:]
        for line in text.split(separator: "\n") {
            let values = line.split(separator: ",", omittingEmptySubsequences: false)
            // tshark lists custom blocks as packets of no interface; capinfos does not.
            if isPcapng, values[0].isEmpty { continue }
            let length = try #require(Int64(values[1]))
            counts[Int(values[0]) ?? 0, default: Count()].add(nanoseconds(values[2]), length)
        }
        return counts
    }

    /// Reads seconds and a fraction of nine digits, or of ten if a timestamp's fraction is a second or more. nil if a
    /// packet has no timestamp, or one that no `Timestamp` holds: those of one file are of the year 586,524.
    static func nanoseconds(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ".")
        guard !text.hasPrefix("-"), parts.count == 2, let seconds = Int64(parts[0]), let fraction = Int64(parts[1])
        else { return nil }
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? nil : whole + fraction
    }

    /// For this file tshark guesses another layout, reads one packet of it, and gives up.
    static let guessed = "pcap-odd/suricata-fuzz-huge-caplen.pcap"

    @Test(arguments: SharedCaptures.all.filter { $0 != guessed })
    func `Packets, bytes and times of every interface are tshark's`(name: String) throws {
        let path = SharedCaptures.path(name)
        var reader = try CaptureReader(path)
        let summary = CaptureSummary(of: &reader)
        var found: [Int: Count] = [:]
        for (index, interface) in summary.interfaces.enumerated() where interface.packets > 0 {
            found[index] = Count(
                packets: interface.packets, bytes: interface.wireBytes.bytes, first: interface.first?.nanoseconds,
                last: interface.last?.nanoseconds)
        }
        let expected = try Self.counted(path)
        #expect(found == expected)
    }

    @Test func `capinfos sums to the same, file by file`() throws {
        let paths = SharedCaptures.all.map(SharedCaptures.path)
        let text = try #require(SharedCaptures.run(["capinfos", "-T", "-m", "-r", "-M", "-c", "-d"] + paths))
        let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        // capinfos skips the two published captures that it calls damaged.
        #expect(lines.count >= paths.count - (SharedCaptures.isPresent ? 2 : 0))
        for line in lines {
            var reader = try CaptureReader(line[0])
            let summary = CaptureSummary(of: &reader)
            let packets = summary.interfaces.map(\.packets).reduce(0, +)
            let bytes = summary.interfaces.map(\.wireBytes.bytes).reduce(0, +)
            #expect(["\(packets)", "\(bytes)"] == Array(line[1...2]), "\(line[0])")
        }
    }

    @Test(
        .enabled(if: SharedCaptures.isPresent, SharedCaptures.missing),
        arguments: [
            ("pcap-odd/suricata-fuzz-huge-caplen.pcap", 1, "at byte 228: a packet claims 1409179648 captured bytes"),
            (
                "pcap-odd/scapy-bad_rsn-trunc-hdr.pcap", 1,
                "at byte 359: a record of at least 16 bytes has only 1 of them"
            ),
        ])
    func `What tshark refuses is read up to the damage, which is named with its place`(
        name: String, packets: Int, message: String
    ) throws {
        let capture = try ReadCapture(SharedCaptures.path(name))
        #expect(capture.packets.count == packets)
        let damage = try #require(capture.damage.first.last)
        #expect("\(damage)".hasPrefix(message), "\(damage)")
    }

    /// Compares each packet with what tshark finds in it, in the outermost header if there are several.
    ///
    /// The two files with custom blocks are left out, because tshark lists these between the packets.
    @Test(arguments: SharedCaptures.all.filter { $0 != guessed && !$0.contains("test017") && !$0.contains("test018") })
    func `Packets are dissected as tshark dissects them`(name: String) throws {
        let path = SharedCaptures.path(name)
        let fields = [
            "ip.dst", "ip.src", "ipv6.dst", "ipv6.src", "tcp.srcport", "tcp.seq_raw", "tcp.len",
            "tcp.options.timestamp.tsval", "tcp.options.mptcp.subtype", "udp.srcport", "udp.length",
        ]
        let options = ["tcp.desegment_tcp_streams", "ip.defragment", "ipv6.defragment"].flatMap {
            ["-o", "\($0):false"]
        }
        let text = try #require(
            SharedCaptures.run(
                ["tshark", "-n", "-r", path, "-T", "fields"] + options + fields.flatMap { ["-e", $0] }))
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        var number = 0
        var reader = try CaptureReader(path)
        try reader.forEach { packet in
            number += 1
            let values = (lines.popFirst() ?? "").split(separator: "\t", omittingEmptySubsequences: false).map(
                String.init)
            guard values.count == fields.count else {
                Issue.record("tshark has no packet \(number)")
                return
            }
            let theirs = Dictionary(uniqueKeysWithValues: zip(fields, values))
            func first(_ field: String) -> String { String(theirs[field]?.split(separator: ",").first ?? "") }
            let place = "\(name), packet \(number)"
            guard let internet = packet.internetPacket else {
                #expect(first("ip.dst").isEmpty && first("ipv6.dst").isEmpty, "\(place): no IP found")
                return
            }
            switch internet.source.family {
            case .v4: #expect(first("ip.src") == "\(internet.source)", "\(place)")
            case .v6: #expect(first("ipv6.src") == "\(internet.source)", "\(place)")
            }
            switch internet.transport {
            case .tcp(let segment):
                #expect(first("tcp.srcport") == "\(segment.sourcePort)", "\(place)")
                #expect(first("tcp.seq_raw") == "\(segment.sequence)", "\(place)")
                #expect(first("tcp.len") == "\(segment.payloadLength)", "\(place)")
                let stamps = packet.options(of: segment).timestamps
                #expect(first("tcp.options.timestamp.tsval") == (stamps.map { "\($0.value)" } ?? ""), "\(place)")
                var subtypes: [String] = []
                var rest = packet.options(of: segment)
                while let option = rest.next() {
                    if case .multipath(let multipath) = option { subtypes.append("\(multipath.subtype)") }
                }
                let wanted = theirs["tcp.options.mptcp.subtype"] ?? ""
                #expect(subtypes.joined(separator: ",") == wanted, "\(place)")
            case .udp(let datagram):
                #expect(first("udp.srcport") == "\(datagram.sourcePort)", "\(place)")
                // tshark shows the length that the header claims. The reader believes no more than fits the IP packet.
                let room = Int(internet.length.bytes) - (internet.payloadOffset - internet.headerOffset)
                #expect(Int(first("udp.length")).map { min($0, room) } == datagram.payloadLength + 8, "\(place)")
            case .icmp, .other:
                break
            }
        }
    }
}

extension MultipathOption {
    var subtype: Int {
        switch self {
        case .capable: 0
        case .joinRequest, .joinAnswer, .joinConfirmation: 1
        case .dataSequence: 2
        case .addAddress: 3
        case .removeAddress: 4
        case .priority: 5
        case .fail: 6
        case .fastClose: 7
        case .reset: 8
        case .other(let subtype): Int(subtype)
        }
    }
}
