// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Pcap
import Quantities
import Synchronization
import System
import SystemPackage

/// The files of one recording: successive captures, each complete by itself, the throughput log and the event log.
final class RecordingFiles: Sendable {
    private struct Capture: ~Copyable {
        var writer: PcapngWriter
        var interfaces: [CaptureInterface] = []
        var part = 1
        /// The size of the earlier captures.
        var past = ByteCount.zero
        var fault: Fault?
    }

    /// A walk may last for hours, and what its path leads to may change meanwhile.
    private let directory: HeldDirectory
    private let name: String
    private let section: PcapngWriter.Section
    private let capture: Mutex<Capture>
    private let throughput: LineFile
    let events: LineFile

    private static let suffixes = [".throughput.csv", ".events.jsonl", ".pcapng"]
    static let throughputHeader = "time_s,interface,in_bytes,in_packets,out_bytes,out_packets\n"

    /// - Parameter base: the files' path up to and including the recording's name. Directories that are missing are
    ///   made.
    /// - Throws: `Fault` if one of the files exists already or cannot be created.
    init(_ base: FilePath, section: PcapngWriter.Section) throws {
        (directory, name) = try HeldDirectory.holding(base, makes: true)
        self.section = section
        // The capture is created last: if it exists, so do the other files.
        let names = Self.suffixes.map { [name] in name + $0 }
        var made = 0
        do {
            throughput = try LineFile(creating: names[0], in: directory)
            made += 1
            events = try LineFile(creating: names[1], in: directory)
            made += 1
            try throughput.append(Self.throughputHeader)
            let file = try CaptureFile(creating: names[2], in: directory)
            made += 1
            capture = Mutex(Capture(writer: try PcapngWriter(to: file, section: section)))
        } catch {
            for name in names.prefix(made) { directory.removeFile(name) }
            throw error
        }
    }

    /// The fault that ended the writing of captures; nil if there is none.
    var fault: Fault? { capture.withLock { $0.fault } }

    /// The size of all captures together, including what waits for a flush.
    var size: ByteCount { capture.withLock { $0.past + $0.writer.written } }

    /// What is free on the disk of the files.
    var room: ByteCount {
        var status = statvfs()
        guard fstatvfs(directory.descriptor.rawValue, &status) == 0 else { return ByteCount(.max) }
        return ByteCount(Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize)))
    }

    /// - Returns: the number that identifies the interface in this capture and in those that follow.
    func add(_ interface: CaptureInterface) throws -> Int {
        try capture.withLock { capture in
            let number = try capture.writer.addInterface(interface)
            capture.interfaces.append(interface)
            // Flushed because readers do not accept a capture without any interface.
            try capture.writer.flush()
            return number
        }
    }

    /// Excludes other writers for the duration of the call. A failure is kept.
    func withWriter<Result: Sendable>(_ body: (inout PcapngWriter) -> Result) -> Result {
        capture.withLock { body(&$0.writer) }
    }

    /// Makes everything captured so far readable.
    func flush() {
        capture.withLock { capture in
            do throws(Fault) { try capture.writer.flush() } catch { capture.fault = capture.fault ?? error }
        }
    }

    func write(_ statistics: InterfaceStatistics, of number: Int, at time: Timestamp) {
        capture.withLock { capture in
            do throws(Fault) {
                try capture.writer.write(statistics, of: number, time: time)
            } catch {
                capture.fault = capture.fault ?? error
            }
        }
    }

    /// Continues in a new capture, `NAME.2.pcapng` and so on, with the same interfaces.
    func rotate() throws {
        try capture.withLock { capture in
            let part = capture.part + 1
            var next = try PcapngWriter(
                to: CaptureFile(creating: "\(name).\(part).pcapng", in: directory), section: section)
            for interface in capture.interfaces { _ = try next.addInterface(interface) }
            try capture.writer.synchronize()
            capture.past += capture.writer.flushed
            capture.part = part
            capture.writer = next
        }
    }

    /// The size of the current capture.
    var partSize: ByteCount { capture.withLock { $0.writer.written } }

    var parts: Int { capture.withLock { $0.part } }

    /// Closes the files and returns when everything is on the disk.
    func close() {
        capture.withLock { capture in
            do throws(Fault) { try capture.writer.synchronize() } catch { capture.fault = capture.fault ?? error }
        }
    }

    /// Removes the files of a recording that could not begin, which would be in the way of a second attempt.
    func remove() {
        for suffix in Self.suffixes { directory.removeFile(name + suffix) }
    }

    /// Writes bins of one interface as lines of the throughput log.
    func log(_ bins: [(start: Timestamp, count: Meter.Count)], of interface: String) throws {
        var text = ""
        for (start, count) in bins {
            let milliseconds = start.nanoseconds / 1_000_000
            let fraction = String(milliseconds % 1000)
            let padded = String(repeating: "0", count: 3 - fraction.count) + fraction
            text +=
                "\(milliseconds / 1000).\(padded),\(CSVField.text(interface)),\(count.inBytes),\(count.inPackets),"
                + "\(count.outBytes),\(count.outPackets)\n"
        }
        if !text.isEmpty { try throughput.append(text) }
    }
}

/// A text file that grows by whole lines, each written to the system at once.
final class LineFile: Sendable {
    let path: FilePath
    private let descriptor: FileDescriptor

    init(creating name: String, in directory: HeldDirectory) throws(Fault) {
        path = directory.place(of: name)
        descriptor = try directory.createNew(name)
    }

    deinit {
        try? descriptor.close()
    }

    func append(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        do {
            while !bytes.isEmpty { bytes = try bytes.dropFirst(bytes.withUnsafeBytes { try descriptor.write($0) }) }
        } catch {
            // A full disk accepts no more data but can still drop a partial line.
            let written = text.utf8.count - bytes.count
            if let end = try? descriptor.seek(offset: 0, from: .end) {
                try? descriptor.resize(to: end - Int64(written))
            }
            throw Fault(.failed, "cannot write '\(path)': \(error); free some space, or record to another disk")
        }
    }
}
