// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import KernelTier
import Netlink
import Pcap
import Quantities
import System
import SystemPackage
import Testing

@testable import Recorder

/// Recordings of a real wire between two namespaces.
@Suite(.kernelTier, .serialized) struct `A recording` {
    /// The wire, and what is to happen while it is recorded.
    private final class Rig: @unchecked Sendable {
        // Sendable because the recording's thread and the one that makes traffic use different namespaces, and use the
        // wire only one after the other.
        let near: Namespace
        let far: Namespace
        static let nearEnd = VirtualInterface(name: "wwan0", index: 10, mac: MACAddress(local: 8, 0, 1))
        static let farEnd = VirtualInterface(name: "peer", index: 11, mac: MACAddress(local: 8, 0, 2))
        static let nearAddress = IPAddress(v4: 10, 8, 0, 1)
        static let farAddress = IPAddress(v4: 10, 8, 0, 2)
        let directory: ScratchDirectory
        let stop: (reader: CInt, writer: CInt)
        private(set) var said: [String] = []

        init() throws {
            directory = try ScratchDirectory()
            near = try Namespace("the near")
            far = try Namespace("the far")
            var ends: [CInt] = [-1, -1]
            pipe(&ends)
            stop = (ends[0], ends[1])
            // No packets but the test's.
            for namespace in [near, far] {
                try namespace.run { try SystemControl.set("net.ipv6.conf.default.disable_ipv6", to: "1") }
            }
            try makeWire(near: Self.nearEnd.index)
        }

        deinit {
            close(stop.reader)
            close(stop.writer)
        }

        func makeWire(near index: Int32) throws {
            let nearEnd = VirtualInterface(name: Self.nearEnd.name, index: index, mac: Self.nearEnd.mac)
            try near.routing.perform([
                .createPair(near: nearEnd, far: Self.farEnd, farNamespace: far.descriptor.rawValue)
            ])
            for (namespace, end, address, peer, peerAddress) in [
                (near, nearEnd, Self.nearAddress, Self.farEnd, Self.farAddress),
                (far, Self.farEnd, Self.farAddress, nearEnd, Self.nearAddress),
            ] {
                try namespace.routing.perform([
                    .setInterface(end.name, index: end.index, up: true),
                    .addAddress(IPPrefix(address, 24), interface: end.index),
                    .addNeighbour(peerAddress, mac: peer.mac, interface: end.index),
                ])
            }
            usleep(1000)
        }

        func record(
            _ change: (inout RecordingOptions) -> Void = { _ in }, meanwhile: @escaping @Sendable () throws -> Void
        ) throws -> (Recording.End, [Recording.Summary]) {
            var options = RecordingOptions(
                interfaces: ["wwan*"], output: FilePath("\(directory.path)/walk"), application: "test")
            options.reserve = .zero
            change(&options)
            return try near.run {
                let recording = try Recording(options, say: { [self] in said.append($0) }, show: { _ in })
                let thread = try DedicatedThread.start { Result { try meanwhile() } }
                let end = recording.run(until: stop.reader)
                try thread.wait().get()
                return (end, recording.summaries)
            }
        }

        /// `count` datagrams of `size` bytes of payload each way, one each millisecond.
        func talk(count: Int, size: Int) throws {
            let one = try near.run { try TestSocket(.datagram, on: Self.nearAddress.description, port: 7) }
            let other = try far.run { try TestSocket(.datagram, on: Self.farAddress.description, port: 7) }
            let payload = [UInt8](repeating: 1, count: size)
            for _ in 0..<count {
                try one.send(payload, to: Self.farAddress.description, port: 7)
                try other.send(payload, to: Self.nearAddress.description, port: 7)
                usleep(1000)
            }
        }
    }

    private struct Captured {
        var packets = 0
        var outgoing = 0
        var wireBytes: Int64 = 0
        var longest = 0
        var last: Int64 = 0
        var interfaces: [String?] = []
        var isDamaged = false
    }

