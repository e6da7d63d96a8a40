// SPDX-License-Identifier: Apache-2.0
import Documents

/// A reader of foreign input, as a function over bytes. `make fuzz` calls it with inputs that libFuzzer makes up, and
/// the tests call it with each file of `Tests/Corpus/NAME`.
package struct FuzzTarget: Sendable {
    package let name: String
    /// Inputs that the reader understands, made by Walkback's own writers. Fuzzing starts from them.
    package let seeds: @Sendable () throws -> [[UInt8]]
    private let body: @Sendable ([UInt8]) throws -> Void

    init(
        _ name: String, seeds: @escaping @Sendable () throws -> [[UInt8]],
        _ body: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.name = name
        self.seeds = seeds
        self.body = body
    }

    /// Reads the input, and does with what was read what Walkback does with it.
    ///
    /// - Returns: why the input was refused; nil if it was accepted.
    /// - Throws: an error that is no message for a user, or a `Finding`. Either is a fault of the reader.
    package func run(_ input: [UInt8]) throws -> Fault? {
        do {
            try body(input)
            return nil
        } catch let fault as Fault {
            return fault
        }
    }

    /// Writes each seed to a file.
    package func writeSeeds(to directory: String) throws {
        for (index, seed) in try seeds().enumerated() { try Scratch.write(seed, to: "\(directory)/seed-\(index)") }
    }
}

/// A rule that the reader broke without ending the process.
package struct Finding: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// - Throws: `Finding` if `condition` does not hold.
func expect(_ condition: Bool, _ rule: @autoclosure () -> String) throws {
    if !condition { throw Finding(rule()) }
}

/// The parts of an input that several files make up, divided by a byte that none of them contains.
struct Parts {
    static let divider: UInt8 = 0x1E
    private let parts: [ArraySlice<UInt8>]

    init(_ input: [UInt8], _ count: Int) {
        parts = input.split(separator: Self.divider, maxSplits: count - 1, omittingEmptySubsequences: false)
    }

    /// Empty if the input has fewer parts.
    subscript(index: Int) -> [UInt8] { index < parts.count ? Array(parts[index]) : [] }

    static func joined(_ parts: [[UInt8]]) -> [UInt8] { Array(parts.joined(separator: [divider])) }
    static func joined(_ parts: [String]) -> [UInt8] { joined(parts.map { Array($0.utf8) }) }
}
