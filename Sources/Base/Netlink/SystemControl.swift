// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import SystemPackage

/// Kernel settings under /proc/sys. Settings that belong to a network namespace are those of the calling thread's.
package enum SystemControl {
    /// - Parameter name: as in `net.ipv4.tcp_rmem`.
    /// - Returns: the value with single blanks; nil if the kernel has no such setting.
    package static func value(of name: String) throws -> String? {
        do {
            let file = try FileDescriptor.open(path(name), .readOnly, options: .closeOnExec)
            return try file.closeAfter { try read(file) }
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch {
            throw Fault(.failed, "cannot read the kernel setting \(name): \(error)")
        }
    }

    /// Sets the value and reads it back.
    ///
    /// - Throws: `Fault`: 77 if this process may not set it, 1 if the kernel refuses the value or keeps another.
    package static func set(_ name: String, to value: String) throws {
        let kept: String
        do {
            let file = try FileDescriptor.open(path(name), .readWrite, options: .closeOnExec)
            kept = try file.closeAfter {
                _ = try file.writeAll(toAbsoluteOffset: 0, Array(value.utf8))
                return try read(file)
            }
        } catch let error as Errno {
            let sentence = "cannot set \(name) to '\(value)': \(error)"
            switch error {
            case .permissionDenied, .notPermitted, .readOnlyFileSystem:
                throw Fault(.permission, "\(sentence); run as root, or use the embedded kernel, which needs no root")
            case .noSuchFileOrDirectory:
                throw Fault(
                    .missingFeature, "this kernel has no setting \(name); use the embedded kernel (make kernel)")
            default:
                throw Fault(.failed, sentence)
            }
        }
        guard kept == value else {
            throw Fault(.failed, "cannot set \(name) to '\(value)': the kernel set it to '\(kept)' instead")
        }
    }

    private static func path(_ name: String) -> FilePath {
        FilePath("/proc/sys/" + String(name.map { $0 == "." ? "/" : $0 }))
    }

    private static func read(_ file: FileDescriptor) throws -> String {
        let bytes = try [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
