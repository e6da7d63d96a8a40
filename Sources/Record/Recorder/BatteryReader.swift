// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import SystemPackage

/// This machine's batteries, read from /sys/class/power_supply.
struct BatteryReader {
    struct Level: Equatable {
        let name: String
        /// 0 to 100.
        let percent: Int
        /// The kernel's word for the state: `Charging`, `Discharging`, …
        let status: String
    }

    private let directory: String

    init(directory: String = "/sys/class/power_supply") {
        self.directory = directory
    }

    /// Sorted by name; empty if the machine has no battery.
    func levels() -> [Level] {
        guard let entries = opendir(directory) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.sorted().compactMap { name in
            guard text("\(name)/type") == "Battery", let percent = text("\(name)/capacity").flatMap({ Int($0) }) else {
                return nil
            }
            return Level(name: name, percent: percent, status: text("\(name)/status") ?? "Unknown")
        }
    }

    private func text(_ name: String) -> String? {
        guard let file = try? FileDescriptor.open(FilePath("\(directory)/\(name)"), .readOnly, options: .closeOnExec)
        else { return nil }
        defer { try? file.close() }
        let bytes = try? [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
            count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes.map { String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
    }
}