    private static func captured(_ path: String) throws -> Captured {
        var reader = try CaptureReader(path)
        var captured = Captured()
        try reader.forEach { packet in
            captured.packets += 1
            captured.outgoing += packet.direction == .outbound ? 1 : 0
            captured.wireBytes += packet.originalLength.bytes
            captured.longest = max(captured.longest, packet.bytes.byteCount)
            captured.last = packet.time?.nanoseconds ?? 0
        }
        captured.interfaces = reader.interfaces.map(\.name)
        captured.isDamaged = !reader.damage.first.isEmpty
        return captured
    }

    /// Sums of the throughput log's columns.
    private static func sums(_ text: String) -> [Int64] {
        text.split(separator: "\n").dropFirst().reduce([0, 0, 0, 0]) { sums, line in
            let fields = line.split(separator: ",").dropFirst(2).compactMap { Int64($0) }
            return zip(sums, fields).map { $0 + $1 }
        }
    }

    @Test func `has every packet's header, and its bytes in the log, in and out`() throws {
        let rig = try Rig()
        let (end, summaries) = try rig.record {
            $0.duration = .seconds(3)
        } meanwhile: {
            try rig.talk(count: 500, size: 1000)
        }
        #expect(end == .duration)
        let captured = try Self.captured("\(rig.directory.path)/walk.pcapng")
        #expect(captured.packets == 1000 && captured.outgoing == 500)
        // 1000 bytes, 8 of UDP, 20 of IP, 14 of Ethernet.
        #expect(captured.wireBytes == 1000 * 1042)
        #expect(captured.longest == 128)
        #expect(captured.interfaces == ["wwan0"] && !captured.isDamaged)
        #expect(Self.sums(try rig.directory.read("walk.throughput.csv")) == [514_000, 500, 514_000, 500])
        #expect(summaries.map(\.packets) == [1000] && summaries.map(\.drops) == [0])
        // A row for every 100 ms, whether or not anything passed.
        let rows = try rig.directory.read("walk.throughput.csv").split(separator: "\n").count - 1
        #expect((28...31).contains(rows))
    }

    @Test func `keeps payloads where it is asked to`() throws {
        let rig = try Rig()
        _ = try rig.record {
            $0.duration = .seconds(1)
            $0.snap = .zero
        } meanwhile: {
            try rig.talk(count: 5, size: 1000)
        }
        #expect(try Self.captured("\(rig.directory.path)/walk.pcapng").longest == 1042)
    }

    @Test func `can be read to the last second at any moment`() throws {
        let rig = try Rig()
        let path = "\(rig.directory.path)/walk.pcapng"
        _ = try rig.record {
            $0.duration = .seconds(4)
        } meanwhile: {
            for _ in 0..<3 {
                try rig.talk(count: 1000, size: 100)
                let captured = try Self.captured(path)
                #expect(!captured.isDamaged)
                #expect(WallClock.now.nanoseconds - captured.last < 1_500_000_000)
            }
        }
    }

    @Test func `ends when it is told to`() throws {
        let rig = try Rig()
        let (end, summaries) = try rig.record {
            try rig.talk(count: 10, size: 10)
            _ = write(rig.stop.writer, [1], 1)
        }
        #expect(end == .toldTo)
        // What arrived just before the end is there.
        #expect(summaries.map(\.packets) == [20])
        #expect(try Self.captured("\(rig.directory.path)/walk.pcapng").packets == 20)
    }

    @Test func `picks an interface up again that comes back with another number`() throws {
        let rig = try Rig()
        let (end, summaries) = try rig.record {
            $0.duration = .seconds(4)
        } meanwhile: {
            try rig.talk(count: 100, size: 100)
            try rig.near.routing.perform([.deleteInterface("wwan0", index: 10)])
            usleep(500_000)
            try rig.makeWire(near: 30)
            usleep(500_000)
            try rig.talk(count: 100, size: 100)
        }
        #expect(end == .duration)
        #expect(summaries.map(\.packets) == [400])
        let captured = try Self.captured("\(rig.directory.path)/walk.pcapng")
        #expect(captured.packets == 400 && captured.interfaces == ["wwan0"])
        #expect(Self.sums(try rig.directory.read("walk.throughput.csv")) == [25_600, 200, 25_600, 200])
        let events = try rig.directory.read("walk.events.jsonl")
        #expect(events.contains(#""interface": "wwan0", "kind": "link-gone""#))
        #expect(events.contains(#""address": "10.8.0.1/24""#))
        #expect(rig.said.contains { $0.contains("'wwan0' has vanished") })
    }

