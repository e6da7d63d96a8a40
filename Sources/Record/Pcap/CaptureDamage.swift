// SPDX-License-Identifier: Apache-2.0
/// A place at which a capture is not what its format says. What comes before it is used.
package struct CaptureDamage: Sendable, Equatable, CustomStringConvertible {
    /// Of the record or block, from the start of the file; of a compressed file, of its contents.
    package let offset: Int64
    package let message: String

    package var description: String { "at byte \(offset): \(message)" }
}

/// Every damage that reading met, of which the first are kept: a hostile file may be nothing else.
package struct DamageLog: Sendable, Equatable {
    private static let most = 20

    package private(set) var first: [CaptureDamage] = []
    package private(set) var count = 0

    mutating func add(_ offset: Int64, _ message: @autoclosure () -> String) {
        count += 1
        if first.count < Self.most { first.append(CaptureDamage(offset: offset, message: message())) }
    }
}
