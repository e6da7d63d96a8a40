// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Quantities
import SystemPackage
import Testing

@testable import Pcap

/// A directory that is removed with this value, together with everything in it.
final class ScratchDirectory {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/walkback-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Fault(.failed, "no scratch directory: \(String(cString: strerror(errno)))")
        }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    func file(_ name: String) -> FilePath { path.appending(name) }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let descriptor = try FileDescriptor.open(
            file(name), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        _ = try descriptor.closeAfter { try descriptor.writeAll(bytes) }
        return file(name).string
    }

    func read(_ name: String) throws -> [UInt8] { try Self.read(file(name).string) }

    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(FilePath(path), .readOnly)
        return try descriptor.closeAfter {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                if count == 0 { return bytes }
                bytes += buffer[..<count]
            }
        }
    }

    deinit {
        if let directory = opendir(path.string) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                    tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                unlink(path.appending(name).string)
            }
            closedir(directory)
        }
        rmdir(path.string)
    }
}

/// Takes `room` bytes, then reports that the disk is full.
final class SmallDisk: CaptureOutput {
    let name = "small disk"
    let isKept: Bool
    private let room: Int
    private(set) var bytes: [UInt8] = []

    init(room: Int, isKept: Bool = true) {
        self.room = room
        self.isKept = isKept
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
        let taken = bytes.prefix(room - self.bytes.count)
        guard !taken.isEmpty else { throw .noSpace }
        self.bytes += taken
        return taken.count
    }

    func truncate(to length: Int64) throws(Errno) {
        bytes.removeSubrange(Int(length)...)
    }

    func synchronize() throws(Errno) {}
}

/// What a reader said about a packet, kept so that tests can compare it.
struct Kept: Equatable {
    var bytes: [UInt8]
    var originalLength: Int64
    var nanoseconds: Int64?
    var interface: Int
    var direction: PacketDirection
    var comments: [String]
}

struct ReadCapture {
    var packets: [Kept] = []
    var interfaces: [CaptureInterface] = []
    var statistics: [InterfaceStatistics?] = []
    var sections: [CaptureSection] = []
    var damage = DamageLog()

    init(_ path: String) throws {
        var reader = try CaptureReader(path)
        var packets: [Kept] = []
        try reader.forEach { packet in
            packets.append(
                Kept(
                    bytes: packet.bytes.array, originalLength: packet.originalLength.bytes,
                    nanoseconds: packet.time?.nanoseconds, interface: packet.interface, direction: packet.direction,
                    comments: packet.comments))
        }
        self.packets = packets
        interfaces = reader.interfaces
        statistics = reader.statistics
        sections = reader.sections
        damage = reader.damage
    }
}
