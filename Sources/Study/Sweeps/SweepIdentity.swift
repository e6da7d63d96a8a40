// SPDX-License-Identifier: Apache-2.0
import Determinism
import FoundationEssentials
import Quantities

/// Everything that a cell's result depends on except its place in the grid. It is kept next to the cells, so that only
/// cells of one sweep are merged.
struct SweepIdentity: Codable, Sendable, Equatable {
    static let fileName = "sweep.json"
    static let largest = ByteCount(64_000_000)

    var name: String
    /// The hash of the sweep's file and of the files that it names.
    var sha256: String
    /// The text of the sweep's file.
    var definition: String
    var engine: String
    var walkback: String
    var kernelRelease: String
    var kernelPatches: [String]
    var kernelSHA256: String
    var command: String
    var columns: [String]
    /// The values of each dimension, as the table shows them.
    var values: [[String]]
    var isWalk: [Bool]

    var key: String {
        var hash = SHA256()
        let words = [name, sha256, engine, walkback, kernelRelease, kernelSHA256] + kernelPatches
        hash.update(Array(words.joined(separator: "\n").utf8))
        return hash.hexadecimal()
    }

    /// How `other` differs from this sweep, so that their cells cannot be mixed; nil if it does not differ.
    func difference(from other: SweepIdentity) -> String? {
        guard key != other.key else { return nil }
        if engine != other.engine { return "they come from the \(other.engine) engine" }
        if name != other.name || sha256 != other.sha256 { return "the file or --quick was different" }
        if walkback != other.walkback { return "they come from version \(other.walkback) of walkback" }
        return "they come from another kernel"
    }

    var cellCount: Int { values.map(\.count).reduce(1, *) }

    /// For each dimension, the value of cell `index`.
    func values(of index: Int) -> [String] {
        zip(values, GridPoint.places(of: index, in: values.map(\.count))).map { $0[$1] }
    }

    var document: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // All members are strings, or arrays of strings and flags, so encoding does not fail.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}

extension SweepIdentity {
    /// nil if the document does not describe a sweep.
    init?(_ document: [UInt8]) {
        guard let own = try? JSONDecoder().decode(SweepIdentity.self, from: Data(document)) else { return nil }
        self = own
    }
}
