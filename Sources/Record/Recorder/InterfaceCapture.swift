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
    private let live: LiveCapture
    private let files: RecordingFiles
    private let counts: Mutex<Counts>
    /// What the captures of this interface had counted before this one began.
    private let before: (arrived: UInt64, dropped: UInt64)
    /// Becomes readable when the capture is to end.
    private let stopReader: CInt
    private let stopWriter: CInt

    struct Counts {
        var meter: Meter
        var sizes = SegmentSizes()
        /// Packets that reached the capture, those of them that were dropped, and those that were written.
        var arrived: UInt64 = 0
        var dropped: UInt64 = 0
        var written: UInt64 = 0
    }

    /// - Parameter live: the capture of `link`; `run` must follow.
    init(
        _ link: RoutingEvents.Link, _ live: LiveCapture, number: Int, counts: Counts, files: RecordingFiles
    ) throws {
        self.link = link
        self.live = live
        self.number = number
        self.files = files
        self.counts = Mutex(counts)
        before = (counts.arrived, counts.dropped)
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
        var waiting = (live.descriptors + [stopReader]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while waiting[waiting.count - 1].revents == 0 {
            poll(&waiting, nfds_t(waiting.count), live.isWaiting ? PcapHandle.timeout : -1)
            drain()
        }
        // What is in the kernel's ring comes only after its time-out.
        usleep(3 * UInt32(PcapHandle.timeout) * 1000)
        drain()
        live.end()
        write(now: .max)
    }

    func stop() {
        _ = Glibc.write(stopWriter, [1], 1)
    }

    private func drain() {
        var isMore = true
        while isMore {
            let now = WallClock.now.nanoseconds
            isMore = live.take(now: now)
            write(now: now)
        }
        let (arrived, dropped) = live.statistics
        counts.withLock {
            $0.arrived = before.arrived + arrived
            $0.dropped = before.dropped + dropped
        }
    }

    private func write(now: Int64) {
        files.withWriter { writer in
            counts.withLock { counts in
                var failed = false
                live.forEach(now: now) { packet in
                    if !failed { failed = !take(packet, &writer, &counts) }
                }
            }
        }
    }

    /// - Returns: false if the packet could not be written; the files keep the failure.
    private func take(_ packet: LiveCapture.Packet, _ writer: inout PcapngWriter, _ counts: inout Counts) -> Bool {
        let time = Timestamp(nanoseconds: packet.time)
        var original = packet.length
        if let place = LinkHeader.internetOffset(in: packet.bytes, live.linkType), place <= packet.length {
            let wire = WireLength(
                header: UnsafeRawBufferPointer(rebasing: packet.bytes[min(place, packet.bytes.count)...]),
                length: Int(packet.length) - place, mtu: Int(link.mtu.bytes), &counts.sizes)
            counts.meter.add(wire, outgoing: packet.isOutgoing, at: time)
            if wire.packets > 1 { original = Int64(place) + wire.ipBytes }
        }
        do {
            try writer.write(
                packet.bytes, originalLength: ByteCount(original), time: time, interface: number,
                direction: packet.isOutgoing ? .outbound : .inbound)
            counts.written += 1
            return true
        } catch {
            return false
        }
    }
}
