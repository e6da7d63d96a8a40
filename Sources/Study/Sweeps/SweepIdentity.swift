// SPDX-License-Identifier: Apache-2.0
import Determinism
import FoundationEssentials

/// All that a cell's result depends on but its place in the grid: kept beside the cells, so that only what is of one
/// sweep is put together.
struct SweepIdentity: Codable, Sendable, Equatable {
    static let fileName = "cells/sweep.json"

    var name: String
    /// Of the sweep's file and of what it names.
    var sha256: String
    /// The sweep's file.
    var definition: String
    var engine: String
    var walkback: String
    var kernelRelease: String
    var kernelPatches: [String]
    var kernelSHA256: String
    var command: String
    var columns: [String]
    /// Of each dimension, as the table has them.
    var values: [[String]]
    var isWalk: [Bool]

    var key: String {
        var hash = SHA256()
        let words = [name, sha256, engine, walkback, kernelRelease, kernelSHA256] + kernelPatches
        hash.update(Array(words.joined(separator: "\n").utf8))
        return hash.hexadecimal()
    }

    /// What a sweep of the same cells would have in common with this one and `other` has not; nil: nothing.
    func difference(from other: SweepIdentity) -> String? {
        guard key != other.key else { return nil }
        if engine != other.engine { return "of the \(other.engine) engine" }
        if name != other.name || sha256 != other.sha256 { return "its file was another, or --quick" }
        if walkback != other.walkback { return "of version \(other.walkback) of walkback" }
        return "of another kernel"
    }

    var cellCount: Int { values.map(\.count).reduce(1, *) }

    /// Of each dimension, the value of cell `index`.
    func values(of index: Int) -> [String] {
        zip(values, GridPoint.places(of: index, in: values.map(\.count))).map { $0[$1] }
    }

    var document: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Of strings alone, which encode.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}

extension SweepIdentity {
    /// nil where it is no description of a sweep.
    init?(_ document: [UInt8]) {
        guard let own = try? JSONDecoder().decode(SweepIdentity.self, from: Data(document)) else { return nil }
        self = own
    }
}
