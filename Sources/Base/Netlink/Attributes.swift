// SPDX-License-Identifier: Apache-2.0
import Determinism

/// The attributes of a message from the kernel, by type. A malformed attribute ends the list.
struct Attributes {
    private var values: [Int: [UInt8]] = [:]

    init(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset + 4 <= bytes.count {
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            // The two highest bits are the flags for "nested" and "network byte order".
            let type = Int(bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self) & 0x3fff)
            guard length >= 4, offset + length <= bytes.count else { return }
            values[type] = Array(bytes[(offset + 4)..<(offset + length)])
            offset += (length + 3) & ~3
        }
    }

    init(_ bytes: [UInt8], after header: Int = 0) {
        self = bytes.withUnsafeBytes { Attributes(UnsafeRawBufferPointer(rebasing: $0.dropFirst(header))) }
    }

    subscript(type: Int) -> [UInt8]? { values[type] }

    /// nil if the attribute is absent or too short.
    func value<Value: BitwiseCopyable>(_ type: Int, as: Value.Type = Value.self, at offset: Int = 0) -> Value? {
        guard let bytes = values[type], bytes.count >= offset + MemoryLayout<Value>.size else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    }

    func text(_ type: Int) -> String? {
        values[type].map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    func nested(_ type: Int) -> Attributes? {
        values[type].map { Attributes($0) }
    }
}
