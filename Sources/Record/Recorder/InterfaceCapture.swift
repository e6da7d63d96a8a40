// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import Netlink
import Pcap
import Quantities
import Synchronization

/// The capture of one interface on its own thread, from the interface's appearance until it disappears or the recording
/// ends.
final class InterfaceCapture: Sendable {
    let link: RoutingEvents.Link
    /// The interface's number in the files.
    let number: Int
    private let snap: ByteCount
    private let socket: CaptureSocket
    private let files: RecordingFiles
    private let counts: Mutex<Counts>
    /// Becomes readable when the capture is to end.
    private let stopReader: CInt
    private let stopWriter: CInt

    struct Counts {
        var meter: Meter
        /// Packets that reached the capture, those of them that were dropped, and those that were written.
        var arrived: UInt64 = 0
        var dropped: UInt64 = 0
        var written: UInt64 = 0
    }

    /// Up to this many packets are written under one lock.
    private static let batch = 4096

    /// Opens the capture in the calling thread's network namespace; `run` must follow.
    init(_ link: RoutingEvents.Link, number: Int, counts: Counts, snap: ByteCount, files: RecordingFiles) throws {
        self.link = link
        self.number = number
        self.snap = snap
        self.files = files
        self.counts = Mutex(counts)
        socket = try CaptureSocket(on: link, snap: snap)
        var ends: [CInt] = [-1, -1]
        let error = walkback_pipe(&ends)
        guard error == 0 else { throw Fault(.failed, "cannot create a pipe: \(String(cString: strerror(error)))") }
        (stopReader, stopWriter) = (ends[0], ends[1])
    }

    deinit {
        close(stopReader)
        close(stopWriter)
    }

    func withCounts<Result: Sendable>(_ body: (inout Counts) -> Result) -> Result {
        counts.withLock { body(&$0) }
    }

    /// Runs on the capture's own thread.
    func run() {
        var waiting = [
            pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0),
        ]
        while waiting[1].revents == 0 {
            poll(&waiting, nfds_t(waiting.count), -1)
            if waiting[0].revents & Int16(POLLERR) != 0 { socket.clearError() }
            drain()
        }
        // A block that is not full is handed over only after its time-out.
        usleep(2 * CaptureSocket.blockTimeout)
        drain()
    }

    func stop() {
        _ = write(stopWriter, [1], 1)
    }

    private func drain() {
        while true {
            let count = files.withWriter { writer in
                counts.withLock { counts in
                    var failed = false
                    return socket.forEach(most: Self.batch) { packet in
                        if !failed { failed = !take(packet, &writer, &counts) }
                    }
                }
            }
            let (arrived, dropped) = socket.statistics()
            counts.withLock {
                $0.arrived += arrived
                $0.dropped += dropped
            }
            if count < Self.batch { return }
        }
    }

    /// - Returns: false if the packet could not be written; the files keep the failure.
    private func take(_ packet: walkback_packet, _ writer: inout PcapngWriter, _ counts: inout Counts) -> Bool {
        let captured = UnsafeRawBufferPointer(start: packet.bytes, count: Int(packet.captured))
        let place = min(Int(packet.network), captured.count)
        let network = UnsafeRawBufferPointer(rebasing: captured[place...])
        let time = Timestamp(nanoseconds: packet.time)
        let length = max(0, Int(packet.length) - Int(packet.network))
        var original = Int64(packet.length)
        let isIP = packet.protocol == 0x0800 || packet.protocol == 0x86dd
        if isIP {
            let wire = WireLength(
                header: network, length: length, segmentSize: Int(packet.segment_size),
                mtu: socket.knowsSegments ? nil : Int(link.mtu.bytes))
            counts.meter.add(wire, outgoing: packet.outgoing, at: time)
            if wire.packets > 1 { original = Int64(packet.network) + wire.ipBytes }
        }
        if socket.linkType == .raw {
            // A file of raw IP packets can hold no other protocol.
            guard isIP else { return true }
            original -= Int64(packet.network)
        }
        do {
            try writer.write(
                socket.linkType == .raw ? network : captured, originalLength: ByteCount(original), time: time,
                interface: number, direction: packet.outgoing ? .outbound : .inbound)
            counts.written += 1
            return true
        } catch {
            return false
        }
    }
}
