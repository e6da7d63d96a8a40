// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import SystemPackage

/// The kernel's protocol counters of the calling thread's network namespace, named as in `TcpExt.TCPTimeouts` and
/// `Icmp6.OutErrors`.
package enum ProtocolCounters {
    package static func read() throws -> [String: Int64] {
        var counters: [String: Int64] = [:]
        for file in ["netstat", "snmp"] {
            counters.merge(parsePairs(try text(FilePath("/proc/thread-self/net/\(file)")) ?? "")) { $1 }
        }
        counters.merge(parseSix(try text("/proc/thread-self/net/snmp6") ?? "")) { $1 }
        return counters
    }

    /// Packets that the kernel's per-processor input queues dropped, summed over all namespaces. These queues are the
    /// only place between two interfaces of the lab where a packet could be lost unnoticed.
    package static func inputQueueDrops() throws -> Int64 {
        let rows = (try text("/proc/net/softnet_stat") ?? "").split(separator: "\n")
        return rows.reduce(0) { sum, row in
            let fields = row.split(separator: " ")
            return sum + (fields.count > 1 ? Int64(fields[1], radix: 16) ?? 0 : 0)
        }
    }

    /// Parses pairs of lines `Tcp: NAME…` and `Tcp: VALUE…`.
    static func parsePairs(_ text: String) -> [String: Int64] {
        var counters: [String: Int64] = [:]
        var names: [Substring] = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard names.count == fields.count, names.first == fields.first else {
                names = fields
                continue
            }
            for (name, value) in zip(names, fields).dropFirst() {
                if let value = Int64(value) { counters["\(fields[0].dropLast()).\(name)"] = value }
            }
            names = []
        }
        return counters
    }

    /// Parses lines `Icmp6InErrors  VALUE`.
    static func parseSix(_ text: String) -> [String: Int64] {
        var counters: [String: Int64] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count == 2, let value = Int64(fields[1]), let six = fields[0].firstIndex(of: "6") else {
                continue
            }
            let name = fields[0]
            counters["\(name[...six]).\(name[name.index(after: six)...])"] = value
        }
        return counters
    }

    /// nil if there is no such file: a kernel without IPv6 has no snmp6.
    private static func text(_ path: FilePath) throws -> String? {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                while true {
                    let piece = try [UInt8](unsafeUninitializedCapacity: 32_768) { buffer, count in
                        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                    }
                    if piece.isEmpty { return String(decoding: bytes, as: UTF8.self) }
                    bytes += piece
                }
            }
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch {
            throw Fault(.failed, "cannot read \(path): \(error)")
        }
    }
}
