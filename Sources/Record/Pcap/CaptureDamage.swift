// SPDX-License-Identifier: Apache-2.0
/// A place at which a capture violates its format. What comes before it is used.
package struct CaptureDamage: Sendable, Equatable, CustomStringConvertible {
    /// The position of the record or block from the start of the file; in a compressed file, from the start of its
    /// decompressed contents.
    package let offset: Int64
    package let message: String

    package var description: String { "at byte \(offset): \(message)" }
}

/// Counts all damage found while reading and keeps the first entries only: a hostile file may consist of nothing but
/// damage.
package struct DamageLog: Sendable, Equatable {
    private static let most = 20

    package private(set) var first: [CaptureDamage] = []
    package private(set) var count = 0

    mutating func add(_ offset: Int64, _ message: @autoclosure () -> String) {
        count += 1
        if first.count < Self.most { first.append(CaptureDamage(offset: offset, message: message())) }
    }
}