    @Test func `goes on after its interface was down`() throws {
        let rig = try Rig()
        let (_, summaries) = try rig.record {
            $0.duration = .seconds(4)
        } meanwhile: {
            try rig.talk(count: 50, size: 100)
            try rig.near.routing.perform([.setInterface("wwan0", index: 10, up: false)])
            usleep(500_000)
            try rig.near.routing.perform([
                .setInterface("wwan0", index: 10, up: true),
                .addNeighbour(Rig.farAddress, mac: Rig.farEnd.mac, interface: 10),
            ])
            usleep(500_000)
            try rig.talk(count: 50, size: 100)
        }
        #expect(summaries.map(\.packets) == [200])
        let events = try rig.directory.read("walk.events.jsonl").split(separator: "\n")
        let ups = events.filter { $0.contains(#""kind": "link""#) }.map { $0.contains(#""up": true"#) }
        #expect(ups.first == true && ups.contains(false) && ups.last == true)
    }

    @Test func `goes on in further captures, each whole by itself`() throws {
        let rig = try Rig()
        _ = try rig.record {
            $0.duration = .seconds(5)
            $0.rotateTime = .seconds(2)
        } meanwhile: {
            try rig.talk(count: 4900, size: 100)
        }
        let names = rig.directory.names
        #expect(names == ["walk.2.pcapng", "walk.3.pcapng", "walk.events.jsonl", "walk.pcapng", "walk.throughput.csv"])
        let parts = try names.filter { $0.hasSuffix("pcapng") }.map { try Self.captured("\(rig.directory.path)/\($0)") }
        #expect(parts.allSatisfy { $0.packets > 500 && $0.interfaces == ["wwan0"] && !$0.isDamaged })
        #expect(parts.map(\.packets).reduce(0, +) == 9800)
    }

    @Test func `ends in order before the disk is full`() throws {
        let rig = try Rig()
        let disk = "\(rig.directory.path)/disk"
        mkdir(disk, 0o755)
        try #require(mount("none", disk, "tmpfs", 0, "size=2m") == 0)
        defer { umount(disk) }
        let (end, summaries) = try rig.record {
            $0.output = FilePath("\(disk)/walk")
            $0.reserve = ByteCount(1_000_000)
        } meanwhile: {
            // 2 x 200 bytes each millisecond fill a megabyte in two and a half seconds.
            try rig.talk(count: 6000, size: 100)
        }
        #expect(end == .diskNearlyFull)
        let captured = try Self.captured("\(disk)/walk.pcapng")
        #expect(!captured.isDamaged)
        #expect(UInt64(captured.packets) == summaries[0].packets && captured.packets > 1000)
    }

    @Test func `leaves whole blocks where the disk is full all the same`() throws {
        let rig = try Rig()
        let disk = "\(rig.directory.path)/disk"
        mkdir(disk, 0o755)
        try #require(mount("none", disk, "tmpfs", 0, "size=512k") == 0)
        defer { umount(disk) }
        let (end, _) = try rig.record {
            $0.output = FilePath("\(disk)/walk")
        } meanwhile: {
            try rig.talk(count: 6000, size: 100)
        }
        guard case .failed(let fault) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(fault.message.contains("No space left on device"))
        let captured = try Self.captured("\(disk)/walk.pcapng")
        #expect(!captured.isDamaged && captured.packets > 500)
    }

    @Test func `leaves whole lines where the disk is full`() throws {
        let directory = try ScratchDirectory()
        let disk = "\(directory.path)/disk"
        mkdir(disk, 0o755)
        try #require(mount("none", disk, "tmpfs", 0, "size=64k") == 0)
        defer { umount(disk) }
        let file = try LineFile(creating: "log", in: HeldDirectory(FilePath(disk)))
        // Whole lines do not fill a page.
        let line = String(repeating: "1234567890", count: 100) + "\n"
        #expect(throws: Fault.self) { while true { try file.append(line) } }
        let text = try directory.read("disk/log")
        #expect(text.count > 50_000 && text.count % line.count == 0, "\(text.count)")
        #expect(text.hasSuffix("\n"))
    }

    @Test func `gives back every descriptor`() throws {
        let rig = try Rig()
        func descriptors() throws -> Int { try HeldDirectory("/proc/self/fd").entries().count }
        var counts: [Int] = []
        for name in ["first", "second"] {
            _ = try rig.record {
                $0.output = FilePath("\(rig.directory.path)/\(name)")
                $0.duration = .milliseconds(300)
            } meanwhile: {
            }
            counts.append(try descriptors())
        }
        #expect(counts[0] == counts[1])
    }

    @Test func `is never written over another`() throws {
        let rig = try Rig()
        try rig.directory.write("walk.pcapng", "precious")
        let fault = #expect(throws: Fault.self) { try rig.record {} }
        #expect(fault?.message.contains("exists and is not overwritten") == true, "\(fault?.message ?? "")")
        #expect(try rig.directory.read("walk.pcapng") == "precious")
        // The others of its files, which were made before, would be in the way of the next attempt.
        #expect(rig.directory.names == ["walk.pcapng"])
    }

    @Test func `makes the directories that it is to be in`() throws {
        let rig = try Rig()
        _ = try rig.record {
            $0.output = FilePath("\(rig.directory.path)/new/er/walk")
            $0.duration = .milliseconds(500)
        } meanwhile: {
        }
        #expect(access("\(rig.directory.path)/new/er/walk.pcapng", F_OK) == 0)
    }

    @Test func `of an interface that is not there names those that are`() throws {
        let rig = try Rig()
        let fault = #expect(throws: Fault.self) {
            try rig.record {
                $0.interfaces = ["wlan7"]
            } meanwhile: {
            }
        }
        #expect(fault?.code == .usage)
        #expect(fault?.message.contains("choose from: lo, wwan0") == true, "\(fault?.message ?? "")")
        #expect(rig.directory.names == [])
    }

    @Test func `counts every packet of those that the kernel merged`() throws {
        let rig = try Rig()
        // With offloads on, a sender's kernel hands over tens of kilobytes at once, and they arrive like that.
        _ = try rig.record {
            $0.duration = .seconds(3)
        } meanwhile: {
            let server = try rig.far.run { try TestSocket(.stream, on: Rig.farAddress.description, port: 9) }
            let client = try rig.near.run {
                try TestSocket(
                    .stream, on: Rig.nearAddress.description, connectingTo: (Rig.farAddress.description, 9))
            }
            let accepted = try server.accepted()
            var sent = 0
            while sent < 2_000_000 {
                sent += (try? client.send([UInt8](repeating: 2, count: 65_536))) ?? 0
                _ = accepted.receive(within: .milliseconds(1))
            }
            while accepted.receive(within: .milliseconds(100)) != nil {}
        }
        let log = Self.sums(try rig.directory.read("walk.throughput.csv"))
        let captured = try Self.captured("\(rig.directory.path)/walk.pcapng")
        // At 1448 bytes a packet there are 1382 packets or more, although far fewer were captured.
        #expect(log[3] > 1382)
        #expect(captured.outgoing < 1000)
        // Every segment has 52 bytes of headers, and the payload was sent once, so all other bytes are headers.
        let payload = log[2] - 52 * log[3]
        #expect((2_000_000...2_070_000).contains(payload), "\(payload) bytes in \(log[3]) packets")
        #expect(captured.wireBytes == log[0] + log[2] + 14 * Int64(captured.packets))
    }
}
